package org.basisar.bar.latent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.basisar.bar.data.DataException;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue;
import org.basisar.nn.io.JsonValue.JsonArray;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.JsonValue.JsonString;

/**
 * What a cache holds, as {@code manifest.json}. While a cache is in the making the same is in
 * {@code unfinished.json}, without shards.
 *
 * @param source the pictures, as given on the command line
 * @param listing SHA-256 of all paths and labels, in order
 * @param classNames by label
 * @param count images
 * @param side height and width of the pictures, in pixels
 * @param channels of a latent
 * @param latentSide height and width of a latent
 * @param weights the autoencoder's file
 * @param weightsChecksum see {@link org.basisar.bar.vae.Autoencoder#checksum}
 * @param batch pictures that were encoded at a time
 * @param perShard images of every shard but the last
 * @param shards seals of the shards, see {@link LatentShard#seal}
 */
record LatentManifest(
    String source,
    String listing,
    List<String> classNames,
    int count,
    int side,
    int channels,
    int latentSide,
    String weights,
    String weightsChecksum,
    int batch,
    int perShard,
    List<Long> shards) {
  /** The file in a finished cache. */
  static final String NAME = "manifest.json";

  /** The file in a cache in the making. */
  static final String UNFINISHED = "unfinished.json";

  private static final String KIND = "latents";
  private static final int FORMAT = 1;
  private static final String CROP = "adm-centre";
  private static final long MAX_BYTES = 1 << 26;
  private static final int MOST_IMAGES = 20_000_000;
  private static final int MOST_CHANNELS = 4096;
  private static final int MOST_SIDE = 1 << 14;
  private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern SEAL = Pattern.compile("[0-9a-f]{8}");

  LatentManifest {
    classNames = List.copyOf(classNames);
    shards = List.copyOf(shards);
  }

  /** Shards that hold all images. */
  int shardCount() {
    return Math.ceilDiv(count, perShard);
  }

  /** Images in a shard. */
  int imagesIn(int shard) {
    return Math.min(perShard, count - shard * perShard);
  }

  /** Numbers of one image's moments. */
  int momentSize() {
    return 2 * channels * latentSide * latentSide;
  }

  /** The name of a shard's file. */
  static String shardName(int shard) {
    return "shard-%05d.safetensors".formatted(shard);
  }

  /** The same with shards. */
  LatentManifest finished(List<Long> seals) {
    return new LatentManifest(
        source,
        listing,
        classNames,
        count,
        side,
        channels,
        latentSide,
        weights,
        weightsChecksum,
        batch,
        perShard,
        seals);
  }

  /** Whether both are of the same pictures, encoded alike; where files lie does not matter. */
  boolean sameWork(LatentManifest other) {
    return listing.equals(other.listing)
        && classNames.equals(other.classNames)
        && count == other.count
        && side == other.side
        && channels == other.channels
        && latentSide == other.latentSide
        && weightsChecksum.equals(other.weightsChecksum)
        && batch == other.batch
        && perShard == other.perShard;
  }

  void write(Path file) {
    JsonArray seals = JsonArray.ofStrings(shards.stream().map("%08x"::formatted).toList());
    JsonObject json =
        JsonObject.builder()
            .put("kind", KIND)
            .put("format", FORMAT)
            .put("source", source)
            .put("listing", listing)
            .put("count", count)
            .put("side", side)
            .put("crop", CROP)
            .put("channels", channels)
            .put("latentSide", latentSide)
            .put("weights", weights)
            .put("weightsChecksum", weightsChecksum)
            .put("batch", batch)
            .put("perShard", perShard)
            .put("classNames", JsonArray.ofStrings(classNames))
            .put("shards", seals)
            .build();
    try {
      AtomicFile.replace(file, Json.write(json) + "\n");
    } catch (IOException e) {
      throw new DataException("%s cannot be written (%s).".formatted(file, IoReason.of(e)), e);
    }
  }

  /** Reads and checks one, as far as it can be checked by itself. */
  static LatentManifest read(Path file) {
    try {
      if (Files.size(file) > MAX_BYTES) {
        throw damaged(file, "it has more than " + MAX_BYTES + " bytes", null);
      }
      LatentManifest manifest = parse(Json.parseObject(Files.readAllBytes(file)));
      manifest.check();
      return manifest;
    } catch (JsonException | IllegalArgumentException e) {
      throw damaged(file, String.valueOf(e.getMessage()), e);
    } catch (IOException e) {
      throw new DataException("%s cannot be read (%s).".formatted(file, IoReason.of(e)), e);
    }
  }

  private static LatentManifest parse(JsonObject json) {
    json.requireOnly(
        Set.of(
            "kind",
            "format",
            "source",
            "listing",
            "count",
            "side",
            "crop",
            "channels",
            "latentSide",
            "weights",
            "weightsChecksum",
            "batch",
            "perShard",
            "classNames",
            "shards"));
    if (!json.stringAt("kind").equals(KIND) || json.intAt("format") != FORMAT) {
      throw new IllegalArgumentException(
          "it is not of the kind \""
              + KIND
              + "\" in format "
              + FORMAT
              + ", which this version reads");
    }
    List<Long> seals = new ArrayList<>();
    for (String seal : strings(json.arrayAt("shards"))) {
      if (!SEAL.matcher(seal).matches()) {
        throw new IllegalArgumentException("a shard has the checksum \"" + seal + "\"");
      }
      seals.add(Long.parseLong(seal, 16));
    }
    return new LatentManifest(
        json.stringAt("source"),
        json.stringAt("listing"),
        strings(json.arrayAt("classNames")),
        json.intAt("count"),
        json.intAt("side"),
        json.intAt("channels"),
        json.intAt("latentSide"),
        json.stringAt("weights"),
        json.stringAt("weightsChecksum"),
        json.intAt("batch"),
        json.intAt("perShard"),
        seals);
  }

  private static List<String> strings(JsonArray array) {
    List<String> strings = new ArrayList<>();
    for (JsonValue value : array.elements()) {
      if (!(value instanceof JsonString string)) {
        throw new IllegalArgumentException("a list of strings holds something else");
      }
      strings.add(string.value());
    }
    return strings;
  }

  private void check() {
    range("count", count, MOST_IMAGES);
    range("side", side, MOST_SIDE);
    range("channels", channels, MOST_CHANNELS);
    range("latentSide", latentSide, MOST_SIDE);
    range("batch", batch, MOST_IMAGES);
    range("perShard", perShard, MOST_IMAGES);
    if (classNames.isEmpty()) {
      throw new IllegalArgumentException("it names no classes");
    }
    if (!SHA256.matcher(weightsChecksum).matches() || !SHA256.matcher(listing).matches()) {
      throw new IllegalArgumentException("a checksum does not have 64 hexadecimal digits");
    }
    long numbers = 4L * channels * latentSide * latentSide * Math.min(count, perShard);
    if (side % latentSide != 0 || numbers > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("its sizes do not fit together");
    }
    if (!shards.isEmpty() && shards.size() != shardCount()) {
      throw new IllegalArgumentException(
          "it lists " + shards.size() + " shards instead of " + shardCount());
    }
  }

  private static void range(String name, int value, int most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(name + " must be 1 to " + most + ", is " + value);
    }
  }

  private static DataException damaged(
      Path file, String fault, @org.jspecify.annotations.Nullable Throwable cause) {
    return new DataException(
        "%s is no manifest of a latent cache: %s; encode the pictures again."
            .formatted(file, fault),
        cause);
  }
}
