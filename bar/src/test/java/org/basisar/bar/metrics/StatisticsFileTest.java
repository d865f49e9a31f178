package org.basisar.bar.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import org.basisar.bar.metrics.FrechetDistance.Gaussian;
import org.basisar.bar.metrics.StatisticsFile.Kind;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.nn.io.numpy.NumpyArchiveWriter;
import org.basisar.nn.io.numpy.NumpyException;
import org.basisar.nn.io.numpy.NumpyHeader;
import org.basisar.nn.io.numpy.NumpyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

final class StatisticsFileTest {
  @TempDir Path folder;

  private static final double[] MEAN = {1, 2, 3};
  private static final double[] COVARIANCE = {2, 1, 0, 1, 3, -1, 0, -1, 4};

  private static Path write(Path file, double[] mean, int[] meanShape, double[] c, int[] shape) {
    NumpyArchiveWriter.write(
        file,
        archive -> {
          archive.add(
              "mu", NumpyHeader.of(NumpyType.F64, meanShape), w -> w.doubles(mean, 0, mean.length));
          archive.add(
              "sigma", NumpyHeader.of(NumpyType.F64, shape), w -> w.doubles(c, 0, c.length));
        });
    return file;
  }

  @Test
  void statisticsComeBackAsTheyWereWritten() {
    Path file = folder.resolve("statistics.npz");
    StatisticsFile.write(file, new Gaussian(MEAN, COVARIANCE));
    Gaussian read = StatisticsFile.read(file);
    assertThat(read.mean()).containsExactly(MEAN);
    assertThat(read.covariance()).containsExactly(COVARIANCE);
    try (NumpyArchive archive = NumpyArchive.open(file)) {
      assertThat(StatisticsFile.has(archive, Kind.POOLED)).isTrue();
      assertThat(StatisticsFile.has(archive, Kind.SPATIAL)).isFalse();
      assertThatThrownBy(() -> StatisticsFile.read("the file", archive, Kind.SPATIAL))
          .isInstanceOf(NumpyException.class)
          .hasMessageContaining("has no array \"mu_s\"; it has \"mu\", \"sigma\"");
    }
  }

  @Test
  void singlePrecisionMeansAreRead() {
    Path file = folder.resolve("mixed.npz");
    NumpyArchiveWriter.writeCompressed(
        file,
        archive -> {
          archive.add(
              "mu", NumpyHeader.of(NumpyType.F32, 2), w -> w.floats(new float[] {1, 0.1f}, 0, 2));
          archive.add(
              "sigma",
              NumpyHeader.of(NumpyType.F64, 2, 2),
              w -> w.doubles(new double[] {1, 0.5, 0.5, 1}, 0, 4));
        });
    assertThat(StatisticsFile.read(file).mean()).containsExactly(1, 0.1f);
  }

  static Stream<Arguments> invalid() {
    double nan = Double.NaN;
    double inf = Double.POSITIVE_INFINITY;
    return Stream.of(
        Arguments.of(
            "NaN among the numbers of mu, at place 1", new double[] {1, nan, 3}, COVARIANCE),
        Arguments.of("Infinity among the numbers of mu", new double[] {1, 2, inf}, COVARIANCE),
        Arguments.of("-Infinity among the numbers of mu", new double[] {-inf, 2, 3}, COVARIANCE),
        Arguments.of(
            "NaN among the numbers of sigma, at place 8",
            MEAN,
            new double[] {2, 1, 0, 1, 3, -1, 0, -1, nan}),
        Arguments.of(
            "Infinity among the numbers of sigma",
            MEAN,
            new double[] {2, 1, inf, 1, 3, -1, 0, -1, 4}),
        Arguments.of(
            "not symmetric: -1.00000 at (2, 1) but -0.500000 at (1, 2)",
            MEAN,
            new double[] {2, 1, 0, 1, 3, -0.5, 0, -1, 4}),
        Arguments.of(
            "negative variance -1.00 of feature 1",
            MEAN,
            new double[] {2, 0, 0, 0, -1, 0, 0, 0, 4}),
        Arguments.of(
            "no covariance: 9.00000 at (1, 0)", MEAN, new double[] {2, 9, 0, 9, 3, 0, 0, 0, 4}),
        Arguments.of(
            "no covariance: 9.00000 at (2, 1)", MEAN, new double[] {2, 0, 0, 0, 0, 9, 0, 9, 4}));
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void numbersThatAreNoStatisticsAreRefused(String words, double[] mean, double[] covariance) {
    Path file = write(folder.resolve("bad.npz"), mean, new int[] {3}, covariance, new int[] {3, 3});
    assertThatThrownBy(() -> StatisticsFile.read(file))
        .isInstanceOf(MetricsException.class)
        .hasMessageContaining("bad.npz has ")
        .hasMessageContaining(words);
  }

  static Stream<Arguments> misshaped() {
    return Stream.of(
        Arguments.of(new int[] {}, 1, new int[] {1, 1}, "no mean"),
        Arguments.of(new int[] {0}, 0, new int[] {0, 0}, "no mean"),
        Arguments.of(new int[] {1, 3}, 3, new int[] {3, 3}, "no mean"),
        Arguments.of(new int[] {3, 1}, 3, new int[] {3, 3}, "no mean"),
        Arguments.of(new int[] {3}, 3, new int[] {3}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {9}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {2, 2}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {4, 4}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {3, 4}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {4, 3}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {3, 3, 1}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {}, "do not belong together"),
        Arguments.of(new int[] {3}, 3, new int[] {0, 0}, "do not belong together"),
        Arguments.of(new int[] {8193}, 8193, new int[] {1, 1}, "more than 8192"));
  }

  @ParameterizedTest
  @MethodSource("misshaped")
  void shapesThatDoNotMatchAreRefused(int[] meanShape, int count, int[] shape, String words) {
    int size = 1;
    for (int extent : shape) {
      size *= extent;
    }
    Path file =
        write(folder.resolve("bad.npz"), new double[count], meanShape, new double[size], shape);
    assertThatThrownBy(() -> StatisticsFile.read(file))
        .isInstanceOf(MetricsException.class)
        .hasMessageContaining(words);
  }

  @Test
  void whatTheFormatRefusesIsNotReadAsStatistics() throws IOException {
    Path longs = folder.resolve("longs.npz");
    NumpyArchiveWriter.write(
        longs,
        archive -> {
          archive.add("mu", NumpyHeader.of(NumpyType.I64, 1), w -> w.longs(new long[1], 0, 1));
          archive.add("sigma", NumpyHeader.of(NumpyType.F64, 1, 1), w -> w.doubles(MEAN, 0, 1));
        });
    assertThatThrownBy(() -> StatisticsFile.read(longs)).hasMessageContaining("holds <i8 where");
    Path text = Files.writeString(folder.resolve("text.npz"), "mu = 1, sigma = 1, said the file");
    assertThatThrownBy(() -> StatisticsFile.read(text)).hasMessageContaining("no whole .npz file");
    assertThatThrownBy(() -> StatisticsFile.read(folder.resolve("absent")))
        .isInstanceOf(NumpyException.class)
        .hasMessageContaining("there is no such file");
  }

  /** Any covariance that is let through gives a distance that is a number. */
  @Test
  void statisticsThatAreReadHaveADistance() {
    Random random = new Random(4);
    Gaussian good = new Gaussian(MEAN, COVARIANCE);
    int read = 0;
    for (int i = 0; i < 300; i++) {
      double[] covariance = COVARIANCE.clone();
      int at = random.nextInt(9);
      covariance[at] += random.nextGaussian() * (i % 3 == 0 ? 1e-4 : 3);
      if (i % 2 == 0) {
        covariance[at % 3 * 3 + at / 3] = covariance[at];
      }
      Path file =
          write(folder.resolve("some.npz"), MEAN, new int[] {3}, covariance, new int[] {3, 3});
      try {
        Gaussian gaussian = StatisticsFile.read(file);
        read++;
        assertThat(FrechetDistance.between(gaussian, good)).isFinite().isGreaterThan(-1e-6);
        assertThat(FrechetDistance.between(good, gaussian)).isFinite();
      } catch (MetricsException e) {
        assertThat(e.getMessage()).contains("some.npz has ");
      }
    }
    assertThat(read).isBetween(50, 250);
    assertThat(FrechetDistance.between(good, good)).isCloseTo(0, within(1e-9));
  }
}
