package org.basisar.nn.io;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;
import org.basisar.nn.io.SafeTensorsException.Reason;

/**
 * A model spread over several safetensors files: an index {@code *.index.json}, whose {@code
 * weight_map} says for each tensor which file beside it holds it. Opening maps and checks all of
 * them.
 */
public final class ShardedSafeTensors implements TensorFile {
  private static final long MAX_INDEX_BYTES = 1L << 26;
  private static final int SHOWN = 12;

  private final Path index;
  private final Map<String, SafeTensorsReader> readers;
  private final SequencedMap<String, SafeTensorsReader> byTensor = new LinkedHashMap<>();

  private ShardedSafeTensors(Path index, Map<String, SafeTensorsReader> readers) {
    this.index = index;
    this.readers = readers;
  }

  /**
   * Reads the index and opens every file it names.
   *
   * @throws SafeTensorsException if the index or a file is refused, or they disagree about which
   *     tensor lies where; the message lists every disagreement
   */
  public static ShardedSafeTensors open(Path index) {
    JsonObject map = weightMap(index);
    ShardedSafeTensors result = new ShardedSafeTensors(index, new LinkedHashMap<>());
    boolean opened = false;
    try {
      result.fill(map);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        result.close();
      }
    }
  }

  private static JsonObject weightMap(Path index) {
    try {
      if (Files.size(index) > MAX_INDEX_BYTES) {
        throw refuse(index, "has more than " + MAX_INDEX_BYTES + " bytes, so it is no index");
      }
      return Json.parseObject(Files.readAllBytes(index)).objectAt("weight_map");
    } catch (IOException e) {
      throw new SafeTensorsException(
          Reason.UNREADABLE, index + " cannot be read: " + IoReason.of(e), e);
    } catch (JsonException e) {
      throw new SafeTensorsException(
          Reason.HEADER_NOT_JSON, index + " is no index of tensors: " + e.getMessage(), e);
    }
  }

  private static SafeTensorsException refuse(Path index, String fault) {
    return new SafeTensorsException(Reason.ENTRY, index + " " + fault);
  }

  private void fill(JsonObject map) {
    List<String> faults = new ArrayList<>();
    for (var member : map.members().entrySet()) {
      if (!(member.getValue() instanceof JsonString(String name))) {
        throw refuse(index, "names no file for tensor " + Json.quote(member.getKey()));
      }
      SafeTensorsReader reader = reader(name);
      if (reader.contains(member.getKey())) {
        byTensor.put(member.getKey(), reader);
      } else {
        faults.add(Json.quote(member.getKey()) + " is not in " + Json.quote(name));
      }
    }
    readers.forEach((name, reader) -> {
      for (String tensor : reader.names()) {
        if (byTensor.get(tensor) != reader) {
          faults.add(Json.quote(tensor) + " is in " + Json.quote(name) + " but not listed there");
        }
      }
    });
    if (!faults.isEmpty()) {
      throw refuse(
          index,
          "disagrees with its files: "
              + String.join("; ", faults.subList(0, Math.min(SHOWN, faults.size())))
              + (faults.size() > SHOWN ? "; and " + (faults.size() - SHOWN) + " more" : "")
              + "; copy them again");
    }
  }

  private SafeTensorsReader reader(String name) {
    SafeTensorsReader known = readers.get(name);
    if (known != null) {
      return known;
    }
    // The name must stay in the folder of the index, whatever system the index came from.
    if (!name.endsWith(".safetensors")
        || name.startsWith(".")
        || name.chars().anyMatch(c -> c < ' ' || c == '/' || c == '\\' || c == ':')) {
      throw refuse(index, "names the file " + Json.quote(name) + ", which is no file beside it");
    }
    SafeTensorsReader opened = SafeTensorsReader.open(index.resolveSibling(name));
    readers.put(name, opened);
    return opened;
  }

  @Override
  public List<StoredTensor> entries() {
    List<StoredTensor> entries = new ArrayList<>();
    byTensor.forEach((name, reader) -> entries.add(reader.entry(name)));
    return entries;
  }

  @Override
  public boolean contains(String name) {
    return byTensor.containsKey(name);
  }

  @Override
  public StoredTensor entry(String name) {
    return holder(name).entry(name);
  }

  @Override
  public void readFloats(String name, float[] destination, int offset) {
    holder(name).readFloats(name, destination, offset);
  }

  @Override
  public void readDoubles(String name, double[] destination, int offset) {
    holder(name).readDoubles(name, destination, offset);
  }

  @Override
  public void readInts(String name, int[] destination, int offset) {
    holder(name).readInts(name, destination, offset);
  }

  @Override
  public void readBytes(String name, byte[] destination, int offset) {
    holder(name).readBytes(name, destination, offset);
  }

  @Override
  public void readBf16Bits(String name, short[] destination, int offset) {
    holder(name).readBf16Bits(name, destination, offset);
  }

  private SafeTensorsReader holder(String tensor) {
    SafeTensorsReader reader = byTensor.get(tensor);
    if (reader == null) {
      throw new SafeTensorsException(
          Reason.NO_SUCH_TENSOR, index + " lists no tensor " + Json.quote(tensor));
    }
    return reader;
  }

  @Override
  public void close() {
    readers.values().forEach(SafeTensorsReader::close);
  }
}
