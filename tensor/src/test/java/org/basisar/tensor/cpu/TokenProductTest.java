package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The product of all images, against one product an image, bit for bit. */
final class TokenProductTest {
  private static final int LANES = FloatTile.LANES;
  private static final int THREADS = Workers.threads();
  private static final float GUARD = -77;

  @AfterEach
  void restore() {
    Workers.configure(THREADS);
  }

  @Test
  void agreesWithOneProductAnImage() {
    for (int threads = 1; threads <= 3; threads++) {
      Workers.configure(threads);
      for (int channels : new int[] {LANES, 3 * LANES / 4, 2 * LANES, 3 * LANES, LANES + 3, 1, 5}) {
        for (int tokens : new int[] {1, 8, 31, 33, 64, 113}) {
          for (int images : new int[] {1, 2, 3, 8}) {
            check(tokens, tokens, images, channels);
          }
        }
      }
    }
  }

  @Test
  void agreesForOneImageOfManyVectors() {
    Workers.configure(2);
    for (int vectors : new int[] {3, 4, 16}) {
      check(65, 65, 1, vectors * LANES);
    }
  }

  @Test
  void agreesAtAwkwardSizes() {
    Workers.configure(2);
    for (int channels : new int[] {1, 3, 5, 12, 17, 24}) {
      for (int tokens : new int[] {0, 1, 31, 33, 113}) {
        for (int images : new int[] {0, 1, 3}) {
          check(tokens, tokens, images, channels);
        }
      }
    }
  }

  @Test
  void agreesWhereImagesShareTiles() {
    for (int threads = 1; threads <= 3; threads++) {
      Workers.configure(threads);
      for (int channels : new int[] {1, 3, 6, 8, 10, 12, 13, 15, 20, 24, 40}) {
        for (int images : new int[] {50, 53}) {
          check(17, 17, images, channels);
          check(1, 9, images, channels);
          check(24, 1, images, channels);
        }
      }
    }
  }

  @Test
  void agreesForMatricesThatAreNotSquare() {
    check(33, 8, 3, LANES);
    check(7, 40, 5, 3 * LANES);
    check(1, 17, 4, LANES - 1);
    check(9, 70, 50, 3);
    check(40, 1, 4, LANES - 1);
  }

  @Test
  void agreesWhenPackingPays() {
    Workers.configure(2);
    check(32, 32, 2 * 1024 / LANES + 3, LANES);
    check(32, 32, 2 * 1024 / LANES + 3, LANES - 1);
  }

  /** The gradient of the residual loss runs products of A and of its transpose over one range. */
  @Test
  void anItemOfOneImageIsTheRowsOfATile() {
    int tokens = 65;
    int channels = LANES;
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.fill(Shape.of(tokens, tokens), DType.F32, 1);
      Tensor x = Ops.fill(Shape.of(1, tokens, channels), DType.F32, 1);
      for (boolean transposed : new boolean[] {false, true}) {
        Tensor y = Ops.fill(Shape.of(1, tokens, channels), DType.F32, GUARD);
        TokenProduct product = new TokenProduct(transposed, a, x, y, null);
        assertThat(product.items()).isEqualTo(Math.ceilDiv(tokens, FloatTile.ROWS));
        product.run(2, 5);
        float[] expected = new float[tokens * channels];
        Arrays.fill(expected, GUARD);
        int row = FloatTile.ROWS * channels;
        Arrays.fill(expected, 2 * row, 5 * row, tokens);
        assertThat(y.toFloats()).containsExactly(expected);
      }
    }
  }

  @Test
  void mixesNoiseIntoEveryImage() {
    for (int channels : new int[] {LANES, LANES - 1, 3 * LANES, 3, 12}) {
      for (int images : new int[] {1, 2, 5, 50}) {
        noisy(32, images, channels);
      }
    }
  }

  @Test
  void oneTokenIsScaled() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {2, 3, 4, 5}, 1, 1, 4);
      Tensor y = Ops.basisTransform(Tensor.of(new float[] {3}, 1, 1), x, false);
      assertThat(y.toFloats()).containsExactly(6, 9, 12, 15);
    }
  }

  private static void check(int rows, int inner, int images, int channels) {
    try (Scope _ = Scope.open();
        Random random = new Random(rows * 1000L + inner + images + channels)) {
      Tensor x = random.normal(DType.F32, images, inner, channels);
      Tensor a = random.normal(DType.F32, rows, inner);
      Tensor turned = random.normal(DType.F32, inner, rows);
      compare(false, a, x, rows);
      compare(true, turned, x, rows);
    }
  }

  private static void compare(boolean transposed, Tensor a, Tensor x, int rows) {
    int images = x.shape().dim(0);
    int inner = x.shape().dim(1);
    int channels = x.shape().dim(2);
    int size = images * rows * channels;
    float[] expected = new float[size];
    new Gemm(transposed, false, rows, channels, inner)
        .a(FastKernel.floats(a), a.offset(), a.shape().dim(1))
        .b(FastKernel.floats(x), x.offset(), channels)
        .c(expected, 0, channels)
        .batch(images, 0, inner * channels, rows * channels)
        .execute();
    Tensor whole = Ops.fill(Shape.of(images + 2, rows, channels), DType.F32, GUARD);
    Tensor y = whole.slice(0, 1, images);
    new TokenProduct(transposed, a, x, y, null).run();
    String what = "A of " + rows + "x" + inner + ", x " + x.shape() + ", transposed " + transposed;
    assertThat(y.toFloats()).as(what).containsExactly(expected);
    float[] guard = new float[rows * channels];
    Arrays.fill(guard, GUARD);
    assertThat(whole.slice(0, 0, 1).toFloats()).as(what).containsExactly(guard);
    assertThat(whole.slice(0, images + 1, 1).toFloats()).as(what).containsExactly(guard);
  }

  private static void noisy(int tokens, int images, int channels) {
    try (Scope _ = Scope.open();
        Random random = new Random(channels)) {
      Tensor a = random.normal(DType.F32, tokens, tokens);
      Tensor x = random.normal(DType.F32, images, tokens, channels);
      Tensor noise = random.normal(DType.F32, images, tokens, channels);
      Tensor time = random.uniform(DType.F32, images, 4);
      Tensor y = Ops.basisTransform(a, x, false);
      Tensor[] both = Engine.run(new Basis.NoisyTransform(), a, x, noise, time);
      assertThat(both[0].toFloats()).containsExactly(y.toFloats());
      assertThat(both[1].toFloats()).containsExactly(Ops.interpolate(y, noise, time).toFloats());
    }
  }
}
