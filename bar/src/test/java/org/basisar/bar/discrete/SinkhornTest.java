package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.basisar.autograd.Tape;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SinkhornTest {
  @ParameterizedTest
  @CsvSource({"1,1", "2,1", "5,0.5", "31,1", "33,3"})
  void rowsAndColumnsSumToOne(int size, double spread) {
    try (Scope _ = Scope.open();
        Random random = new Random(size)) {
      Tensor logits = Ops.scale(random.normal(DType.F32, size, size), spread);
      double[] p = Sinkhorn.of(logits, 1, 60).toDoubles();
      for (int i = 0; i < size; i++) {
        double row = 0;
        double column = 0;
        for (int j = 0; j < size; j++) {
          assertThat(p[i * size + j]).isPositive();
          row += p[i * size + j];
          column += p[j * size + i];
        }
        assertThat(row).isCloseTo(1, within(2e-3));
        assertThat(column).isCloseTo(1, within(1e-5));
      }
    }
  }

  @Test
  void hugeLogitsDoNotOverflow() {
    try (Scope _ = Scope.open()) {
      Tensor logits = Tensor.of(new float[] {1000, -1000, 0, 1000}, 2, 2);
      assertThat(Sinkhorn.of(logits, 1, 5).toDoubles()).containsExactly(1, 0, 0, 1);
    }
  }

  @Test
  void aLowTemperatureGivesThePermutationOfTheAssignment() {
    try (Scope _ = Scope.open();
        Random random = new Random(3)) {
      Tensor logits = random.normal(DType.F64, 7, 7);
      double[] cold = Sinkhorn.of(logits, 0.01, 400).toDoubles();
      int[] best = Assignment.best(logits.toDoubles(), 7);
      for (int k = 0; k < 7; k++) {
        assertThat(cold[k * 7 + best[k]]).isGreaterThan(0.95);
      }
    }
  }

  @Test
  void theGradientIsThatOfDifferences() {
    int size = 5;
    try (Scope _ = Scope.open();
        Random random = new Random(8)) {
      Tensor logits = random.normal(DType.F64, size, size);
      Tensor weights = random.normal(DType.F64, size, size);
      double[] gradient;
      try (Tape tape = Tape.open()) {
        tape.watch(logits);
        gradient = tape.backward(loss(logits, weights)).of(logits).toDoubles();
      }
      double[] values = logits.toDoubles();
      for (int i = 0; i < values.length; i++) {
        double step = 1e-5;
        double before = values[i];
        values[i] = before + step;
        double above = loss(Tensor.of(values, size, size), weights).item();
        values[i] = before - step;
        double below = loss(Tensor.of(values, size, size), weights).item();
        values[i] = before;
        assertThat(gradient[i]).isCloseTo((above - below) / (2 * step), within(1e-8));
      }
    }
  }

  private static Tensor loss(Tensor logits, Tensor weights) {
    return Ops.sum(Ops.mul(weights, Sinkhorn.of(logits, 0.7, 6)));
  }

  @Test
  void theTemperatureIsPositive() {
    try (Scope _ = Scope.open()) {
      assertThatThrownBy(() -> Sinkhorn.of(Tensor.zeros(DType.F32, 2, 2), 0, 3))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("above 0");
    }
  }
}
