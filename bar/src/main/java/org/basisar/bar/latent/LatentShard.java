package org.basisar.bar.latent;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;
import org.basisar.bar.data.DataException;
import org.basisar.nn.io.SafeTensorsException;
import org.basisar.nn.io.SafeTensorsReader;
import org.basisar.nn.io.SafeTensorsWriter;
import org.basisar.nn.io.StoredType;
import org.basisar.tensor.Shape;

/**
 * One file of a cache: a safetensors file with, for n images,
 *
 * <ul>
 *   <li>{@code moments} F32 [n, 2, 2C, h, w]: of each image as it is, then mirrored; means first,
 *       then logarithms of variances, not clamped;
 *   <li>{@code checksums} I32 [n, 2]: CRC32C of each moments' little-endian bytes;
 *   <li>{@code labels} I32 [n];
 *   <li>{@code paths} U8: the images' paths in UTF-8, a line each.
 * </ul>
 *
 * <p>The seal, which the manifest holds, is the CRC32C of checksums, labels and paths; so it covers
 * everything, and yet moments are read only where they are used. Reading is safe from several
 * threads.
 */
final class LatentShard implements AutoCloseable {
  /** As it is, and mirrored. */
  static final int FLIPS = 2;

  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final SafeTensorsReader reader;
  private final MemorySegment moments;
  private final int size;
  private final int[] labels;
  private final int[] checksums;

  private LatentShard(Path file, SafeTensorsReader reader, int images, LatentManifest manifest) {
    this.file = file;
    this.reader = reader;
    size = manifest.momentSize();
    int side = manifest.latentSide();
    require("moments", StoredType.F32, images, FLIPS, 2 * manifest.channels(), side, side);
    require("checksums", StoredType.I32, images, FLIPS);
    require("labels", StoredType.I32, images);
    if (reader.entries().size() != 4 || reader.entry("paths").type() != StoredType.U8) {
      throw damaged("holds other tensors than a shard");
    }
    moments = reader.raw("moments");
    labels = ints("labels");
    checksums = ints("checksums");
    for (int label : labels) {
      if (label < 0 || label >= manifest.classNames().size()) {
        throw damaged("has an image of class " + label);
      }
    }
  }

  /**
   * Opens and checks a shard, but for its moments.
   *
   * @throws DataException if it is not what the manifest says
   */
  @SuppressWarnings("MustBeClosedChecker") // The shard owns the reader and closes it.
  static LatentShard open(Path folder, int shard, LatentManifest manifest) {
    Path file = folder.resolve(LatentManifest.shardName(shard));
    SafeTensorsReader reader;
    try {
      reader = SafeTensorsReader.open(file);
    } catch (SafeTensorsException e) {
      throw new DataException(
          "A shard is damaged: %s; remove it and give the same bar encode again."
              .formatted(e.getMessage()),
          e);
    }
    boolean opened = false;
    try {
      LatentShard made = new LatentShard(file, reader, manifest.imagesIn(shard), manifest);
      if (!manifest.shards().isEmpty() && made.seal() != manifest.shards().get(shard)) {
        throw made.damaged("has another checksum than when it was written");
      }
      opened = true;
      return made;
    } catch (SafeTensorsException e) {
      throw new DataException("A shard is damaged: " + e.getMessage(), e);
    } finally {
      if (!opened) {
        reader.close();
      }
    }
  }

  /**
   * Writes a shard, whole or not at all.
   *
   * @param moments [n, 2, 2C, h, w]
   */
  static void write(
      Path folder,
      int shard,
      LatentManifest manifest,
      float[] moments,
      int[] labels,
      List<String> paths) {
    int images = labels.length;
    int size = manifest.momentSize();
    int[] checksums = new int[images * FLIPS];
    for (int i = 0; i < checksums.length; i++) {
      checksums[i] = checksum(moments, i * size, size);
    }
    byte[] lines = String.join("\n", paths).getBytes(StandardCharsets.UTF_8);
    int side = manifest.latentSide();
    new SafeTensorsWriter()
        .metadata("weightsChecksum", manifest.weightsChecksum())
        .metadata("listing", manifest.listing())
        .metadata("shard", Integer.toString(shard))
        .addFloats(
            "moments", Shape.of(images, FLIPS, 2 * manifest.channels(), side, side), moments, 0)
        .addInts("checksums", Shape.of(images, FLIPS), checksums, 0)
        .addInts("labels", Shape.of(images), labels, 0)
        .addBytes("paths", Shape.of(lines.length), lines, 0)
        .write(folder.resolve(LatentManifest.shardName(shard)));
  }

  /** Whether this is a part of the same work. */
  boolean belongsTo(LatentManifest manifest, int shard) {
    return manifest.weightsChecksum().equals(reader.metadata().get("weightsChecksum"))
        && manifest.listing().equals(reader.metadata().get("listing"))
        && Integer.toString(shard).equals(reader.metadata().get("shard"));
  }

  /** CRC32C of everything but the moments, whose checksums are part of it. */
  long seal() {
    CRC32C crc = new CRC32C();
    for (String name : List.of("checksums", "labels", "paths")) {
      crc.update(reader.raw(name).toArray(ValueLayout.JAVA_BYTE));
    }
    return crc.getValue();
  }

  int[] labels() {
    return labels.clone();
  }

  /** Paths of the images, in order. */
  List<String> paths() {
    byte[] lines = reader.raw("paths").toArray(ValueLayout.JAVA_BYTE);
    return new String(lines, StandardCharsets.UTF_8).lines().toList();
  }

  /**
   * Reads the moments of an image [2C, h, w].
   *
   * @throws DataException if they are not those that were written, or not finite
   */
  void read(int image, boolean flip, float[] destination) {
    int at = image * FLIPS + (flip ? 1 : 0);
    MemorySegment.copy(moments, F32, 4L * at * size, destination, 0, size);
    if (checksum(destination, 0, size) != checksums[at]) {
      throw damaged("has other moments of image " + image + " than were written");
    }
    if (!finite(destination, size)) {
      throw damaged("has moments of image " + image + " that are not finite");
    }
  }

  /** Brings the moments of an image from the disk to memory. */
  void expect(int image) {
    moments.asSlice(4L * image * FLIPS * size, 4L * FLIPS * size).load();
  }

  static boolean finite(float[] values, int count) {
    float sum = 0;
    for (int i = 0; i < count; i++) {
      sum += values[i] * 0; // NaN from the first that is not finite on
    }
    return sum == 0;
  }

  private static int checksum(float[] values, int from, int count) {
    ByteBuffer bytes = ByteBuffer.allocate(count * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values, from, count);
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    return (int) crc.getValue();
  }

  private int[] ints(String name) {
    int[] values = new int[reader.entry(name).shape().size()];
    reader.readInts(name, values, 0);
    return values;
  }

  private void require(String name, StoredType type, int... dims) {
    Shape shape = Shape.of(dims);
    if (reader.entry(name).type() != type || !reader.entry(name).shape().equals(shape)) {
      throw damaged(
          "holds %s as %s %s instead of %s %s"
              .formatted(name, reader.entry(name).type(), reader.entry(name).shape(), type, shape));
    }
  }

  private DataException damaged(String fault) {
    return new DataException(
        "%s %s; remove it and give the same bar encode again.".formatted(file, fault));
  }

  @Override
  public void close() {
    reader.close();
  }
}
