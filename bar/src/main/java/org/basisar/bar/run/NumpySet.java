package org.basisar.bar.run;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.basisar.bar.train.RunException;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.numpy.NumpyArchiveWriter;
import org.basisar.nn.io.numpy.NumpyHeader;
import org.basisar.nn.io.numpy.NumpyType;
import org.basisar.nn.io.numpy.NumpyWriter;

/**
 * An {@code .npz} as ADM's evaluator reads it: {@code arr_0} U8 [N, side, side, 3], and the labels
 * as {@code arr_1} I64 [N]. While it is in the making, pictures are in {@code NAME.npz.part}; what
 * it is and how many are there is in {@code NAME.npz.json}.
 */
final class NumpySet implements PictureSet {
  private static final String DONE = "done";
  private static final String IDENTITY = "set";

  private final Path file;
  private final Path state;
  private final Path part;
  private final int side;
  private final int[] labels;
  private final JsonObject identity;
  private int done;

  private NumpySet(Path file, int side, int[] labels, JsonObject identity) {
    this.file = file;
    this.side = side;
    this.labels = labels.clone();
    this.identity = identity;
    state = file.resolveSibling(file.getFileName() + ".json");
    part = file.resolveSibling(file.getFileName() + ".part");
  }

  static NumpySet open(Path file, int side, int[] labels, JsonObject identity) throws IOException {
    NumpySet set = new NumpySet(file, side, labels, identity);
    if (Files.exists(set.state)) {
      set.done = set.resumed();
    } else if (Files.exists(file)) {
      throw SetIdentity.foreign(file);
    }
    return set;
  }

  /** Pictures that are there. */
  private int resumed() throws IOException {
    JsonObject found = SetIdentity.read(state);
    int there;
    try {
      SetIdentity.require(state, found.objectAt(IDENTITY), identity);
      there = found.intAt(DONE);
    } catch (JsonException e) {
      throw new RunException(state + " is damaged: " + e.getMessage() + "; remove it", e);
    }
    if (there < 0 || there > labels.length) {
      throw new RunException(
          state
              + " is damaged: it counts "
              + there
              + " pictures of "
              + labels.length
              + "; remove it");
    }
    if (finished()) {
      return labels.length;
    }
    return Files.exists(part) && Files.size(part) >= there * bytes() ? there : 0;
  }

  private boolean finished() {
    return Files.exists(file) && !Files.exists(part);
  }

  private long bytes() {
    return 3L * side * side;
  }

  @Override
  public boolean holds(int first, int count) {
    return first + count <= done;
  }

  @Override
  public void put(int first, List<byte[]> pictures) throws IOException {
    if (first > done) {
      throw new IllegalStateException("picture " + done + " must come before " + first);
    }
    Path above = part.toAbsolutePath().getParent();
    if (above != null) {
      Files.createDirectories(above);
    }
    try (FileChannel channel =
        FileChannel.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      long at = first * bytes();
      for (byte[] picture : pictures) {
        ByteBuffer buffer = ByteBuffer.wrap(picture);
        while (buffer.hasRemaining()) {
          at += channel.write(buffer, at);
        }
      }
      channel.force(true);
    }
    done = Math.max(done, first + pictures.size());
    JsonObject json = JsonObject.builder().put(DONE, done).put(IDENTITY, identity).build();
    AtomicFile.replace(state, Json.write(json) + "\n");
  }

  @Override
  public void finish() throws IOException {
    if (finished()) {
      return;
    }
    long[] classes = new long[labels.length];
    for (int i = 0; i < classes.length; i++) {
      classes[i] = labels[i];
    }
    try (FileChannel pictures = FileChannel.open(part, StandardOpenOption.READ)) {
      NumpyArchiveWriter.write(
          file,
          archive -> {
            archive.add(
                "arr_0",
                NumpyHeader.of(NumpyType.U8, labels.length, side, side, 3),
                writer -> copy(pictures, writer));
            archive.add(
                "arr_1",
                NumpyHeader.of(NumpyType.I64, labels.length),
                writer -> writer.longs(classes, 0, classes.length));
          });
    }
    Files.delete(part);
  }

  private void copy(FileChannel pictures, NumpyWriter writer) throws IOException {
    byte[] picture = new byte[(int) bytes()];
    for (int i = 0; i < labels.length; i++) {
      ByteBuffer buffer = ByteBuffer.wrap(picture);
      while (buffer.hasRemaining()) {
        if (pictures.read(buffer, i * bytes() + buffer.position()) < 0) {
          throw new EOFException(part + " is cut short; remove it and sample again");
        }
      }
      writer.bytes(picture, 0, picture.length);
    }
  }
}
