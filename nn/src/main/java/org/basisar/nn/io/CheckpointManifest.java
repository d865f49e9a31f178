package org.basisar.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonObject;

/**
 * What a checkpoint folder must hold to be believed.
 *
 * @param step the training step
 * @param sequence counts publications in one root, so that a run which went back to an older step
 *     still knows which checkpoint is the latest
 * @param files name to size and checksum
 */
record CheckpointManifest(long step, long sequence, SortedMap<String, FileSeal> files) {
  static final String NAME = "manifest.json";

  private static final int FORMAT = 1;
  private static final int CHUNK_BYTES = 1 << 18;
  private static final long MAX_BYTES = 1 << 24;

  CheckpointManifest {
    files = Collections.unmodifiableSortedMap(new TreeMap<>(files));
  }

  /** Size in bytes and CRC32C of a file. */
  record FileSeal(long size, long crc32c) {
    static FileSeal of(Path file) throws IOException {
      CRC32C crc = new CRC32C();
      ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
      long size = 0;
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
        while (channel.read(chunk) >= 0) {
          chunk.flip();
          size += chunk.remaining();
          crc.update(chunk);
          chunk.clear();
        }
      }
      return new FileSeal(size, crc.getValue());
    }
  }

  String write() {
    List<JsonValue> list = new ArrayList<>();
    files.forEach((name, seal) ->
        list.add(
            JsonObject.builder()
                .put("name", name)
                .put("size", seal.size())
                .put("crc32c", String.format("%08x", seal.crc32c()))
                .build()));
    return Json.write(
        JsonObject.builder()
            .put("format", FORMAT)
            .put("step", step)
            .put("sequence", sequence)
            .put("files", new JsonArray(list))
            .build());
  }

  /**
   * Reads the manifest of a folder, without looking at the other files.
   *
   * @throws CheckpointException if it is missing or not one of ours
   */
  static CheckpointManifest read(Path folder) {
    Path file = folder.resolve(NAME);
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw damaged(folder, NAME + " has more than " + MAX_BYTES + " bytes");
      }
      return parse(Json.parseObject(Files.readAllBytes(file)));
    } catch (NoSuchFileException _) {
      throw damaged(folder, NAME + " is missing");
    } catch (JsonException | NumberFormatException e) {
      throw damaged(folder, NAME + " is refused: " + e.getMessage());
    } catch (IOException e) {
      throw damaged(folder, NAME + " cannot be read: " + IoReason.of(e));
    }
  }

  private static CheckpointManifest parse(JsonObject json) {
    int format = json.intAt("format");
    if (format != FORMAT) {
      throw new JsonException(
          JsonException.Reason.WRONG_TYPE,
          "the format is " + format + " but this version reads " + FORMAT);
    }
    json.requireOnly(Set.of("format", "step", "sequence", "files"));
    TreeMap<String, FileSeal> files = new TreeMap<>();
    for (JsonValue element : json.arrayAt("files").elements()) {
      if (!(element instanceof JsonObject file)) {
        throw new JsonException(
            JsonException.Reason.WRONG_TYPE, "a file is " + Json.describe(element));
      }
      file.requireOnly(Set.of("name", "size", "crc32c"));
      files.put(
          file.stringAt("name"),
          new FileSeal(file.longAt("size"), Long.parseLong(file.stringAt("crc32c"), 16)));
    }
    return new CheckpointManifest(json.longAt("step"), json.longAt("sequence"), files);
  }

  /**
   * Compares a folder with this manifest.
   *
   * @param checksums whether to read every byte, or to stop at names and sizes
   * @return all differences, one phrase each
   */
  List<String> faults(Path folder, boolean checksums) {
    List<String> faults = new ArrayList<>();
    List<String> present;
    try {
      present =
          CheckpointDirectory.children(folder).stream()
              .map(child -> folder.relativize(child).toString())
              .toList();
    } catch (IOException e) {
      return List.of("the folder cannot be read: " + IoReason.of(e));
    }
    for (String name : present) {
      if (!name.equals(NAME) && !files.containsKey(name)) {
        faults.add(Json.quote(name) + " is not in the manifest");
      }
    }
    for (Map.Entry<String, FileSeal> entry : files.entrySet()) {
      String name = entry.getKey();
      if (!present.contains(name)) {
        faults.add(Json.quote(name) + " is missing");
        continue;
      }
      fault(folder.resolve(name), entry.getValue(), checksums)
          .ifPresent(fault -> faults.add(Json.quote(name) + " " + fault));
    }
    return faults;
  }

  private static Optional<String> fault(Path file, FileSeal seal, boolean checksums) {
    try {
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        return Optional.of("is not a plain file");
      }
      long size = Files.size(file);
      if (size != seal.size()) {
        return Optional.of("has " + size + " bytes instead of " + seal.size());
      }
      if (checksums && !FileSeal.of(file).equals(seal)) {
        return Optional.of("has another checksum than when it was written");
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("cannot be read: " + IoReason.of(e));
    }
  }

  private static CheckpointException damaged(Path folder, String fault) {
    return new CheckpointException(folder + " is no usable checkpoint: " + fault, List.of(fault));
  }
}
