package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.basisar.bar.train.RunException;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;

/** Compares what a set of pictures is with what it is to be. */
final class SetIdentity {
  private static final long MOST_BYTES = 1 << 20;

  private SetIdentity() {}

  /** Refuses a set that is another. */
  static void require(Path file, JsonObject found, JsonObject identity) {
    if (!found.equals(identity)) {
      throw new RunException(
          "%s is of pictures with another seed, count, guidance or the like, or of other weights; choose another --out, or remove it"
              .formatted(file));
    }
  }

  static JsonObject read(Path file) throws IOException {
    if (Files.size(file) > MOST_BYTES) {
      throw new RunException(file + " is damaged: it is too large; remove it");
    }
    try {
      return Json.parseObject(Files.readAllBytes(file));
    } catch (JsonException e) {
      throw new RunException(file + " is damaged: " + e.getMessage() + "; remove it", e);
    }
  }

  static RunException foreign(Path place) {
    return new RunException(
        place + " exists and was not begun by bar sample; choose another --out, or remove it");
  }
}
