package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.imageio.ImageIO;
import org.basisar.bar.picture.PngWriter;
import org.basisar.gpu.DriverProbe;
import org.basisar.nn.io.SafeTensorsReader;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole commands that go well. */
class MainTest {
  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path run;

  @BeforeAll
  static void train() {
    run = shared.resolve("run");
    Cli.run(Cli.tiny("--steps=20", "--out=" + run)).succeeded();
  }

  @Test
  void trainingLeavesAFolderThatTellsAll() throws IOException {
    assertThat(run.resolve("config.json")).content().contains("\"steps\": 20");
    assertThat(Files.readAllLines(run.resolve("metrics.csv")))
        .hasSize(21)
        .last()
        .asString()
        .startsWith("20,");
    assertThat(run.resolve("checkpoints/latest")).hasContent("step-0000020\n");
    assertThat(run.resolve("report.html"))
        .content()
        .contains("bin/bar train --size=8")
        .contains("data:image/png;base64,");
    for (String picture :
        List.of(
            "samples/final.png",
            "samples/prefix-final.png",
            "basis/final.png",
            "basis/matrix.png")) {
      assertThat(size(run.resolve(picture))).as(picture).isGreaterThan(8);
    }
  }

  @Test
  void samplingTwiceGivesTheSameBytesAndAnotherSeedOthers() throws IOException {
    Path first = sample("first.png", "--seed=7");
    Path second = sample("second.png", "--seed=7");
    Path other = sample("other.png", "--seed=8");
    assertThat(second).hasSameBinaryContentAs(first);
    assertThat(Files.readAllBytes(other)).isNotEqualTo(Files.readAllBytes(first));
  }

  private Path sample(String name, String seed) {
    Path out = folder.resolve("new/" + name);
    Cli.Result result =
        Cli.run(
                "sample",
                "--run=" + run,
                "--classes=0,ring,2",
                "--count=4",
                seed,
                "--out=" + out,
                "--prefix=" + folder.resolve("prefix.png"))
            .succeeded();
    assertThat(result.out()).contains("samples: " + out);
    assertThat(folder.resolve("prefix.png")).isNotEmptyFile();
    return out;
  }

  @Test
  void theBasisIsDrawnAndExported() {
    Path export = folder.resolve("a.safetensors");
    Cli.Result result =
        Cli.run(
                "basis",
                "--run=" + run,
                "--out=" + folder.resolve("basis.png"),
                "--matrix=" + folder.resolve("matrix.png"),
                "--export=" + export)
            .succeeded();
    assertThat(folder.resolve("basis.png")).isNotEmptyFile();
    assertThat(folder.resolve("matrix.png")).isNotEmptyFile();
    assertThat(result.out()).contains("‖AAᵀ − I‖ = 0.0");
    float[] matrix = new float[16 * 16];
    try (SafeTensorsReader reader = SafeTensorsReader.open(export)) {
      reader.readFloats("transform.A", matrix, 0);
    }
    assertThat(matrix[0]).isBetween(0.9f, 1.1f);
    assertThat(matrix[1]).isBetween(-0.1f, 0.1f).isNotZero();
  }

  @Test
  void aTransformThatLosesSaysSoEverywhere() throws IOException {
    Path titok = folder.resolve("titok");
    String sentence = "titok, 2 coefficients of 16 tokens in 2 cells of 1, loses ";
    Cli.Result result =
        Cli.run(Cli.tiny("--steps=2", "--transform=titok", "--out=" + titok)).succeeded();
    assertThat(result.out()).contains("transform: " + sentence);
    assertThat(titok.resolve("config.json")).content().containsPattern("\"lostShare\": 0\\.[0-9]");
    assertThat(titok.resolve("report.html")).content().contains(sentence);
    result =
        Cli.run(
                "basis",
                "--run=" + titok,
                "--out=" + folder.resolve("rows.png"),
                "--matrix=" + folder.resolve("matrix.png"))
            .succeeded();
    assertThat(result.out()).contains("transform: " + sentence);
    Cli.run("sample", "--run=" + titok, "--count=1", "--out=" + folder.resolve("one.png"))
        .succeeded();
    Cli.run("train", "--resume=" + titok, "--steps=3").succeeded();
  }

  @Test
  void twoRunsOfOneSeedAreEqual() throws IOException {
    Path again = folder.resolve("run");
    Cli.run(Cli.tiny("--steps=20", "--out=" + again)).succeeded();
    for (String file :
        List.of(
            "checkpoints/step-0000020/model.safetensors",
            "checkpoints/step-0000020/average.safetensors",
            "samples/final.png",
            "samples/prefix-final.png",
            "basis/final.png")) {
      assertThat(again.resolve(file)).hasSameBinaryContentAs(run.resolve(file));
    }
  }

  @Test
  void resumingWithMoreStepsGoesOn() throws IOException {
    Path longer = folder.resolve("run");
    Cli.run(Cli.tiny("--steps=3", "--schedule=constant", "--out=" + longer)).succeeded();
    Cli.Result result = Cli.run("train", "--resume=" + longer, "--steps=5").succeeded();
    assertThat(result.out()).contains("resumed after step 3");
    assertThat(longer.resolve("checkpoints/latest")).hasContent("step-0000005\n");
    assertThat(Files.readAllLines(longer.resolve("metrics.csv"))).hasSize(6);

    Path straight = folder.resolve("straight");
    Cli.run(Cli.tiny("--steps=5", "--schedule=constant", "--out=" + straight)).succeeded();
    String model = "checkpoints/step-0000005/model.safetensors";
    assertThat(longer.resolve(model)).hasSameBinaryContentAs(straight.resolve(model));
  }

  @Test
  void aRunWithoutACheckpointBeginsAnewWhenResumed() throws IOException {
    Path begun = folder.resolve("run");
    Cli.run(Cli.tiny("--steps=2", "--out=" + begun)).succeeded();
    byte[] model = Files.readAllBytes(begun.resolve("checkpoints/step-0000002/model.safetensors"));
    Files.move(begun.resolve("checkpoints"), folder.resolve("elsewhere"));
    Cli.Result result = Cli.run("train", "--resume=" + begun).succeeded();
    assertThat(result.out()).contains("has no checkpoint yet; training from the beginning");
    assertThat(begun.resolve("checkpoints/step-0000002/model.safetensors")).hasBinaryContent(model);
  }

  @Test
  void aDamagedCheckpointIsPassedOverWithAWarning() throws IOException {
    Path kept = folder.resolve("run");
    Cli.run(Cli.tiny("--steps=3", "--save-seconds=0", "--out=" + kept)).succeeded();
    Path newest = kept.resolve("checkpoints/step-0000003/average.safetensors");
    byte[] bytes = Files.readAllBytes(newest);
    bytes[bytes.length - 1] ^= 1;
    Files.write(newest, bytes);
    Cli.Result sampled =
        Cli.run(
                "sample",
                "--run=" + kept,
                "--classes=0",
                "--count=1",
                "--out=" + folder.resolve("y.png"))
            .succeeded();
    assertThat(sampled.out()).contains("checkpoint step-0000003 is damaged and passed over");
    Cli.Result resumed = Cli.run("train", "--resume=" + kept).succeeded();
    assertThat(resumed.out())
        .contains("checkpoint step-0000003 is damaged and passed over")
        .contains("resumed after step 2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"xar", "pca", "orthogonal"})
  void everyTransformTrains(String transform) {
    Path out = folder.resolve("run");
    Cli.run(Cli.tiny("--steps=2", "--transform=" + transform, "--out=" + out)).succeeded();
    assertThat(out.resolve("samples/final.png")).isNotEmptyFile();
    assertThat(Files.exists(out.resolve("basis/final.png"))).isEqualTo(!transform.equals("xar"));
    Cli.run("sample", "--run=" + out, "--count=1", "--out=" + folder.resolve("s.png")).succeeded();
  }

  @Test
  void aMarNetworkTrainsResumesSamplesAndShowsItsBasis() throws IOException {
    String[] network = {
      "--model=mar",
      "--head-width=16",
      "--head-layers=1",
      "--buffer=2",
      "--iterations=3",
      "--schedule=constant"
    };
    Path straight = folder.resolve("straight");
    Path resumed = folder.resolve("resumed");
    for (Path out : List.of(straight, resumed)) {
      List<String> words = new ArrayList<>(List.of(network));
      words.add("--steps=" + (out.equals(straight) ? 4 : 2));
      words.add("--out=" + out);
      Cli.run(Cli.tiny(words.toArray(String[]::new))).succeeded();
    }
    Cli.run("train", "--resume=" + resumed, "--steps=4", "--columns=1").succeeded();
    for (String file :
        List.of("checkpoints/step-0000004/average.safetensors", "samples/final.png")) {
      assertThat(resumed.resolve(file)).hasSameBinaryContentAs(straight.resolve(file));
    }
    Path picture = folder.resolve("sample.png");
    Cli.run(
            "sample",
            "--run=" + straight,
            "--count=2",
            "--iterations=5",
            "--temperature=0.9",
            "--guidance=1",
            "--out=" + picture)
        .succeeded();
    assertThat(picture).isNotEmptyFile();
    Cli.run("basis", "--run=" + straight, "--out=" + folder.resolve("basis.png")).succeeded();
  }

  @Test
  void accumulationFlipDropoutAndEulerTrain() {
    Path out = folder.resolve("run");
    Cli.run(
            Cli.tiny(
                "--steps=2",
                "--accumulation=2",
                "--flip",
                "--dropout=0.1",
                "--sampler=euler",
                "--start=orthogonal",
                "--projection=hard",
                "--threads=1",
                "--device=cpu",
                "--out=" + out))
        .succeeded();
    assertThat(out.resolve("report.html")).isNotEmptyFile();
  }

  @Test
  void demoLearnsFromAFolderAndFromAZip() throws IOException {
    Path pictures = folder.resolve("my pictures");
    writePictures(pictures);
    Path zip = folder.resolve("pictures.zip");
    try (OutputStream bytes = Files.newOutputStream(zip);
        ZipOutputStream archive = new ZipOutputStream(bytes)) {
      for (String name : List.of("dark/0.png", "dark/1.png", "light/0.png", "light/1.png")) {
        archive.putNextEntry(new ZipEntry(name));
        Files.copy(pictures.resolve(name), archive);
        archive.closeEntry();
      }
    }
    for (Path source : List.of(pictures, zip)) {
      String[] words = Cli.tiny("--steps=2", "--data=" + source, "--out=" + folder.resolve("run"));
      words[0] = "demo";
      words[words.length - 1] += source.equals(zip) ? "-zip" : "";
      Cli.Result result = Cli.run(words).succeeded();
      assertThat(result.out()).contains("4 images of 8x8 pixels");
    }
    Path byFolder = folder.resolve("run");
    assertThat(byFolder.resolve("config.json")).content().contains("[\"dark\", \"light\"]");
    assertThat(byFolder.resolve("report.html"))
        .content()
        .contains("&#39;--data=" + pictures + "&#39;");
    assertThat(folder.resolve("run-zip/samples/final.png"))
        .hasSameBinaryContentAs(byFolder.resolve("samples/final.png"));
  }

  private static void writePictures(Path root) throws IOException {
    for (int i = 0; i < 2; i++) {
      PngWriter.write(root.resolve("dark/" + i + ".png"), picture(9 + i, 0x102030 + i));
      PngWriter.write(root.resolve("light/" + i + ".png"), picture(13 - i, 0xe0f0ff - i));
    }
  }

  private static BufferedImage picture(int side, int colour) {
    BufferedImage image = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < side * side; i++) {
      image.setRGB(i % side, i / side, colour * (i % 3) / 2);
    }
    return image;
  }

  private static int size(Path picture) throws IOException {
    return ImageIO.read(picture.toFile()).getWidth();
  }

  @Test
  void theDoctorNamesTheMachine() {
    assertThat(Cli.run("doctor").succeeded().out())
        .contains("Java")
        .contains("machine")
        .contains("threads")
        .contains("CUDA driver");
  }

  @Test
  void withoutAGpuTheDoctorTellsWhatItFoundAndEndsInOneSentence() {
    assumeFalse(DriverProbe.probe().usable(), "this machine has a GPU");
    Cli.Result result = Cli.run("doctor", "--device=cuda");
    result.failed(1, "; use --device cpu, or run this on a machine with an NVIDIA GPU");
    assertThat(result.out()).contains("native access").contains("CUDA driver");
  }

  @Test
  void theEvaluationPrintsAndWritesEveryFigure() throws IOException {
    String out = Cli.run("eval", "--run=" + run, "--count=12").succeeded().out();
    assertThat(out).contains("frechet").contains("prefix error at 16 of 16");
    assertThat(run.resolve("evaluation.json")).content().contains("\"accuracy\"");
  }

  @Test
  void theBenchmarkPrintsCeilingsOperationsAndTable9() {
    String out = Cli.run("bench", "--seconds=0.001", "--batch=1").succeeded().out();
    assertThat(out)
        .contains("ceilings seen")
        .contains("basis transform")
        .contains("attention gradient")
        .containsPattern("xAR +[0-9.]+ .* 1.0000x +1.0000 to 1.0000 +1.0000x")
        .contains("BAR + residual");
  }

  @Test
  void theBenchmarkTellsWhereTheTimeOfAStepGoes() {
    Path page = folder.resolve("new/profile.html");
    String out =
        Cli.run(
                "bench",
                "--profile",
                "--model=tiny",
                "--batch=2",
                "--seconds=0.001",
                "--out=" + page)
            .succeeded()
            .out();
    assertThat(out)
        .contains("launches one by one")
        .containsPattern("residualLossGradient +1 ")
        .containsPattern("adamW +1 ")
        .doesNotContain("attention by cells", "1.0000x");
    assertThat(page).content().contains("Where the time of a step goes", "noisyTransform");
  }

  @Test
  void theBenchmarkWritesCurvesOfGrowth() {
    Path page = folder.resolve("new/growth.html");
    String out =
        Cli.run("bench", "--scaling", "--quick", "--seconds=0.0001", "--out=" + page)
            .succeeded()
            .out();
    assertThat(out)
        .contains("exponents of", "tokens N", "batch B", "width D")
        .doesNotContain("xAR");
    assertThat(page)
        .content()
        .contains("basis transform over tokens N", "training step over width D", "Expected: N²");
    Cli.run("bench", "--out=" + folder).failed(2, "is a folder; name a file");
  }

  @Test
  void theSelfTestHasALineForEveryOperationAndDtype() {
    List<String> lines = Cli.run("selftest", "--device", "cpu").succeeded().out().lines().toList();
    assertThat(lines.getLast()).startsWith("every operation agrees with fp64 on cpu");
    assertThat(lines.subList(0, lines.size() - 1))
        .hasSizeGreaterThan(100)
        .allMatch(line -> line.startsWith("ok "))
        .anyMatch(line -> line.matches("ok +matMul +bf16 +\\d+ cases.*"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "train --help", "sample --help", "demo --help"})
  void helpGoesToTheStandardOutput(String words) {
    assertThat(Cli.run(words.split(" ")).succeeded().out()).isNotBlank();
  }

  @Test
  void withoutWordsTheUsageIsShown() {
    Cli.Result result = Cli.run();
    assertThat(result.code()).isEqualTo(2);
    assertThat(result.out()).contains("COMMAND").contains("train");
  }
}
