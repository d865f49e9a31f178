package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Shape;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A narrow Inception against plain loops over the table of its layers. */
final class InceptionTest {
  private static final int SIDE = 107;
  private static final int DIVISOR = 16;

  private static Inception narrow(Setup setup) {
    return new Inception(setup, DIVISOR, SIDE, 9);
  }

  @Test
  void featuresAreThoseOfPlainLoops() {
    PlainImage first = Networks.image(64, 64, 3);
    PlainImage second = Networks.image(64, 64, 8);
    Networks.Result result = Networks.features(DType.F64, InceptionTest::narrow, first, second);
    Networks.Result single = Networks.features(DType.F32, InceptionTest::narrow, first, second);
    PlainImage[] images = {first, second};
    for (int i = 0; i < images.length; i++) {
      Plain plain = new Plain(result.weights());
      plain.run(images[i]);
      same(result.features()[0], i, plain.pooled, 1e-9);
      same(result.features()[1], i, plain.logits, 1e-9);
      same(result.features()[2], i, plain.spatial, 1e-9);
      same(single.features()[0], i, new Plain(single.weights()).run(images[i]).pooled, 1e-4);
    }
  }

  private static void same(double[] batch, int image, double[] expected, double tolerance) {
    assertThat(batch).hasSizeGreaterThanOrEqualTo(2 * expected.length);
    double greatest = 0;
    for (double value : expected) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    assertThat(greatest).isPositive();
    for (int i = 0; i < expected.length; i++) {
      assertThat(batch[image * expected.length + i])
          .isCloseTo(expected[i], within(tolerance * greatest));
    }
  }

  /** The network by its sheet. */
  private static final class Plain {
    private final PlainWeights weights;
    private double[] pooled = {};
    private double[] logits = {};
    private double[] spatial = {};

    Plain(PlainWeights weights) {
      this.weights = weights;
    }

    Plain run(PlainImage image) {
      PlainImage x = image.bilinear(SIDE, SIDE);
      for (int i = 0; i < x.values.length; i++) {
        x.values[i] = (x.values[i] - 128) / 128;
      }
      x = x.layer(weights, "Conv2d_1a_3x3", 3, 3, 2, 0, 0);
      x = x.layer(weights, "Conv2d_2a_3x3", 3, 3, 1, 0, 0);
      x = x.layer(weights, "Conv2d_2b_3x3", 3, 3, 1, 1, 1);
      x = x.pooled(true, 3, 2, 0);
      x = x.layer(weights, "Conv2d_3b_1x1", 1, 1, 1, 0, 0);
      x = x.layer(weights, "Conv2d_4a_3x3", 3, 3, 1, 0, 0);
      x = x.pooled(true, 3, 2, 0);
      for (String name : new String[] {"Mixed_5b", "Mixed_5c", "Mixed_5d"}) {
        x = five(x, name + ".");
      }
      x =
          PlainImage.joined(
              x.layer(weights, "Mixed_6a.branch3x3", 3, 3, 2, 0, 0),
              x.layer(weights, "Mixed_6a.branch3x3dbl_1", 1, 1, 1, 0, 0)
                  .layer(weights, "Mixed_6a.branch3x3dbl_2", 3, 3, 1, 1, 1)
                  .layer(weights, "Mixed_6a.branch3x3dbl_3", 3, 3, 2, 0, 0),
              x.pooled(true, 3, 2, 0));
      for (String name : new String[] {"Mixed_6b", "Mixed_6c", "Mixed_6d", "Mixed_6e"}) {
        if (name.equals("Mixed_6d")) {
          PlainImage seen = x.layer(weights, name + ".branch1x1", 1, 1, 1, 0, 0);
          spatial = new double[7 * seen.height * seen.width];
          for (int i = 0; i < spatial.length; i++) {
            spatial[i] = seen.at(i % 7, i / 7 / seen.width, i / 7 % seen.width);
          }
        }
        x = seven(x, name + ".");
      }
      x =
          PlainImage.joined(
              x.layer(weights, "Mixed_7a.branch3x3_1", 1, 1, 1, 0, 0)
                  .layer(weights, "Mixed_7a.branch3x3_2", 3, 3, 2, 0, 0),
              x.layer(weights, "Mixed_7a.branch7x7x3_1", 1, 1, 1, 0, 0)
                  .layer(weights, "Mixed_7a.branch7x7x3_2", 1, 7, 1, 0, 3)
                  .layer(weights, "Mixed_7a.branch7x7x3_3", 7, 1, 1, 3, 0)
                  .layer(weights, "Mixed_7a.branch7x7x3_4", 3, 3, 2, 0, 0),
              x.pooled(true, 3, 2, 0));
      x = wide(x, "Mixed_7b.", false);
      x = wide(x, "Mixed_7c.", true);
      pooled = new double[x.channels];
      for (int i = 0; i < x.values.length; i++) {
        pooled[i / (x.height * x.width)] += x.values[i] / (x.height * x.width);
      }
      logits = PlainRows.linear(pooled, weights.get("fc.weight"), new double[0]);
      return this;
    }

    private PlainImage five(PlainImage x, String name) {
      return PlainImage.joined(
          x.layer(weights, name + "branch1x1", 1, 1, 1, 0, 0),
          x.layer(weights, name + "branch5x5_1", 1, 1, 1, 0, 0)
              .layer(weights, name + "branch5x5_2", 5, 5, 1, 2, 2),
          x.layer(weights, name + "branch3x3dbl_1", 1, 1, 1, 0, 0)
              .layer(weights, name + "branch3x3dbl_2", 3, 3, 1, 1, 1)
              .layer(weights, name + "branch3x3dbl_3", 3, 3, 1, 1, 1),
          x.pooled(false, 3, 1, 1).layer(weights, name + "branch_pool", 1, 1, 1, 0, 0));
    }

    private PlainImage seven(PlainImage x, String name) {
      return PlainImage.joined(
          x.layer(weights, name + "branch1x1", 1, 1, 1, 0, 0),
          x.layer(weights, name + "branch7x7_1", 1, 1, 1, 0, 0)
              .layer(weights, name + "branch7x7_2", 1, 7, 1, 0, 3)
              .layer(weights, name + "branch7x7_3", 7, 1, 1, 3, 0),
          x.layer(weights, name + "branch7x7dbl_1", 1, 1, 1, 0, 0)
              .layer(weights, name + "branch7x7dbl_2", 7, 1, 1, 3, 0)
              .layer(weights, name + "branch7x7dbl_3", 1, 7, 1, 0, 3)
              .layer(weights, name + "branch7x7dbl_4", 7, 1, 1, 3, 0)
              .layer(weights, name + "branch7x7dbl_5", 1, 7, 1, 0, 3),
          x.pooled(false, 3, 1, 1).layer(weights, name + "branch_pool", 1, 1, 1, 0, 0));
    }

    private PlainImage wide(PlainImage x, String name, boolean greatest) {
      PlainImage three = x.layer(weights, name + "branch3x3_1", 1, 1, 1, 0, 0);
      PlainImage twice =
          x.layer(weights, name + "branch3x3dbl_1", 1, 1, 1, 0, 0)
              .layer(weights, name + "branch3x3dbl_2", 3, 3, 1, 1, 1);
      return PlainImage.joined(
          x.layer(weights, name + "branch1x1", 1, 1, 1, 0, 0),
          three.layer(weights, name + "branch3x3_2a", 1, 3, 1, 0, 1),
          three.layer(weights, name + "branch3x3_2b", 3, 1, 1, 1, 0),
          twice.layer(weights, name + "branch3x3dbl_3a", 1, 3, 1, 0, 1),
          twice.layer(weights, name + "branch3x3dbl_3b", 3, 1, 1, 1, 0),
          x.pooled(greatest, 3, 1, 1).layer(weights, name + "branch_pool", 1, 1, 1, 0, 0));
    }
  }

  /** The keys and extents of the public file, which has 94 filters and one layer of classes. */
  @Test
  void thePublicNetworkHasThePublicParameters() {
    try (Random random = new Random(1);
        Inception inception = new Inception(new Setup(DType.F32, random, random))) {
      assertThat(inception.parameterCount()).isEqualTo(Inception.PARAMETERS);
      assertThat(inception.parameters()).hasSize(94 * 5 + 2);
      assertThat(shape(inception, "Mixed_7c.branch3x3dbl_3b.conv.weight"))
          .isEqualTo(Shape.of(384, 384, 3, 1));
      assertThat(shape(inception, "Mixed_6e.branch7x7_2.conv.weight"))
          .isEqualTo(Shape.of(192, 192, 1, 7));
      assertThat(shape(inception, "fc.weight")).isEqualTo(Shape.of(1008, 2048));
    }
  }

  private static @Nullable Shape shape(Inception inception, String key) {
    Parameter parameter = inception.parameters().get(key);
    return parameter == null ? null : parameter.shape();
  }

  @Test
  @Tag("slow")
  void thePublicNetworkRunsAtItsOwnSize() {
    PlainImage[] images = {Networks.image(256, 256, 1), Networks.image(256, 256, 2)};
    Networks.Result result = Networks.features(DType.F32, Inception::new, images);
    assertThat(result.features()[0]).hasSize(2 * 2048);
    assertThat(result.features()[1]).hasSize(2 * 1008);
    assertThat(result.features()[2]).hasSize(2 * 7 * 17 * 17);
    for (double[] values : result.features()) {
      for (double value : values) {
        assertThat(value).isFinite();
      }
    }
  }
}
