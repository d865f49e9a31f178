package org.basisar.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;

/**
 * Collects tensors and writes them as one safetensors file, all or nothing.
 *
 * <p>The bytes depend only on names, types, shapes, values and metadata, not on the order of calls:
 * tensors are laid out widest element first and then by name, as the reference implementation does,
 * which with a header padded to 8 bytes leaves every tensor aligned to its element. Arrays are not
 * copied when they are added; they are read by {@link #write}. Not safe for concurrent use.
 */
public final class SafeTensorsWriter implements TensorWriter<SafeTensorsWriter> {
  private record Entry(StoredTensor tensor, TensorSource source) {}

  private final Map<String, Entry> entries = new HashMap<>();
  private final TreeMap<String, String> metadata = new TreeMap<>();

  /** A file without tensors. */
  public SafeTensorsWriter() {}

  /** Adds a free string; the same key again replaces it. */
  public SafeTensorsWriter metadata(String key, String value) {
    metadata.put(key, value);
    return this;
  }

  /**
   * Adds a tensor whose elements are asked for while the file is written.
   *
   * @throws SafeTensorsException if the name is taken or reserved
   */
  @Override
  public SafeTensorsWriter add(String name, DType dtype, Shape shape, TensorSource source) {
    if (name.equals(SafeTensorsHeader.METADATA)) {
      throw new SafeTensorsException(
          Reason.DUPLICATE_NAME,
          "a tensor cannot be named " + name + ", which the format reserves");
    }
    StoredTensor tensor =
        new StoredTensor(name, StoredType.of(dtype), shape, (long) shape.size() * dtype.bytes());
    if (entries.putIfAbsent(name, new Entry(tensor, source)) != null) {
      throw new SafeTensorsException(
          Reason.DUPLICATE_NAME,
          "two tensors are named " + Json.quote(name) + "; give each its own name");
    }
    return this;
  }

  /**
   * Writes the file: beside the target, forced to the disk, renamed over it, folder forced. A
   * reader that has the old file open keeps it.
   *
   * @throws SafeTensorsException if the system refuses or a source does not keep to its shape; then
   *     the target is what it was before
   */
  public void write(Path file) {
    List<Entry> ordered =
        entries.values().stream()
            .sorted(
                Comparator.comparingInt((Entry entry) -> -entry.tensor().type().bits())
                    .thenComparing(entry -> entry.tensor().type())
                    .thenComparing(entry -> entry.tensor().name()))
            .toList();
    byte[] header = header(ordered);
    try {
      AtomicFile.replace(
          file,
          channel -> {
            TensorSink sink = new TensorSink(channel);
            sink.put(ByteBuffer.wrap(header));
            sink.flush();
            for (Entry entry : ordered) {
              sink.begin(entry.tensor());
              entry.source().writeTo(sink);
              sink.end();
            }
          });
    } catch (IOException e) {
      throw new SafeTensorsException(
          Reason.UNWRITABLE, file + " cannot be written: " + IoReason.of(e), e);
    }
  }

  private byte[] header(List<Entry> ordered) {
    JsonObject.Builder root = JsonObject.builder();
    if (!metadata.isEmpty()) {
      JsonObject.Builder strings = JsonObject.builder();
      metadata.forEach(strings::put);
      root.put(SafeTensorsHeader.METADATA, strings.build());
    }
    long begin = 0;
    for (Entry entry : ordered) {
      StoredTensor tensor = entry.tensor();
      int[] dims = tensor.shape().dims();
      long[] extents = new long[dims.length];
      for (int i = 0; i < dims.length; i++) {
        extents[i] = dims[i];
      }
      long end = begin + tensor.byteSize();
      root.put(
          tensor.name(),
          JsonObject.builder()
              .put("dtype", tensor.type().name())
              .put("shape", JsonArray.ofLongs(extents))
              .put("data_offsets", JsonArray.ofLongs(begin, end))
              .build());
      begin = end;
    }
    byte[] json = Json.writeCompact(root.build()).getBytes(StandardCharsets.UTF_8);
    int padded = (json.length + 7) / 8 * 8;
    if (padded > SafeTensorsReader.MAX_HEADER_BYTES) {
      throw new SafeTensorsException(
          Reason.HEADER_TOO_LARGE,
          "the names and shapes of "
              + ordered.size()
              + " tensors need a header of "
              + padded
              + " bytes, over the limit of "
              + SafeTensorsReader.MAX_HEADER_BYTES
              + "; split the file");
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(SafeTensorsHeader.LENGTH_BYTES + padded)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(padded)
            .put(json);
    while (bytes.hasRemaining()) {
      bytes.put((byte) ' ');
    }
    return bytes.array();
  }
}
