package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.basisar.bar.discrete.OrderName;
import org.basisar.nn.Weights;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.tensor.DType;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on discrete tokens from the command line. */
class DiscreteCommandTest {
  @TempDir Path folder;

  private static Cli.Result tiny(String... words) {
    return Cli.run(
        Arrays.stream(Cli.tiny(words))
            .filter(word -> !word.startsWith("--sampler-steps"))
            .toArray(String[]::new));
  }

  private Path train(String name, String... more) {
    Path run = folder.resolve(name);
    List<String> words =
        new ArrayList<>(List.of("--tokens=discrete", "--codes=16", "--group=2", "--out=" + run));
    words.addAll(List.of(more));
    tiny(words.toArray(String[]::new)).succeeded();
    return run;
  }

  @Test
  void aRunIsTrainedResumedAndSampled() throws IOException {
    Path run = train("run", "--steps=3", "--schedule=constant");
    for (String picture :
        List.of(
            "samples/final.png",
            "samples/prefix-final.png",
            "samples/real.png",
            "samples/reconstruct.png",
            "basis/order.png",
            "basis/permutation.png")) {
      assertThat(run.resolve(picture)).isNotEmptyFile();
    }
    assertThat(run.resolve("report.html"))
        .content()
        .contains("energy lost by quantisation")
        .contains("positions moved from raster");
    Cli.Result resumed = Cli.run("train", "--resume=" + run, "--steps=5").succeeded();
    assertThat(resumed.out()).contains("resumed after step 3").contains("quantisation loses");
    Path straight = train("straight", "--steps=5", "--schedule=constant");
    for (String file : List.of("model", "average", "optimizer")) {
      String path = "checkpoints/step-0000005/" + file + ".safetensors";
      assertThat(run.resolve(path)).hasSameBinaryContentAs(straight.resolve(path));
    }
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(6);
    Path out = folder.resolve("samples.png");
    Cli.run(
            "sample",
            "--run=" + run,
            "--classes=0,ring",
            "--count=3",
            "--temperature=0.5",
            "--guidance=1",
            "--out=" + out)
        .succeeded();
    assertThat(out).isNotEmptyFile();
  }

  @Test
  void microBatchesAreAddedUp() {
    Path run = train("run", "--steps=2", "--accumulation=3");
    assertThat(run.resolve("report.html")).content().contains("4 × 3");
    assertThat(run.resolve("metrics.csv")).content().doesNotContain("NaN");
  }

  @Test
  void optionsOfTheOtherKindAreRefused() {
    tiny("--tokens=discrete", "--transform=pca", "--out=" + folder.resolve("a"))
        .failed(2, "--transform does not go with --tokens discrete; leave it out");
    tiny("--codes=8", "--out=" + folder.resolve("b"))
        .failed(2, "--codes needs --tokens discrete; add it");
    tiny("--tokens=discrete", "--group=3", "--out=" + folder.resolve("c"))
        .failed(2, "--group 3 does not divide the 16 tokens");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aRunIsJudged() throws IOException {
    Path run = train("run", "--steps=2", "--order=par", "--held-out=20");
    assertThat(Files.readAllLines(run.resolve("metrics.csv")).getLast()).matches(".*,,,[0-9.]+");
    Cli.run("eval", "--run=" + run, "--count=12").succeeded();
    JsonObject figures = Json.parseObject(Files.readAllBytes(run.resolve("evaluation.json")));
    for (String name : List.of("frechet", "kernel", "precision", "recall", "accuracy")) {
      assertThat(figures.doubleAt(name)).isFinite();
    }
    assertThat(figures.doubleAt("validation nats per code")).isBetween(1.5, 6.0);
    assertThat(figures.doubleAt("energy lost by quantisation")).isBetween(0.001, 0.5);
    // What a permutation's first positions do not hold is all that is missing.
    assertThat(figures.doubleAt("prefix error at 4 of 16") + figures.doubleAt("energy in 4 of 16"))
        .isCloseTo(1, within(1e-6));
    Cli.run("eval", "--run=" + run, "--vae=v").failed(2, "the run is not on latents");
  }

  @Test
  void theOrderIsDrawnAndExported() {
    Path run = train("run", "--steps=1", "--order=par");
    Path out = folder.resolve("order.png");
    Path matrix = folder.resolve("matrix.png");
    Path export = folder.resolve("order.safetensors");
    Cli.Result result =
        Cli.run("basis", "--run=" + run, "--out=" + out, "--matrix=" + matrix, "--export=" + export)
            .succeeded();
    assertThat(result.out()).contains("order: par");
    assertThat(out).hasSameBinaryContentAs(run.resolve("basis/order.png"));
    assertThat(matrix).hasSameBinaryContentAs(run.resolve("basis/permutation.png"));
    try (Scope _ = Scope.open()) {
      Tensor a = Tensor.zeros(DType.F32, 16, 16);
      Weights.read(export, Map.of("transform.A", a));
      assertThat(a.toDoubles()).isEqualTo(OrderName.matrix(OrderName.PAR.places(4)));
    }
    Path learned = train("learned", "--steps=1");
    assertThat(Cli.run("basis", "--run=" + learned, "--out=" + out).succeeded().out())
        .contains("order: learned, 0 of 16 positions moved from raster, certainty 0.");
  }

  @Test
  void prefixesAreDrawnAndSetsAreMade() throws IOException {
    Path run = train("run", "--steps=1", "--order=raster");
    Path prefix = folder.resolve("prefix.png");
    Cli.run(
            "sample",
            "--run=" + run,
            "--classes=0",
            "--count=1",
            "--prefix=" + prefix,
            "--out=" + folder.resolve("x.png"))
        .succeeded();
    // The first of eight groups of two is above, the rest is grey: no code of it is known.
    BufferedImage picture = ImageIO.read(prefix.toFile());
    int top = picture.getHeight() - 4 - 64;
    int left = picture.getWidth() - 8 * (64 + 4);
    int grey = 0xff808080;
    assertThat(picture.getRGB(left + 63, top + 63)).isEqualTo(grey);
    assertThat(picture.getRGB(left + 8, top + 24)).isEqualTo(grey);
    assertThat(picture.getRGB(left + 40, top + 8)).isEqualTo(grey);
    assertThat(picture.getRGB(left + 8, top + 8)).isNotEqualTo(grey);
    Path set = folder.resolve("set.npz");
    Cli.run("sample", "--run=" + run, "--count=5", "--batch=2", "--out=" + set).succeeded();
    assertThat(set).isNotEmptyFile();
    Path pictures = folder.resolve("pictures");
    Cli.run("sample", "--run=" + run, "--count=3", "--out=" + pictures).succeeded();
    Cli.run("sample", "--run=" + run, "--count=3", "--out=" + pictures).succeeded();
    Cli.run("sample", "--run=" + run, "--count=3", "--temperature=0", "--out=" + pictures)
        .failed(1, "choose another --out");
  }

  @Test
  void optionsOfOtherNetworksAreRefused() {
    Path run = train("run", "--steps=1", "--order=raster");
    Cli.run("sample", "--run=" + run, "--sampler-steps=3", "--out=" + folder.resolve("x.png"))
        .failed(2, "leave out --sampler, --sampler-steps");
    Cli.run("train", "--resume=" + run, "--order=par").failed(2, "leave out --order");
  }
}
