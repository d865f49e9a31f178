package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.basisar.nn.LearningRate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

final class NamedConfigurationTest {
  @TempDir Path folder;

  /** Options as a command has them. */
  @Command
  private static final class Holder {
    @Mixin private final TrainOptions options = new TrainOptions();
  }

  /** Grey pictures of a thousand classes: patches of 4 pixels are 16 numbers, as latents have. */
  private record GreyImages(int side) implements ImageData {
    @Override
    public int count() {
      return 1_281_167;
    }

    @Override
    public List<String> classNames() {
      return IntStream.range(0, 1000).mapToObj(i -> "class " + i).toList();
    }

    @Override
    public int label(int index) {
      return index % 1000;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public void read(int index, boolean flip, float[] destination, int offset) {
      destination[offset] = 1;
    }

    @Override
    public String describe() {
      return "grey";
    }
  }

  private static RunConfig config(String name, String... words) {
    Holder holder = new Holder();
    new CommandLine(holder).parseArgs(words);
    NamedConfiguration named = NamedConfiguration.of(name).orElseThrow();
    named.apply(holder.options, false);
    ImageData images = new GreyImages(holder.options.data.size);
    named.schedule(holder.options, images.count());
    return holder.options.config(images);
  }

  @ParameterizedTest
  @CsvSource({
    "xar-b-256, 172638224",
    "xar-l-256, 608397968",
    "xar-h-256, 1186024096",
    "mar-b-256, 207924768",
    "mar-l-256, 478326304",
    "mar-h-256, 942403104",
    "mar-l-512, 480685600"
  })
  void theNetworksHaveThePublishedNumbersOfParameters(String name, long parameters) {
    assertThat(config(name).network().parameterCount()).isEqualTo(parameters);
    RunConfig withBasis = config(name.startsWith("mar") ? "bar-" + name : "b" + name.substring(1));
    assertThat(withBasis.network()).isEqualTo(config(name).network());
    assertThat(withBasis.basis().learned()).isTrue();
  }

  @Test
  void theScheduleIsThePublicCodes() {
    RunConfig.Training training = config("bar-b-256").training();
    assertThat(training.batch() * training.accumulation()).isEqualTo(2048);
    assertThat(training.steps()).isEqualTo(500_000);
    assertThat(training.averageDecay()).isEqualTo(0.9999);
    LearningRate rates = training.rates();
    // By epoch, of 625 steps (reference figures for 4e-4).
    assertThat(rates.at(50 * 625)).isEqualTo(2e-4);
    assertThat(rates.at(500 * 625)).isEqualTo(4e-4);
    assertThat(rates.at(650 * 625)).isBetween(3.428857e-4, 3.428859e-4);
    assertThat(rates.at(750 * 625)).isBetween(6.711417e-5, 6.711419e-5);
    assertThat(rates.at(800 * 625)).isEqualTo(1e-5);
    RunConfig.Training mar = config("mar-b-256").training();
    assertThat(mar.rates().at(800 * 625)).isEqualTo(8e-4);
    assertThat(mar.maxNorm()).isEqualTo(3);
  }

  @Test
  void largerPicturesHaveFourTimesTheTokens() {
    assertThat(config("bar-b-512").layout().positions()).isEqualTo(1024);
    assertThat(config("bar-b-512").layout().cells().count()).isEqualTo(4);
    assertThat(config("bar-mar-h-512").layout().positions()).isEqualTo(1024);
  }

  @Test
  void whatIsTypedGoesBeforeTheConfiguration() {
    RunConfig typed = config("bar-l-256", "--width=64", "--heads=4", "--steps=7", "--batch=128");
    assertThat(typed.network().width()).isEqualTo(64);
    assertThat(typed.network().layers()).isEqualTo(16);
    assertThat(typed.training().steps()).isEqualTo(7);
    assertThat(typed.training().accumulation()).isEqualTo(16);
    assertThat(config("bar-l-256", "--accumulation=512").training().batch()).isEqualTo(4);
    RunConfig both = config("bar-l-256", "--batch=3", "--accumulation=2");
    assertThat(both.training().batch() * both.training().accumulation()).isEqualTo(6);
  }

  private Cli.Result train(String... more) {
    String[] fixed = {"train", "--device=cpu", "--out=" + folder.resolve("run")};
    return Cli.run(Stream.concat(Arrays.stream(fixed), Arrays.stream(more)).toArray(String[]::new));
  }

  @Test
  void aSmallRunOfANamedConfigurationIsForecastAndTrained() {
    String[] small = {
      "--config=bar-b-256",
      "--size=8",
      "--patch=2",
      "--width=16",
      "--heads=2",
      "--layers=1",
      "--batch=4",
      "--accumulation=2",
      "--steps=2",
      "--held-out=8",
      "--sampler-steps=1",
      "--columns=1"
    };
    String[] only = Arrays.copyOf(small, small.length + 1);
    only[small.length] = "--forecast";
    assertThat(train(only).succeeded().out())
        .contains("forecast for cpu", "time per step", "2 steps", "2 × 4 images")
        .doesNotContain("run folder");
    assertThat(folder).isEmptyDirectory();
    assertThat(train(small).succeeded().out()).contains("measured, ", "samples:");
    RunConfig config = RunFolder.open(folder.resolve("run")).config();
    assertThat(config.training().learningRate()).isEqualTo(4e-4);
    assertThat(config.basis().regularizerWeight()).isEqualTo(1);
    assertThat(config.training().schedule()).isEqualTo(RunConfig.Schedule.LATE_COSINE);
  }

  @Test
  void mistakesAreToldInOneSentence() {
    train("--config=bar-x-256").failed(2, "--config bar-x-256 is unknown; use one of bar-b-256,");
    train("--config=bar-b-256", "--batch=48")
        .failed(2, "--batch 48 does not divide the 2048 images of a step of bar-b-256");
    train("--config=bar-b-256", "--tokens=discrete").failed(2, "--config does not go with");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void whatDoesNotFitIsRefusedBeforeItBegins() {
    train(
            "--config=bar-b-256",
            "--size=32",
            "--patch=2",
            "--batch=2048",
            "--width=256",
            "--heads=4")
        .failed(1, "; use --batch ");
    assertThat(folder).isEmptyDirectory();
  }
}
