package org.basisar.bar.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.basisar.bar.data.DataException;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.data.PictureFiles;
import org.basisar.bar.picture.PlainPicture;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.bar.vae.VaeConfig;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Caches of 11 pictures in shards of 4. */
class LatentCacheTest {
  private static final VaeConfig SMALL = new VaeConfig(4, 8, List.of(1, 1, 2), 1, 4, false);
  private static final int IMAGES = 11;
  private static final int SIDE = 8;
  private static final int SHARD = 4;

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path pictures;
  private static Path whole;
  private static Autoencoder network;

  @BeforeAll
  static void encode() throws IOException {
    pictures = shared.resolve("pictures");
    ImageData images = ImageSources.open("embedded", SIDE, 5);
    float[] pixels = new float[3 * SIDE * SIDE];
    for (int i = 0; i < IMAGES; i++) {
      images.read(i, false, pixels, 0);
      PngWriter.write(
          pictures.resolve("class" + i % 3).resolve(i + ".png"),
          PlainPicture.of(SIDE, PlainPicture.bytes(3, SIDE, pixels)));
    }
    network = Autoencoder.seeded(SMALL, 3);
    whole = shared.resolve("cache");
    assertThat(work(whole, 2, () -> false)).isTrue();
  }

  @AfterAll
  static void close() {
    network.close();
  }

  private static boolean work(Path cache, int batch, BooleanSupplier stop) {
    return work(pictures.toString(), cache, batch, stop);
  }

  private static boolean work(String source, Path cache, int batch, BooleanSupplier stop) {
    try (PictureFiles files = PictureFiles.open(source)) {
      return new LatentEncoder(
              files,
              network,
              new LatentEncoder.Plan(cache, SIDE, batch, SHARD, "pictures", "vae.safetensors"),
              new LatentEncoder.Progress() {
                @Override
                public void begin(int images, int done) {
                  assertThat(images).isEqualTo(IMAGES);
                }

                @Override
                public void encoded() {}
              },
              stop)
          .run();
    }
  }

  private static Map<String, byte[]> contents(Path cache) throws IOException {
    Map<String, byte[]> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(cache)) {
      for (Path file : files.toList()) {
        contents.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return contents;
  }

  private Path copy() throws IOException {
    Path copy = folder.resolve("copy");
    Files.createDirectories(copy);
    for (Map.Entry<String, byte[]> file : contents(whole).entrySet()) {
      Files.write(copy.resolve(file.getKey()), file.getValue());
    }
    return copy;
  }

  @Test
  void holdsWhatTheAutoencoderMakes() {
    try (LatentCache cache = LatentCache.open(whole);
        PictureFiles files = PictureFiles.open(pictures.toString());
        PictureFiles.Decoder decoder = files.decoder()) {
      cache.verify();
      assertThat(cache.count()).isEqualTo(IMAGES);
      assertThat(cache.classNames()).containsExactly("class0", "class1", "class2");
      assertThat(cache.side()).isEqualTo(2);
      assertThat(cache.channels()).isEqualTo(4);
      assertThat(cache.pictureSide()).isEqualTo(SIDE);
      for (int i = 0; i < IMAGES; i++) {
        assertThat(cache.path(i)).isEqualTo(files.path(i));
        assertThat(cache.label(i)).isEqualTo(files.label(i));
        float[] picture = decoder.decode(i, files.content(i), SIDE);
        for (boolean flip : new boolean[] {false, true}) {
          float[] mirrored = picture.clone();
          for (int at = 0; flip && at < picture.length; at++) {
            mirrored[at] = picture[at / SIDE * SIDE + SIDE - 1 - at % SIDE];
          }
          float[] expected;
          try (Scope _ = Scope.open()) {
            expected = network.moments(Tensor.of(mirrored, 1, 3, SIDE, SIDE)).toFloats();
          }
          float[] moments = new float[32];
          cache.moments(i, flip, moments);
          assertThat(moments).containsExactly(expected, within(1e-5f));
          float[] mean = new float[20];
          cache.read(i, flip, mean, 4);
          assertThat(Arrays.copyOfRange(mean, 4, 20)).isEqualTo(Arrays.copyOf(moments, 16));
        }
      }
    }
  }

  @Test
  void drawsFromThePosteriorByTheirSeed() {
    try (LatentCache cache = LatentCache.open(whole)) {
      float[] moments = new float[32];
      cache.moments(3, true, moments);
      int draws = 4000;
      double[] sum = new double[16];
      double[] squares = new double[16];
      float[] drawn = new float[16];
      for (int seed = 0; seed < draws; seed++) {
        cache.draw(3, true, seed * 7919L, drawn, 0);
        for (int i = 0; i < 16; i++) {
          sum[i] += drawn[i];
          squares[i] += (drawn[i] - moments[i]) * (drawn[i] - moments[i]);
        }
      }
      for (int i = 0; i < 16; i++) {
        double deviation = Math.exp(moments[16 + i] / 2);
        assertThat(sum[i] / draws).isCloseTo(moments[i], within(0.1 * deviation));
        assertThat(Math.sqrt(squares[i] / draws)).isCloseTo(deviation, within(0.06 * deviation));
      }
      float[] again = new float[16];
      cache.draw(3, true, (draws - 1) * 7919L, again, 0);
      assertThat(again).isEqualTo(drawn);
    }
  }

  @Test
  void aStoppedWorkEndsWithTheSameBytes() throws IOException {
    for (int patience : new int[] {0, 1, 3, 5}) {
      Path cache = folder.resolve("cache" + patience);
      int[] left = {patience};
      assertThat(work(cache, 2, () -> left[0]-- == 0)).isFalse();
      assertThat(LatentCache.recognised(cache)).isFalse();
      assertThat(LatentCache.unfinished(cache)).isTrue();
      assertThat(work(cache, 2, () -> false)).isTrue();
      assertThat(contents(cache)).usingRecursiveComparison().isEqualTo(contents(whole));
      assertThat(work(cache, 2, () -> true)).as("nothing is left to do").isTrue();
    }
  }

  @Test
  void otherWorkIsNotMixedIn() throws IOException {
    Path cache = copy();
    assertThatThrownBy(() -> work(cache, 3, () -> false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("choose another folder, or remove it");
    Files.move(cache.resolve("manifest.json"), cache.resolve("unfinished.json"));
    assertThatThrownBy(() -> work(cache, 3, () -> false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("choose another folder, or remove it");
    Path other = folder.resolve("other");
    Files.createDirectories(other);
    Files.writeString(other.resolve("letter.txt"), "dear");
    assertThatThrownBy(() -> work(other, 2, () -> false))
        .isInstanceOf(DataException.class)
        .hasMessageContaining("is not empty and no latent cache");
  }

  @Test
  void everyDamageIsFoundAndNamed() throws IOException {
    Path cache = copy();
    Path shard = cache.resolve("shard-00001.safetensors");
    byte[] sound = Files.readAllBytes(shard);
    for (int cut : new int[] {0, 7, 100, sound.length / 2, sound.length - 1}) {
      Files.write(shard, Arrays.copyOf(sound, cut));
      refused(cache, "shard-00001");
    }
    int header = (sound[0] & 255) | (sound[1] & 255) << 8;
    // One byte of a moment, of a checksum, of a label, of a path.
    for (int place :
        new int[] {8 + header + 77, 8 + header + 4 * 2 * 32 * 4 + 2, sound.length - 30}) {
      byte[] wrong = sound.clone();
      wrong[place] ^= 4;
      Files.write(shard, wrong);
      refused(cache, "shard-00001");
    }
    Files.delete(shard);
    refused(cache, "shard-00001");
    Files.copy(cache.resolve("shard-00000.safetensors"), shard);
    refused(cache, "shard-00001");
    Files.write(shard, sound);
    LatentCache.open(cache).close();
  }

  private static void refused(Path cache, String named) {
    assertThatThrownBy(
            () -> {
              try (LatentCache opened = LatentCache.open(cache)) {
                opened.verify();
              }
            })
        .isInstanceOf(DataException.class)
        .hasMessageContaining(named)
        .hasMessageMatching("[^\n]*\\.");
  }

  @Test
  void momentsThatAreNotFiniteAreRefused() throws IOException {
    Path cache = copy();
    LatentManifest manifest = LatentManifest.read(cache.resolve("manifest.json"));
    for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY}) {
      float[] moments = new float[SHARD * 2 * 32];
      moments[40] = bad;
      LatentShard.write(cache, 0, manifest, moments, new int[SHARD], List.of("a", "b", "c", "d"));
      List<Long> seals = new ArrayList<>(manifest.shards());
      LatentManifest unsealed = manifest.finished(List.of());
      try (LatentShard shard = LatentShard.open(cache, 0, unsealed)) {
        seals.set(0, shard.seal());
      }
      manifest.finished(seals).write(cache.resolve("manifest.json"));
      refused(cache, "not finite");
    }
  }

  @Test
  void manifestsThatMakeNoSenseAreRefused() throws IOException {
    Path cache = copy();
    Path file = cache.resolve("manifest.json");
    String sound = Files.readString(file);
    for (String[] change :
        new String[][] {
          {"\"count\": 11", "\"count\": 12"},
          {"\"count\": 11", "\"count\": 1100000000"},
          {"\"count\": 11", "\"count\": -1"},
          {"\"count\": 11", "\"count\": 1e400"},
          {"\"format\": 1", "\"format\": 2"},
          {"\"kind\": \"latents\"", "\"kind\": \"soup\""},
          {"\"side\": 8", "\"side\": 9"},
          {"\"channels\": 4", "\"channels\": 4000"},
          {"\"latentSide\": 2", "\"latentSide\": 0"},
          {"\"perShard\": 4", "\"perShard\": 3"},
          {"\"perShard\": 4", "\"perShard\": 0"},
          {"\"class0\", ", ""},
          {"\"shards\": [", "\"shards\": [\"..\", "},
          {"\"shards\": [", "\"shards\": [1, "},
          {"{", "{\"more\": 1, "},
          {"{", ""},
        }) {
      assertThat(sound).contains(change[0]);
      Files.writeString(file, sound.replace(change[0], change[1]));
      refused(cache, cache.toString());
    }
    Files.writeString(file, "[".repeat(100_000));
    refused(cache, "manifest.json");
    try (RandomAccessFile large = new RandomAccessFile(file.toFile(), "rw")) {
      large.setLength(1L << 32);
    }
    refused(cache, "manifest.json");
  }

  private static Tensor bias(Autoencoder autoencoder) {
    return Objects.requireNonNull(autoencoder.parameters().get("quant_conv.bias")).tensor();
  }

  @Test
  void aBrokenAutoencoderIsNamed() {
    try (Autoencoder broken = Autoencoder.seeded(SMALL, 3);
        PictureFiles files = PictureFiles.open(pictures.toString())) {
      Tensor bias = bias(broken);
      bias.copyFrom(new float[] {0, 0, Float.NaN, 0, 0, 0, 0, 0}, 0);
      LatentEncoder encoder =
          new LatentEncoder(
              files,
              broken,
              new LatentEncoder.Plan(folder.resolve("c"), SIDE, 2, SHARD, "p", "vae.ckpt"),
              new LatentEncoder.Progress() {
                @Override
                public void begin(int images, int done) {}

                @Override
                public void encoded() {}
              },
              () -> false);
      assertThatThrownBy(encoder::run)
          .isInstanceOf(DataException.class)
          .hasMessageContaining("vae.ckpt gives NaN for class0/");
    }
  }

  @Test
  void anAutoencoderIsKnownByItsFile() {
    try (Autoencoder tiny = Autoencoder.seeded(VaeConfig.tiny(), 4)) {
      for (String name : new String[] {"vae.safetensors", "vae.ckpt"}) {
        Path file = folder.resolve(name);
        tiny.save(file);
        try (Autoencoder read = Autoencoder.open(file)) {
          assertThat(read.config()).isEqualTo(VaeConfig.tiny());
          assertThat(read.checksum()).isEqualTo(tiny.checksum());
        }
      }
      bias(tiny).copyFrom(new float[] {0, 0, 0, 0, 0, 0, 0, 1}, 0);
      Path file = folder.resolve("other.safetensors");
      tiny.save(file);
      try (Autoencoder other = Autoencoder.open(file)) {
        assertThat(other.checksum()).isEqualTo(tiny.checksum()).isNotEqualTo(network.checksum());
      }
    }
  }
}
