package org.basisar.bar.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.metrics.BasisMetrics;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.StepReport;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Cells;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every transform in training and sampling, on a grid of 4×4 tokens. */
class TransformRunTest {
  private static final int GRID = 4;
  private static final int TOKENS = GRID * GRID;
  private static final ImageData DATA = ImageSources.open("embedded", 2 * GRID, 1);
  private static final XarConfig NETWORK =
      new XarConfig(GRID, 2, 12, 16, 2, 1, 42, DATA.classNames().size(), 0.1);

  private static RunConfig config(TransformKind transform, BasisStart start) {
    RunConfig config =
        new RunConfig(
            new RunConfig.Data("embedded", DATA.classNames(), false),
            new RunConfig.Image(2 * GRID, 3, 2, 2),
            NETWORK,
            Tiny.basis(transform, start, Objective.Kind.PLAIN, Projection.Kind.SOFT),
            Tiny.training(20, 3, 1),
            new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 2, 2),
            7);
    return config.withLostShare(KnownTransforms.lostShare(config, DATA));
  }

  private static double[] wide(float[] values) {
    double[] wide = new double[values.length];
    Arrays.setAll(wide, i -> values[i]);
    return wide;
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  private static double squaredDistance(double[] left, double[] right) {
    double[] difference = new double[left.length];
    Arrays.setAll(difference, i -> left[i] - right[i]);
    return squares(difference);
  }

  @ParameterizedTest
  @EnumSource(TransformKind.class)
  void trainsSamplesAndDecodes(TransformKind kind) {
    RunConfig config = config(kind, BasisStart.PCA);
    long before = Device.CPU.outstandingBytes();
    try (TrainedModel model = new TrainedModel(config, TrainingRun.start(config, DATA))) {
      Cells cells = config.layout().cells();
      assertThat(cells.positions()).isEqualTo(kind.rows(GRID));
      assertThat(((XarModel) model.network()).layout().cells().sizes()).isEqualTo(cells.sizes());
      assertThat(cells.sizes())
          .isEqualTo(
              switch (kind) {
                case VAR, VAR_RESIDUAL -> new int[] {1, 4, 9, 16};
                case FAR_LEVELS -> new int[] {16, 16, 16, 16};
                case FRACTAL_STACK -> new int[] {1, 16};
                case TITOK -> new int[] {1, 1};
                default -> new int[] {4, 4, 4, 4};
              });
      try (Trainer trainer = new Trainer(config, model, DATA)) {
        for (int step = 0; step < 3; step++) {
          StepReport report = trainer.advance();
          assertThat(report.objective()).isFinite().isPositive();
          if (!config.basis().learned()) {
            boolean orthonormal =
                kind.square() || kind == TransformKind.TITOK || kind == TransformKind.XAR;
            assertThat(report.orthogonality() < 1e-5).isEqualTo(orthonormal);
          }
          assertThat(report.regularizer() == 0).isEqualTo(!config.basis().learned());
        }
      }
      model.network().training(false);
      try (Generator generator = new Generator(config, model, config.sampling(), 2)) {
        List<double[]> coefficients = generator.coefficients(new int[] {0, 1}, 5, () -> {});
        assertThat(coefficients.getFirst()).hasSize(cells.positions() * 12);
        List<float[]> images = generator.images(coefficients);
        int[] lengths = {0, 1, cells.positions()};
        List<float[]> prefixes = generator.prefixes(coefficients, lengths).getFirst();
        assertThat(prefixes.get(0)).hasSize(192).containsOnly(0);
        assertThat(prefixes.get(1)).isNotEqualTo(prefixes.get(2));
        if (kind != TransformKind.LEARNED) { // whose A is not quite orthogonal now
          assertThat(prefixes.get(2)).containsExactly(images.getFirst(), within(1e-4f));
        }
      }
    }
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource(TransformKind.class)
  void decodingRealImagesLosesWhatTheConfigurationSays(TransformKind kind) {
    RunConfig config = config(kind, BasisStart.FAR);
    PixelTokens pixels = config.tokens();
    double[] sample = wide(pixels.sample(DATA, 2000));
    int images = sample.length / pixels.size();
    try (TrainedModel model = new TrainedModel(config, TrainingRun.start(config, DATA))) {
      LearnedBasis basis = model.basis();
      assertThat(basis == null).isEqualTo(kind == TransformKind.XAR);
      if (basis == null) {
        return;
      }
      double[] coefficients = basis.encode(sample, images);
      double lost = squaredDistance(model.decode(coefficients, images), sample) / squares(sample);
      assertThat(lost).isCloseTo(config.basis().lostShare(), within(1e-5));
      assertThat(config.basis().lostShare() > 0.01).isEqualTo(kind == TransformKind.TITOK);
      double previous = 1 + 1e-9;
      // Prefixes of levels are damped, and not all alike.
      double slack = kind.square() || kind == TransformKind.TITOK ? 1e-6 : 0.1;
      for (int count = 1; count <= basis.rows(); count += 3) {
        double error = squaredDistance(basis.decodePrefix(coefficients, images, count), sample);
        assertThat(error / squares(sample)).as("%d", count).isLessThanOrEqualTo(previous + slack);
        previous = error / squares(sample);
      }
    }
  }

  /** Tokens of the first image, channel by channel as a grid. */
  private static double[] grid(double[] tokens, int channel) {
    int[] raster = NETWORK.order().raster();
    double[] grid = new double[TOKENS];
    for (int t = 0; t < TOKENS; t++) {
      grid[raster[t]] = tokens[t * 12 + channel];
    }
    return grid;
  }

  private static double[] encoded(TransformKind kind, double[] tokens) {
    RunConfig config = config(kind, BasisStart.IDENTITY);
    try (TrainedModel model = new TrainedModel(config, TrainingRun.start(config, DATA))) {
      return Objects.requireNonNull(model.basis()).encode(tokens, 1);
    }
  }

  @Test
  void varIsAveragePooling() {
    double[] tokens = wide(config(TransformKind.VAR, BasisStart.IDENTITY).tokens().sample(DATA, 1));
    double[] pooled = encoded(TransformKind.VAR, tokens);
    for (int channel = 0; channel < 12; channel++) {
      double[] grid = grid(tokens, channel);
      assertThat(pooled[channel])
          .isCloseTo(Arrays.stream(grid).average().orElseThrow(), within(1e-6));
      for (int box = 0; box < 4; box++) {
        int from = box / 2 * 8 + box % 2 * 2;
        double mean = (grid[from] + grid[from + 1] + grid[from + 4] + grid[from + 5]) / 4;
        assertThat(pooled[(1 + box) * 12 + channel]).isCloseTo(mean, within(1e-6));
      }
      for (int t = 0; t < TOKENS; t++) {
        assertThat(pooled[(14 + t) * 12 + channel]).isCloseTo(grid[t], within(1e-6));
      }
    }
  }

  @Test
  void farIsTheCosineTransform() {
    double[] tokens = wide(config(TransformKind.FAR, BasisStart.IDENTITY).tokens().sample(DATA, 1));
    double[] waves = encoded(TransformKind.FAR, tokens);
    int[][] frequencies = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {0, 2}};
    double[] grid = grid(tokens, 5);
    for (int k = 0; k < frequencies.length; k++) {
      double sum = 0;
      for (int i = 0; i < GRID; i++) {
        for (int j = 0; j < GRID; j++) {
          sum +=
              grid[i * GRID + j]
                  * Math.cos(Math.PI * (i + 0.5) * frequencies[k][0] / GRID)
                  * Math.cos(Math.PI * (j + 0.5) * frequencies[k][1] / GRID);
        }
      }
      double size =
          (frequencies[k][0] == 0 ? 0.5 : Math.sqrt(0.5))
              * (frequencies[k][1] == 0 ? 0.5 : Math.sqrt(0.5));
      assertThat(waves[k * 12 + 5]).isCloseTo(size * sum, within(1e-5));
    }
    assertThat(squares(waves)).isCloseTo(squares(tokens), within(1e-4 * squares(tokens)));
  }

  @ParameterizedTest
  @EnumSource(BasisStart.class)
  void noStartHasSmallerPrefixErrorsOnTheDataThanPca(BasisStart start) {
    double[] sample = wide(config(TransformKind.LEARNED, start).tokens().sample(DATA, 2000));
    double[] pca = errors(BasisStart.PCA, sample);
    double[] other = errors(start, sample);
    for (int k = 0; k < TOKENS; k++) {
      assertThat(pca[k]).isLessThanOrEqualTo(other[k] + 1e-9);
    }
    assertThat(other[TOKENS - 1]).isCloseTo(0, within(1e-9));
  }

  private static double[] errors(BasisStart start, double[] sample) {
    RunConfig config = config(TransformKind.LEARNED, start);
    double[] a = Objects.requireNonNull(TrainingRun.start(config, DATA));
    return BasisMetrics.prefixErrors(a, sample, TOKENS, 12);
  }
}
