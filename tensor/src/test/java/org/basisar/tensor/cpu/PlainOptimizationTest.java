package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainOptimizationTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor one(double value) {
    return Tensor.of(new double[] {value}, 1);
  }

  private static Tensor[] step(
      DType dtype, double norm, double maxNorm, double p, double g, double m, double v, double e) {
    Tensor[] operands = {
      Tensor.of(dtype, new double[] {0.1, 0.5, 0.25}, 3),
      Ops.fill(Shape.SCALAR, dtype, norm),
      Tensor.of(dtype, new double[] {p}, 1),
      Tensor.of(dtype, new double[] {g}, 1),
      Tensor.of(dtype, new double[] {m}, 1),
      Tensor.of(dtype, new double[] {v}, 1),
      Tensor.of(dtype, new double[] {e}, 1)
    };
    Engine.run(new Optimization.AdamW(1, 0, 0.5, 0.75, 0.125, 0.5, maxNorm, 0.75), operands);
    return operands;
  }

  @Test
  void oneStepByHand() {
    // m = ½·2 + ½·4 = 3, v = ¾·4 + ¼·16 = 7; corrected 6 and 28; decay 8 − 0.1·0.5·8 = 7.6.
    Tensor[] after = step(DType.F64, 4, Double.POSITIVE_INFINITY, 8, 4, 2, 4, 1);
    double p = 7.6 - 0.1 * 6 / (Math.sqrt(28) + 0.125);
    assertThat(after[2].item()).isCloseTo(p, within(1e-15));
    assertThat(after[3].item()).isEqualTo(4);
    assertThat(after[4].item()).isEqualTo(3);
    assertThat(after[5].item()).isEqualTo(7);
    assertThat(after[6].item()).isCloseTo(0.75 + 0.25 * p, within(1e-15));
    assertThat(after[2].storage().version()).isEqualTo(1);
    assertThat(after[3].storage().version()).isZero();
  }

  @Test
  void singlePrecisionAgreesWithDouble() {
    Tensor[] exact = step(DType.F64, 4, 1, 8, 4, 2, 4, 1);
    Tensor[] rounded = step(DType.F32, 4, 1, 8, 4, 2, 4, 1);
    for (int i : new int[] {2, 4, 5, 6}) {
      assertThat(rounded[i].item()).isCloseTo(exact[i].item(), within(1e-6));
    }
  }

  @Test
  void longGradientsAreClipped() {
    // Norm 8 against 2: the gradient 4 counts as 4·2/(8 + 1e-6), very nearly 1.
    Tensor[] after = step(DType.F64, 8, 2, 8, 4, 2, 4, 1);
    double g = 4 * 2 / (8 + 1e-6);
    assertThat(after[4].item()).isCloseTo(1 + g / 2, within(1e-15));
    assertThat(after[5].item()).isCloseTo(3 + g * g / 4, within(1e-15));
    Tensor[] shorter = step(DType.F64, 1, 2, 8, 4, 2, 4, 1);
    assertThat(shorter[4].item()).isEqualTo(3);
  }

  @Test
  void aBadNormWritesNothing() {
    for (double norm : new double[] {Double.NaN, Double.POSITIVE_INFINITY}) {
      Tensor[] after = step(DType.F64, norm, 1, 8, Double.NaN, 2, 4, 1);
      assertThat(after[2].item()).isEqualTo(8);
      assertThat(after[4].item()).isEqualTo(2);
      assertThat(after[5].item()).isEqualTo(4);
      assertThat(after[6].item()).isEqualTo(1);
    }
  }

  @Test
  void normOverManyTensors() {
    Tensor norm =
        Ops.globalNorm(Tensor.of(new double[] {1, 2}, 2), Tensor.of(new double[] {4, 10}, 1, 2));
    assertThat(norm.item()).isEqualTo(11);
    assertThat(Ops.globalNorm(Tensor.zeros(DType.F64, 0)).item()).isZero();
  }

  @Test
  void copiesAndAddsInPlace() {
    Tensor destination = one(1);
    Ops.addInto(destination, one(2.5));
    assertThat(destination.item()).isEqualTo(3.5);
    Ops.addInto(destination, destination);
    assertThat(destination.item()).isEqualTo(7);
    Ops.copyInto(destination, one(-1));
    assertThat(destination.item()).isEqualTo(-1);
    assertThat(destination.storage().version()).isEqualTo(3);
    // Into a part of a larger tensor, leaving the rest.
    Tensor whole = Tensor.of(new double[] {1, 2, 3, 4}, 4);
    Ops.copyInto(whole.slice(0, 1, 2), Tensor.of(new double[] {8, 9}, 2));
    assertThat(whole.toDoubles()).containsExactly(1, 8, 9, 4);
  }
}
