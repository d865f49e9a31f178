package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainReductionTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void reducesAlongEveryAxis() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8}, 2, 2, 2);
    assertThat(Ops.sum(x, 0).toDoubles()).containsExactly(6, 8, 10, 12);
    assertThat(Ops.sum(x, 1).toDoubles()).containsExactly(4, 6, 12, 14);
    assertThat(Ops.sum(x, -1).toDoubles()).containsExactly(3, 7, 11, 15);
    assertThat(Ops.mean(x, 1).toDoubles()).containsExactly(2, 3, 6, 7);
    assertThat(Ops.reduce(Kind.MAX, x, 2).toDoubles()).containsExactly(2, 4, 6, 8);
    Tensor legs = Tensor.of(new double[] {3, 4, 5, 12}, 2, 2);
    assertThat(Ops.reduce(Kind.NORM, legs, 1).toDoubles()).containsExactly(5, 13);
    assertThat(Ops.sum(x).item()).isEqualTo(36);
    assertThat(Ops.mean(x).item()).isEqualTo(4.5);
    assertThat(Ops.max(x).item()).isEqualTo(8);
    assertThat(Ops.norm(legs).item()).isEqualTo(Math.sqrt(194));
    assertThat(Ops.sum(Tensor.zeros(DType.F64, 3, 0), 1).toDoubles()).containsExactly(0, 0, 0);
    assertThat(Ops.sum(Tensor.zeros(DType.F64, 0)).item()).isZero();
  }

  @Test
  void logSumExpTakesTheMaximumOut() {
    Tensor x =
        Tensor.of(
            new double[] {Math.log(1), Math.log(2), Math.log(5), 1000, 1000, 1000, -1e9, 0, -1e9},
            3,
            3);
    double[] values = Ops.logSumExp(x, 1).toDoubles();
    assertThat(values[0]).isCloseTo(Math.log(8), within(1e-15));
    assertThat(values[1]).isCloseTo(1000 + Math.log(3), within(1e-12));
    assertThat(values[2]).isZero();
    double none = Double.NEGATIVE_INFINITY;
    assertThat(Ops.logSumExp(Tensor.of(new double[] {none, none}, 2), 0).item()).isEqualTo(none);
  }

  @Test
  void nanIsNeverLost() {
    Tensor x = Tensor.of(new double[] {1, Double.NaN, 3}, 3);
    for (Kind kind : Kind.values()) {
      assertThat(Ops.reduce(kind, x, 0).item()).as(kind.name()).isNaN();
    }
  }

  @Test
  void sumToUndoesBroadcasting() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
    assertThat(Ops.sumTo(x, Shape.of(3)).toDoubles()).containsExactly(5, 7, 9);
    assertThat(Ops.sumTo(x, Shape.of(2, 1)).toDoubles()).containsExactly(6, 15);
    assertThat(Ops.sumTo(x, Shape.of(1, 1)).toDoubles()).containsExactly(21);
    assertThat(Ops.sumTo(x, Shape.SCALAR).item()).isEqualTo(21);
    assertThat(Ops.sumTo(x, Shape.of(2, 3))).isSameAs(x);
  }

  @Test
  void crossEntropyOfKnownProbabilities() {
    Tensor logits =
        Tensor.of(new double[] {Math.log(1), Math.log(3), 500 + Math.log(2), 500}, 2, 2);
    Tensor labels = Tensor.of(new int[] {1, 1}, 2);
    double expected = -(Math.log(0.75) + Math.log(1 / 3.0)) / 2;
    assertThat(Ops.crossEntropy(logits, labels).item()).isCloseTo(expected, within(1e-13));
    double[] gradient =
        Engine.run(
            new Reduction.CrossEntropyGradient(),
            logits,
            labels,
            Ops.fill(Shape.SCALAR, DType.F64, 4))[0]
            .toDoubles();
    double[] byHand = {0.25 * 2, -0.25 * 2, 2 / 3.0 * 2, -2 / 3.0 * 2};
    for (int i = 0; i < 4; i++) {
      assertThat(gradient[i]).isCloseTo(byHand[i], within(1e-12));
    }
  }

  @Test
  void labelsOutsideMakeNan() {
    Tensor logits = Tensor.of(new double[] {1, 2, 3, 4}, 2, 2);
    for (int bad : new int[] {-1, 2}) {
      Tensor labels = Tensor.of(new int[] {0, bad}, 2);
      assertThat(Ops.crossEntropy(logits, labels).item()).isNaN();
    }
  }
}
