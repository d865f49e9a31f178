package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.nn.io.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigJsonTest {
  private static final RunConfig CONFIG =
      TrainerTest.config(10, 1, 0.1, Objective.Kind.RESIDUAL, Projection.Kind.SOFT);

  private static RunConfig read(String text) {
    return ConfigJson.read(Json.parseObject(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static String text() {
    return Json.write(ConfigJson.write(CONFIG));
  }

  @Property(tries = 50)
  void whatIsWrittenIsRead(
      @ForAll long seed,
      @ForAll String className,
      @ForAll boolean flip,
      @ForAll @IntRange(min = -300, max = 0) int magnitude,
      @ForAll @IntRange(min = 1, max = 100) int batch,
      @ForAll RunConfig.Schedule schedule,
      @ForAll TransformKind transform,
      @ForAll BasisStart start,
      @ForAll Objective.Times times,
      @ForAll Projection.Kind projection,
      @ForAll SamplerSettings.Method method,
      @ForAll Readings.Reduction reduction,
      @ForAll Readings.TokenGradient gradient,
      @ForAll Readings.Norm norm,
      @ForAll Readings.Sampled sampled,
      @ForAll Readings.Decoding decoding) {
    double rate = 3.7 * Math.pow(10, magnitude);
    RunConfig config =
        new RunConfig(
            new RunConfig.Data(
                "a folder/" + className, List.of(className, "ä \"other\""), flip, batch),
            new RunConfig.Image(12, 1, 3, 1 / rate),
            new XarConfig(4, 2, 9, 16, 2, 1, 42, 2, 0.1),
            new RunConfig.Basis(
                transform,
                start,
                Objective.Kind.PLAIN,
                times,
                rate,
                projection,
                0.25,
                rate,
                new Readings(
                    reduction,
                    Readings.Reduction.SUM,
                    gradient,
                    batch,
                    rate,
                    norm,
                    sampled,
                    decoding),
                rate / 4),
            new RunConfig.Training(
                Long.MAX_VALUE,
                batch,
                2,
                rate,
                rate / 3,
                7,
                schedule,
                0.02,
                0.9,
                0.96,
                1,
                0.5,
                1,
                RunConfig.Precision.BF16),
            new SamplerSettings(method, batch, rate),
            seed);
    assertThat(read(Json.write(ConfigJson.write(config)))).isEqualTo(config);
  }

  @Test
  void aRunFromBeforeThereWasAChoiceIsOfXar() {
    String before = text().replaceFirst("\"model\": \"xar\",\\s*", "");
    assertThat(before).doesNotContain("\"model\"");
    assertThat(read(before)).isEqualTo(CONFIG);
    assertThatThrownBy(() -> read(text().replace("\"xar\"", "\"var\"")))
        .hasMessageContaining("must be \"xar\" or \"mar\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"seed\"",
        "\"flip\"",
        "\"side\"",
        "\"heads\"",
        "\"delta\"",
        "\"steps\"",
        "\"method\"",
        "\"projectionEvery\"",
        "\"basis\""
      })
  void everyKeyIsNeededAndNoOtherIsTaken(String key) {
    assertThat(text()).contains(key);
    assertThatThrownBy(() -> read(text().replace(key, "\"strange\"")))
        .isInstanceOf(RuntimeException.class)
        .hasMessageMatching("(?s).*(strange|" + key.replace("\"", "") + ").*");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"side\": 8       | \"side\": 9       | do not make a grid of 4 tokens",
        "\"channels\": 3   | \"channels\": 1   | do not make tokens of 12 numbers",
        "\"patch\": 2      | \"patch\": 0      | must be at least 1",
        "\"scale\": 2.0    | \"scale\": 0      | scale must be positive, is 0.0",
        "\"classes\": 12   | \"classes\": 13   | the network has 13 classes, the data 12",
        "\"batch\": 5      | \"batch\": 99999999 | is too large for one tensor",
        "\"delta\": 0.5    | \"delta\": 0      | 0 < delta < 1",
        "\"beta2\": 0.96   | \"beta2\": 1      | both betas must be in [0, 1)",
        "\"maxNorm\": 1.0  | \"maxNorm\": 0    | the greatest gradient norm must be positive",
        "\"start\": \"identity\" | \"start\": \"unity\" | start is \"unity\" but must be one of",
        "\"start\": \"identity\" | \"start\": \"titok\" | start is \"titok\" but must be one of",
        "\"learned\"      | \"var\"           | use --objective plain with --transform var",
        "\"learned\"      | \"xar\"           | the residual objective needs a basis",
        "\"lostShare\": 0.0 | \"lostShare\": 2 | lostShare must be in [0, 1], is 2.0",
      })
  void numbersThatDoNotFitAreRefused(String from, String to, String sentence) {
    assertThat(text()).contains(from);
    assertThatThrownBy(() -> read(text().replace(from, to)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(sentence);
  }

  @Test
  void aRunFromBeforeTheReadingsHasThoseOfThatTime() {
    String old = text().replaceFirst("(?s),\\s*\"readings\": \\{.*?\\}", "");
    assertThat(old).contains("\"rateScale\"").doesNotContain("readings");
    assertThat(read(old).network()).isEqualTo(CONFIG.network());
    assertThat(read(old).basis().readings()).isEqualTo(ConfigJson.BEFORE_THE_CHOICE);
  }

  @Test
  void whatWasWrittenBeforeTransformsLostAnythingIsRead() {
    String old = text().replaceFirst(",\\s*\"lostShare\": 0.0", "");
    assertThat(old).doesNotContain("lostShare").hasSizeLessThan(text().length());
    assertThat(read(old)).isEqualTo(CONFIG);
  }

  @Test
  void gridsThatDoNotSuitATransformAreRefused() {
    String plain = text().replace("\"residual\"", "\"plain\"");
    String fractal =
        plain
            .replace("\"learned\"", "\"fractal\"")
            .replace("\"gridSide\": 4", "\"gridSide\": 6")
            .replace("\"side\": 8", "\"side\": 12");
    assertThatThrownBy(() -> read(fractal))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the quad tree needs a grid whose side is a power of two, not 6");
    assertThatThrownBy(() ->
            read(
                fractal
                    .replace("\"fractal\"", "\"learned\"")
                    .replace("\"identity\"", "\"par_16\"")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a grid of side 6 cannot be cut into 4 regions");
  }

  @Test
  void classNamesAreStrings() {
    String names = text().replaceFirst("\"classNames\": \\[\"", "\"classNames\": [7, \"");
    assertThatThrownBy(() -> read(names))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("classNames must hold strings");
  }
}
