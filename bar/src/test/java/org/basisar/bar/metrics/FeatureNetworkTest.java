package org.basisar.bar.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The feature network on pictures it can learn in seconds. */
final class FeatureNetworkTest {
  private static final int SIDE = 8;

  @TempDir
  @SuppressWarnings("NullAway.Init") // set by JUnit
  private Path folder;

  @Test
  void figuresTellGoodPicturesFromBadOnes() throws IOException {
    ImageData data = ImageSources.open("embedded", SIDE, 5);
    try (FeatureNetwork network = FeatureNetwork.of(data, folder, _ -> {})) {
      FeatureNetwork.Real seen = FeatureNetwork.Real.of(data, 200);
      FeatureNetwork.Real fresh =
          FeatureNetwork.Real.of(ImageSources.open("embedded", SIDE, 77), 200);
      ImageMetrics good = ImageMetrics.of(network, seen.images(), fresh.images(), fresh.labels());
      ImageMetrics noise =
          ImageMetrics.of(network, seen.images(), noise(fresh.images()), fresh.labels());
      List<Integer> wrong = new ArrayList<>(fresh.labels());
      Collections.rotate(wrong, 1);
      double chance = 1.0 / data.classNames().size();
      assertThat(good.accuracy()).isGreaterThan(3 * chance);
      assertThat(network.judge(fresh.images()).accuracy(wrong)).isLessThan(good.accuracy());
      assertThat(noise.frechet()).isGreaterThan(2 * good.frechet());
      assertThat(noise.kernel()).isGreaterThan(good.kernel());
      assertThat(good.precision()).isGreaterThan(noise.precision());
      assertThat(good.byName()).containsEntry("accuracy", good.accuracy());
    }
  }

  @Test
  void aNetworkIsTrainedOnceAndReadAfterwards() throws IOException {
    ImageData data = ImageSources.open("embedded", SIDE, 5);
    AtomicInteger reports = new AtomicInteger();
    List<float[]> images = FeatureNetwork.Real.of(data, 10).images();
    double[] first;
    try (FeatureNetwork network = FeatureNetwork.of(data, folder, _ -> reports.incrementAndGet())) {
      first = network.judge(images).features().values();
    }
    assertThat(reports).hasValue(FeatureNetwork.STEPS);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).hasSize(1);
    }
    try (FeatureNetwork network = FeatureNetwork.of(data, folder, _ -> reports.incrementAndGet())) {
      assertThat(network.judge(images).features().values()).isEqualTo(first);
    }
    assertThat(reports).hasValue(FeatureNetwork.STEPS + 1);
    ImageData other = ImageSources.open("embedded", SIDE, 6);
    try (FeatureNetwork network = FeatureNetwork.of(other, folder, _ -> {})) {
      assertThat(network.judge(images).features().values()).isNotEqualTo(first);
    }
  }

  private static List<float[]> noise(List<float[]> like) {
    SplittableRandom random = new SplittableRandom(3);
    List<float[]> noisy = new ArrayList<>();
    for (float[] image : like) {
      float[] made = new float[image.length];
      for (int i = 0; i < made.length; i++) {
        made[i] = (float) random.nextDouble(-1, 1);
      }
      noisy.add(made);
    }
    return noisy;
  }
}
