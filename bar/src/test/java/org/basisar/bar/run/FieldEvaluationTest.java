package org.basisar.bar.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.basisar.bar.data.RgbSource;
import org.basisar.bar.metrics.FrechetDistance.Gaussian;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.bar.metrics.StatisticsFile;
import org.basisar.bar.metrics.network.Clip;
import org.basisar.bar.metrics.network.ClipTokenizer;
import org.basisar.bar.metrics.network.Inception;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The figures from pictures to numbers, with narrow networks of random weights. */
final class FieldEvaluationTest {
  private static final int SIDE = 12;
  private static final int COUNT = 20;

  @TempDir Path folder;

  private final FieldNetworks networks = new FieldNetworks();
  private final Random random = new Random(5);

  @BeforeEach
  void makeNetworks() throws IOException {
    Setup setup = new Setup(DType.F32, random, random);
    Path merges = Files.writeString(folder.resolve("merges.txt"), "#version: 0.2\nc a\n");
    networks.use(
        new Inception(setup, 32, 75, 7),
        new Clip(setup, new Clip.Config(8, 1, 2, 12, 4, 6, 1, 3, 515, 12, 5)),
        ClipTokenizer.read(merges, 1));
  }

  @AfterEach
  void closeNetworks() {
    networks.close();
    random.close();
  }

  private static RgbSource pictures(int count, double brightness, long seed) {
    SplittableRandom draw = new SplittableRandom(seed);
    List<float[]> images = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] image = new float[3 * SIDE * SIDE];
      double wave = draw.nextDouble();
      for (int j = 0; j < image.length; j++) {
        image[j] = (float) (brightness + 0.4 * Math.sin(wave * j) + 0.2 * draw.nextDouble());
      }
      images.add(image);
    }
    return RgbSource.of(images, SIDE, Collections.nCopies(count, "cat"));
  }

  private Map<String, Double> figures(RgbSource made, RgbSource real) {
    return new FieldEvaluation(networks, new SilentListener()).evaluate(made, real, null, null);
  }

  private static double of(Map<String, Double> figures, String name) {
    Double value = figures.get(name);
    return value == null ? Double.NaN : value;
  }

  @Test
  void aSetIsLikeItself() {
    Map<String, Double> figures = figures(pictures(COUNT, 0, 1), pictures(COUNT, 0, 1));
    assertThat(of(figures, "FID")).isCloseTo(0, within(1e-4));
    assertThat(figures.get("sFID")).isCloseTo(0, within(1e-4));
    assertThat(figures).containsEntry("precision (Inception)", 1.0);
    assertThat(figures).containsEntry("recall (Inception)", 1.0);
    assertThat(figures.get("Inception score")).isBetween(1.0, 7.0);
    assertThat(figures).containsKeys("KID", "KID, deviation", "Inception score, in order");
    assertThat(figures).doesNotContainKeys("FD-DINOv2", "CLIP score", "precision (VGG16)");
  }

  @Test
  void otherPicturesAreFurtherAway() {
    Map<String, Double> near = figures(pictures(COUNT, 0, 1), pictures(COUNT, 0, 2));
    Map<String, Double> far = figures(pictures(COUNT, 0.5, 1), pictures(COUNT, -0.5, 2));
    assertThat(of(far, "FID")).isGreaterThan(of(near, "FID"));
    assertThat(of(far, "KID")).isGreaterThan(of(near, "KID"));
  }

  @Test
  void writtenStatisticsStandForThePicturesThemselves() {
    Path file = folder.resolve("reference.npz");
    new FieldEvaluation(networks, new SilentListener())
        .evaluate(pictures(COUNT, 0, 3), null, null, file);
    FieldEvaluation byFile = new FieldEvaluation(networks, new SilentListener());
    byFile.compareWith(file);
    Map<String, Double> figures = byFile.evaluate(pictures(25, 0.1, 4), null, null, null);
    Map<String, Double> direct = figures(pictures(25, 0.1, 4), pictures(COUNT, 0, 3));
    assertThat(of(figures, "FID"))
        .isCloseTo(of(direct, "FID"), within(1e-9 * Math.abs(of(direct, "FID"))));
    assertThat(figures).doesNotContainKeys("KID", "precision (Inception)", "sFID");
  }

  @Test
  void clipScoreDependsOnTheTexts() {
    FieldEvaluation evaluation = new FieldEvaluation(networks, new SilentListener());
    RgbSource made = pictures(5, 0, 1);
    List<String> cats = Collections.nCopies(5, "a photo of a cat");
    double score = of(evaluation.evaluate(made, null, cats, null), "CLIP score");
    assertThat(score).isBetween(0.0, 100.0);
    List<String> others = List.of("dog", "sky", "a photo of a cat", "x", "!");
    double other = of(evaluation.evaluate(made, null, others, null), "CLIP score");
    assertThat(other).isBetween(0.0, 100.0).isNotEqualTo(score);
    assertThatThrownBy(() -> evaluation.evaluate(made, null, List.of("dog"), null))
        .isInstanceOf(MetricsException.class)
        .hasMessage("1 texts do not belong to 5 pictures");
  }

  @Test
  void whatCannotBeComparedIsRefused() {
    assertThatThrownBy(() -> figures(pictures(3, 0, 1), pictures(9, 0, 1)))
        .isInstanceOf(MetricsException.class)
        .hasMessage("at least 4 pictures of each kind are needed, there are 3 and 9");
    Path file = folder.resolve("other.npz");
    StatisticsFile.write(file, new Gaussian(new double[2], new double[4]));
    FieldEvaluation evaluation = new FieldEvaluation(networks, new SilentListener());
    evaluation.compareWith(file);
    assertThatThrownBy(() -> evaluation.evaluate(pictures(9, 0, 1), null, null, null))
        .isInstanceOf(MetricsException.class)
        .hasMessageStartingWith("the statistics are of 2 features where FID compares");
  }
}
