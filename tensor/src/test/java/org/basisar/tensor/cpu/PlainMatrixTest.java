package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Matrix products and the operations of the basis, against sums written out. */
final class PlainMatrixTest {
  private Scope scope;
  private Random random;

  @BeforeEach
  void open() {
    scope = Scope.open();
    random = new Random(3);
  }

  @AfterEach
  void close() {
    random.close();
    scope.close();
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("element " + i).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void productOfTwoByTwo() {
    Tensor a = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
    Tensor b = Tensor.of(new double[] {5, 6, 7, 8}, 2, 2);
    assertThat(Ops.matmul(a, b).toDoubles()).containsExactly(19, 22, 43, 50);
    assertThat(Ops.matmul(a, true, b, false).toDoubles()).containsExactly(26, 30, 38, 44);
    assertThat(Ops.matmul(a, false, b, true).toDoubles()).containsExactly(17, 23, 39, 53);
    assertThat(Ops.matmul(a, true, b, true).toDoubles()).containsExactly(23, 31, 34, 46);
  }

  @Test
  void leadingAxesBroadcast() {
    int m = 3;
    int k = 5;
    int n = 4;
    Tensor left = random.normal(DType.F64, 2, 1, m, k);
    Tensor right = random.normal(DType.F64, 3, k, n);
    double[] l = left.toDoubles();
    double[] r = right.toDoubles();
    double[] expected = new double[2 * 3 * m * n];
    for (int b = 0; b < 6; b++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int p = 0; p < k; p++) {
            expected[(b * m + i) * n + j] +=
                l[(b / 3 * m + i) * k + p] * r[(b % 3 * k + p) * n + j];
          }
        }
      }
    }
    assertClose(Ops.matmul(left, right).toDoubles(), expected);
  }

  @Test
  void nothingTimesNothingIsZero() {
    Tensor none = Ops.matmul(Tensor.zeros(DType.F64, 2, 0), Tensor.zeros(DType.F64, 0, 3));
    assertThat(none.toDoubles()).containsExactly(0, 0, 0, 0, 0, 0);
  }

  @Test
  void linearAddsBiasThenBendsThenAddsResidual() {
    Tensor x = Tensor.of(new double[] {1, 2}, 1, 2);
    Tensor weight = Tensor.of(new double[] {3, 4, 5, 6, 7, 8}, 3, 2);
    Tensor bias = Tensor.of(new double[] {-10, -17, -24}, 3);
    Tensor residual = Tensor.of(new double[] {100, 200, 300}, 1, 3);
    assertThat(Ops.linear(x, weight, null).toDoubles()).containsExactly(11, 17, 23);
    assertThat(Ops.linear(x, weight, bias).toDoubles()).containsExactly(1, 0, -1);
    double[] bent = Ops.linear(x, weight, bias, residual, Matrix.Epilogue.GELU).toDoubles();
    assertThat(bent[0]).isCloseTo(100 + 0.8413447460685429, within(1e-13));
    assertThat(bent[1]).isEqualTo(200);
    assertThat(bent[2]).isCloseTo(300 - 0.15865525393145707, within(1e-13));
  }

  @Test
  void transformAndOuterSumWrittenOut() {
    int images = 2;
    int m = 3;
    int n = 5;
    int c = 4;
    Tensor a = random.normal(DType.F64, m, n);
    Tensor x = random.normal(DType.F64, images, n, c);
    Tensor p = random.normal(DType.F64, images, m, c);
    double[] av = a.toDoubles();
    double[] xv = x.toDoubles();
    double[] pv = p.toDoubles();
    double[] forward = new double[images * m * c];
    double[] back = new double[images * n * c];
    double[] outer = new double[m * n];
    for (int b = 0; b < images; b++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < n; j++) {
          for (int d = 0; d < c; d++) {
            int at = (b * n + j) * c + d;
            int to = (b * m + i) * c + d;
            forward[to] += av[i * n + j] * xv[at];
            back[at] += av[i * n + j] * pv[to];
            outer[i * n + j] += pv[to] * xv[at];
          }
        }
      }
    }
    assertClose(Ops.basisTransform(a, x, false).toDoubles(), forward);
    assertClose(Ops.basisTransform(a, p, true).toDoubles(), back);
    assertClose(Ops.outerSum(p, x).toDoubles(), outer);
  }

  /** The closed form of the residual loss, which the kernel does not use. */
  private static double closedForm(double[] a, double[] x, double[] y, int images, int n, int c) {
    double sum = 0;
    for (int b = 0; b < images; b++) {
      for (int i = 0; i < n * c; i++) {
        sum += n * x[b * n * c + i] * x[b * n * c + i];
      }
      for (int l = 0; l < n; l++) {
        for (int d = 0; d < c; d++) {
          double component = 0;
          for (int t = 0; t < n; t++) {
            component += a[l * n + t] * x[(b * n + t) * c + d];
          }
          sum -= 2.0 * (n - l) * component * y[(b * n + l) * c + d];
        }
        for (int m = 0; m < n; m++) {
          double gram = 0;
          for (int t = 0; t < n; t++) {
            gram += a[l * n + t] * a[m * n + t];
          }
          double product = 0;
          for (int d = 0; d < c; d++) {
            product += y[(b * n + l) * c + d] * y[(b * n + m) * c + d];
          }
          sum += (n - Math.max(l, m)) * gram * product;
        }
      }
    }
    return sum / ((double) n * n * c * images);
  }

  @Test
  void residualLossFulfilsItsClosedForm() {
    for (int[] s : new int[][] {{1, 1, 1}, {2, 7, 3}, {3, 31, 2}}) {
      Tensor a = random.normal(DType.F64, s[1], s[1]);
      Tensor x = random.normal(DType.F64, s[0], s[1], s[2]);
      Tensor y = random.normal(DType.F64, s[0], s[1], s[2]);
      double expected = closedForm(a.toDoubles(), x.toDoubles(), y.toDoubles(), s[0], s[1], s[2]);
      double actual = Ops.residualLoss(a, x, y).item();
      assertThat(actual / expected).isCloseTo(1, within(1e-12));
    }
  }

  @Test
  void residualLossOfAPerfectPredictionIsTheTruncationError() {
    // With the identity as basis, step 1 leaves the second token, 3² = 9, and step 2 nothing.
    Tensor a = Tensor.of(new double[] {1, 0, 0, 1}, 2, 2);
    Tensor x = Tensor.of(new double[] {2, 3}, 1, 2, 1);
    assertThat(Ops.residualLoss(a, x, x).item()).isEqualTo((9 + 0) / 4.0);
  }

  @Test
  void residualLossGradientIsTheSlope() {
    int images = 2;
    int n = 5;
    int c = 3;
    Tensor[] at = {
      random.normal(DType.F64, n, n),
      random.normal(DType.F64, images, n, c),
      random.normal(DType.F64, images, n, c)
    };
    Tensor[] gradients =
        Engine.run(
            new Basis.ResidualLossGradient(),
            at[0],
            at[1],
            at[2],
            Ops.fill(Shape.SCALAR, DType.F64, 1));
    for (int operand = 0; operand < 3; operand++) {
      double[] gradient = gradients[operand].toDoubles();
      for (int i = 0; i < gradient.length; i++) {
        // The loss is a quadratic function of each element: the central difference is exact.
        double h = 0.5;
        double[] values = at[operand].toDoubles();
        double[] losses = new double[2];
        for (int side = 0; side < 2; side++) {
          double[] moved = values.clone();
          moved[i] += side == 0 ? -h : h;
          Tensor[] inputs = at.clone();
          inputs[operand] = Tensor.of(moved, at[operand].shape().dims());
          losses[side] = Ops.residualLoss(inputs[0], inputs[1], inputs[2]).item();
        }
        assertThat(gradient[i])
            .as("operand %d, element %d", operand, i)
            .isCloseTo((losses[1] - losses[0]) / (2 * h), within(1e-12));
      }
    }
  }
}
