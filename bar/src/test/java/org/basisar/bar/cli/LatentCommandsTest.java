package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.bar.vae.VaeConfig;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.nn.io.numpy.NumpyReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From pictures of side 16 to latents of side 4 and back. */
class LatentCommandsTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path pictures;
  private static Path vae;
  private static Path latents;
  private static Path run;

  @BeforeAll
  static void encodeAndTrain() {
    pictures = shared.resolve("pictures");
    vae = shared.resolve("vae.safetensors");
    latents = shared.resolve("latents");
    run = shared.resolve("run");
    Cli.run("pictures", "--size=16", "--count=40", "--out=" + pictures).succeeded();
    Cli.Result encoded = Cli.run(encoding(latents, "--make-tiny-vae")).succeeded();
    assertThat(encoded.out()).contains("autoencoder of random weights").contains("latents: ");
    Cli.run(training(run, "--steps=4")).succeeded();
  }

  private static String[] encoding(Path out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "encode",
                "--data=" + pictures,
                "--vae=" + vae,
                "--size=16",
                "--shard=16",
                "--batch=8",
                "--out=" + out));
    words.addAll(Arrays.asList(more));
    return words.toArray(String[]::new);
  }

  private static String[] training(Path out, String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "train",
                "--data=" + latents,
                "--out=" + out,
                "--width=16",
                "--heads=2",
                "--layers=1",
                "--batch=4",
                "--schedule=constant",
                "--sampler-steps=2",
                "--columns=1",
                "--warmup=2",
                "--flip"));
    words.addAll(Arrays.asList(more));
    return words.toArray(String[]::new);
  }

  private static String[] sampling(Path out, String... more) {
    List<String> words =
        new ArrayList<>(List.of("sample", "--run=" + run, "--out=" + out, "--count=7"));
    words.addAll(Arrays.asList(more));
    return words.toArray(String[]::new);
  }

  @Test
  void encodingAgainFindsNothingToDo() throws IOException {
    Map<String, String> before = Cli.contents(latents);
    assertThat(Cli.run(encoding(latents)).succeeded().out()).contains("complete already");
    assertThat(Cli.contents(latents)).isEqualTo(before);
    Cli.run("encode", "--data=" + pictures, "--vae=" + vae, "--size=16", "--out=" + latents)
        .failed(1, "choose another folder, or remove it");
  }

  @Test
  void aResumedRunIsTheUninterruptedOne() throws IOException {
    assertThat(run.resolve("config.json"))
        .content()
        .contains("\"weights\": \"" + vae)
        .contains("\"side\": 16");
    Path parts = folder.resolve("run");
    Cli.run(training(parts, "--steps=1")).succeeded();
    Cli.run("train", "--resume=" + parts, "--steps=4", "--columns=1", "--vae=" + vae).succeeded();
    String weights = "checkpoints/step-0000004/model.safetensors";
    assertThat(parts.resolve(weights)).hasSameBinaryContentAs(run.resolve(weights));
    assertThat(parts.resolve("samples/final.png"))
        .hasSameBinaryContentAs(run.resolve("samples/final.png"));
  }

  @Test
  void aPictureOfASetDoesNotDependOnBatchesAndInterruptions() throws IOException {
    Path whole = folder.resolve("whole");
    Cli.run(sampling(whole, "--batch=3")).succeeded();
    Path single = folder.resolve("single");
    Cli.run(sampling(single, "--batch=1")).succeeded();
    assertThat(Cli.contents(single)).isEqualTo(Cli.contents(whole));
    Files.delete(single.resolve("00001.png"));
    Files.delete(single.resolve("00006.png"));
    Cli.run(sampling(single, "--batch=5")).succeeded();
    assertThat(Cli.contents(single)).isEqualTo(Cli.contents(whole));
    Cli.run(sampling(single, "--seed=2")).failed(1, "choose another --out, or remove it");
    Cli.run(sampling(pictures)).failed(1, "was not begun by bar sample");
  }

  @Test
  void anArchiveGoesOnWhereItWas() throws IOException {
    Path whole = folder.resolve("whole.npz");
    Cli.run(sampling(whole, "--batch=4")).succeeded();
    Path resumed = folder.resolve("resumed.npz");
    // What a kill leaves behind after the first batch of two.
    Path state = folder.resolve("resumed.npz.json");
    Files.writeString(
        state,
        Files.readString(folder.resolve("whole.npz.json")).replace("\"done\": 7", "\"done\": 2"));
    byte[] arrays = pixels(whole);
    byte[] part = Arrays.copyOf(arrays, 3 * 2 * 16 * 16);
    Files.write(folder.resolve("resumed.npz.part"), part);
    Cli.run(sampling(resumed, "--batch=2")).succeeded();
    assertThat(resumed).hasSameBinaryContentAs(whole);
    assertThat(folder.resolve("resumed.npz.part")).doesNotExist();
    Cli.run(sampling(resumed, "--batch=2")).succeeded();
    Files.writeString(state, "{\"done\": 99}");
    Cli.run(sampling(resumed)).failed(1, "is damaged");
    Files.delete(state);
    Cli.run(sampling(resumed)).failed(1, "was not begun by bar sample");
  }

  private static byte[] pixels(Path file) {
    try (NumpyArchive archive = NumpyArchive.open(file);
        NumpyReader pictures = archive.array("arr_0");
        NumpyReader labels = archive.array("arr_1")) {
      assertThat(pictures.header().extents()).containsExactly(7, 16, 16, 3);
      long[] classes = new long[7];
      labels.readLongs(classes, 0, 7);
      assertThat(classes).containsExactlyInAnyOrder(0, 1, 3, 5, 6, 8, 10);
      assertThat(classes).isNotEqualTo(Arrays.stream(classes).sorted().toArray());
      byte[] bytes = new byte[7 * 16 * 16 * 3];
      pictures.readBytes(bytes, 0, bytes.length);
      return bytes;
    }
  }

  @Test
  void severalScalesMakeSeveralSets() {
    Path sweep = folder.resolve("sweep");
    Cli.run(sampling(sweep, "--guidance=1,2.5", "--classes=0,ring")).succeeded();
    assertThat(sweep.resolve("guidance-1.0/00006.png")).isNotEmptyFile();
    assertThat(sweep.resolve("guidance-2.5/00006.png")).isNotEmptyFile();
    Cli.run(sampling(folder.resolve("x.png"), "--guidance=1,2")).failed(2, "several scales");
    Cli.run(sampling(folder.resolve("x.png"), "--shuffle")).failed(2, "--shuffle");
    Cli.run(sampling(sweep, "--prefix=" + folder.resolve("p.png"))).failed(2, "--prefix");
    Cli.run(sampling(sweep, "--batch=0")).failed(2, "--batch must be 1 to 65536, is 0");
  }

  @Test
  void mistakesAreToldInOneSentence() throws IOException {
    Path other = folder.resolve("other.safetensors");
    try (Autoencoder network = Autoencoder.seeded(VaeConfig.tiny(), 99)) {
      network.save(other);
    }
    Path out = folder.resolve("run");
    Cli.run(training(out, "--vae=" + other)).failed(1, "is not the autoencoder that the latents");
    Cli.run(training(out, "--vae=" + folder.resolve("none"))).failed(1, "does not exist");
    Cli.run(training(out, "--size=32")).failed(2, "--size 32 is not the side");
    Cli.run(training(out, "--config=bar-b-512"))
        .failed(2, "--config bar-b-512 is for 32×32 tokens and the latents have");
    Cli.run(training(out, "--tokens=discrete", "--codes=8")).failed(2, "");
    Cli.run("train", "--data=" + pictures, "--size=16", "--out=" + out, "--vae=" + vae)
        .failed(2, "only data that is a latent cache has --vae");
    Path unfinished = folder.resolve("unfinished");
    Files.createDirectories(unfinished);
    Files.copy(latents.resolve("manifest.json"), unfinished.resolve("unfinished.json"));
    Cli.run("train", "--data=" + unfinished, "--out=" + out).failed(1, "in the making");
    Cli.run("encode", "--data=" + pictures, "--vae=" + vae, "--size=18", "--out=" + out)
        .failed(1, "choose a multiple");
    Cli.run("encode", "--data=" + pictures, "--vae=" + vae, "--size=4", "--out=" + out)
        .failed(2, "--size must be 8 to 2048, is 4");
    Files.write(folder.resolve("vae.ckpt"), "weights".getBytes(StandardCharsets.UTF_8));
    Cli.run("encode", "--data=" + pictures, "--vae=" + folder.resolve("vae.ckpt"), "--out=" + out)
        .failed(1, "vae.ckpt");
    assertThat(out).doesNotExist();
  }
}
