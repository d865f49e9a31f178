package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class RandomTest {
  private static final int COUNT = 100_000;

  private static double moment(double[] values, int power) {
    return Arrays.stream(values).map(v -> Math.pow(v, power)).average().orElseThrow();
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheNormalDistribution() {
    try (Scope _ = Scope.open();
        Random random = new Random(42)) {
      double[] values = random.normal(DType.F64, COUNT).toDoubles();
      // Standard errors are √(1, 2, 15, 96)/√n; five of them.
      assertThat(moment(values, 1)).isCloseTo(0, within(0.016));
      assertThat(moment(values, 2)).isCloseTo(1, within(0.023));
      assertThat(moment(values, 3)).isCloseTo(0, within(0.062));
      assertThat(moment(values, 4)).isCloseTo(3, within(0.155));
      double lag = 0;
      for (int i = 1; i < COUNT; i++) {
        lag += values[i] * values[i - 1];
      }
      assertThat(lag / COUNT).isCloseTo(0, within(0.016));
    }
  }

  @Test
  void uniformNumbersFillTheirIntervalEvenly() {
    try (Scope _ = Scope.open();
        Random random = new Random(42)) {
      double[] values = random.uniform(DType.F64, COUNT).toDoubles();
      int[] bins = new int[100];
      for (double value : values) {
        assertThat(value).isBetween(0.0, 1 - 0x1p-24);
        assertThat(value * 0x1p24).isEqualTo(Math.rint(value * 0x1p24));
        bins[(int) (value * 100)]++;
      }
      double chi = 0;
      for (int bin : bins) {
        chi += (bin - 1000) * (bin - 1000) / 1000.0;
      }
      // 99 degrees of freedom: mean 99, standard deviation 14.
      assertThat(chi).isBetween(40.0, 170.0);
      assertThat(moment(values, 1)).isCloseTo(0.5, within(0.005));
      assertThat(moment(values, 2)).isCloseTo(1 / 3.0, within(0.005));
    }
  }

  @Test
  void singlePrecisionIsDoublePrecisionRounded() {
    try (Scope _ = Scope.open();
        Random random = new Random(-3, 1L << 33)) {
      double[] exact = random.normal(DType.F64, 1023).toDoubles();
      random.call(0);
      float[] rounded = random.normal(DType.F32, 1023).toFloats();
      for (int i = 0; i < exact.length; i++) {
        assertThat(rounded[i]).isEqualTo((float) exact[i]);
      }
      random.call(0);
      Tensor coarse = random.normal(DType.BF16, 1023);
      assertThat(coarse.toDoubles())
          .containsExactly(Tensor.of(DType.BF16, exact, 1023).toDoubles());
    }
  }

  @Test
  void everyDrawIsAFunctionOfSeedStepAndCall() {
    try (Scope _ = Scope.open();
        Random random = new Random(9, 4);
        Random same = new Random(9);
        Random other = new Random(9L | 1L << 40, 4)) {
      double[] first = random.uniform(DType.F64, 7).toDoubles();
      double[] second = random.uniform(DType.F64, 7).toDoubles();
      assertThat(second).isNotEqualTo(first);
      assertThat(other.uniform(DType.F64, 7).toDoubles()).isNotEqualTo(first);
      same.seek(4);
      same.call(1);
      assertThat(same.uniform(DType.F64, 7).toDoubles()).containsExactly(second);
      assertThat(same.call()).isEqualTo(2);
      assertThat(random.step()).isEqualTo(4);
      assertThat(other.seed()).isEqualTo(9L | 1L << 40);
      random.advance();
      assertThat(random.step()).isEqualTo(5);
      assertThat(random.call()).isZero();
      assertThat(random.uniform(DType.F64, 7).toDoubles()).isNotEqualTo(first);
      // The shape only arranges the numbers.
      same.seek(4);
      assertThat(same.uniform(DType.F64, 2, 3).toDoubles())
          .containsExactly(Arrays.copyOf(first, 6));
    }
  }

  @Test
  void dropoutKeepsTheMean() {
    try (Scope _ = Scope.open();
        Random random = new Random(1)) {
      Tensor ones = Ops.fill(Shape.of(COUNT), DType.F64, 1);
      double[] dropped = random.dropout(ones, 0.25).toDoubles();
      assertThat(Arrays.stream(dropped).distinct().sorted().toArray()).containsExactly(0, 1 / 0.75);
      assertThat(moment(dropped, 1)).isCloseTo(1, within(0.01));
      assertThat(random.dropout(ones, 0)).isSameAs(ones);
      assertThat(random.call()).isEqualTo(1);
      // An element is kept when the uniform number of the same call is at least the rate.
      random.call(0);
      double[] uniform = random.uniform(DType.F64, COUNT).toDoubles();
      for (int i = 0; i < COUNT; i++) {
        assertThat(dropped[i] > 0).isEqualTo(uniform[i] >= 0.25);
      }
    }
  }
}
