package org.basisar.bar.basis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.assertj.core.data.Offset;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

class ProjectionTest {
  /** U·diag(spectrum)·Vᵀ with random orthogonal U and V. */
  private static Tensor withSpectrum(double[] spectrum, long seed) {
    int n = spectrum.length;
    Tensor u = Tensor.of(BasisStart.orthogonal(n, seed), n, n);
    Tensor v = Tensor.of(BasisStart.orthogonal(n, seed + 1), n, n);
    return Ops.matmul(Ops.mul(u, Tensor.of(spectrum, 1, n)), v);
  }

  private static double deviationNorm(Tensor a) {
    int n = a.shape().dim(0);
    Tensor identity = Tensor.of(LearnedBasis.identity(n), n, n);
    return Ops.norm(Ops.sub(Ops.matmul(a, false, a, true), identity)).item();
  }

  private static double[] singular(Tensor a) {
    return LinearAlgebra.svd(a).singularValues().toDoubles();
  }

  @Property(tries = 300)
  void certificateNeverSkipsWhenASingularValueIsOutside(
      @ForAll @Size(min = 1, max = 12) double @DoubleRange(min = 0.2, max = 1.9) [] spectrum,
      @ForAll @DoubleRange(min = 0.01, max = 0.99) double delta,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    Projection projection = new Projection(Projection.Kind.SOFT, delta);
    try (Scope _ = Scope.open()) {
      Tensor a = withSpectrum(spectrum, seed);
      if (projection.certified(deviationNorm(a))) {
        for (double value : singular(a)) {
          assertThat(value).isBetween(1 - delta - 1e-9, 1 + delta + 1e-9);
        }
      }
    }
  }

  @Property(tries = 60)
  void softClampsExactly(
      @ForAll @IntRange(min = 1, max = 33) int n,
      @ForAll @DoubleRange(min = 0.05, max = 0.9) double delta,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    try (Scope _ = Scope.open()) {
      double[] spectrum = new double[n];
      double[] clamped = new double[n];
      for (int i = 0; i < n; i++) {
        spectrum[i] = 0.1 + 2 * ((i * 7919L + seed) % 97) / 97.0;
        clamped[i] = Math.clamp(spectrum[i], 1 - delta, 1 + delta);
      }
      double[] projected = Projection.clamp(withSpectrum(spectrum, seed), delta).toDoubles();
      double[] expected = withSpectrum(clamped, seed).toDoubles();
      assertThat(projected).hasSize(n * n);
      for (int i = 0; i < projected.length; i++) {
        assertThat(projected[i]).isCloseTo(expected[i], Offset.offset(1e-9));
      }
    }
  }

  @Property(tries = 40)
  void hardIsThePolarFactor(
      @ForAll @IntRange(min = 1, max = 33) int n,
      @ForAll @LongRange(min = 0, max = 1000) long seed) {
    try (Scope _ = Scope.open()) {
      double[] spectrum = new double[n];
      double[] ones = new double[n];
      for (int i = 0; i < n; i++) {
        spectrum[i] = 0.3 + ((i * 31L + seed) % 17) / 10.0;
        ones[i] = 1;
      }
      double[] projected = Projection.clamp(withSpectrum(spectrum, seed), 0).toDoubles();
      double[] expected = withSpectrum(ones, seed).toDoubles();
      for (int i = 0; i < projected.length; i++) {
        assertThat(projected[i]).isCloseTo(expected[i], Offset.offset(1e-9));
      }
    }
  }

  @Test
  void insideTheBandNothingChangesAndTheSkipIsCounted() {
    try (Scope _ = Scope.open()) {
      Projection projection = new Projection(Projection.Kind.SOFT, 0.5);
      Tensor a = withSpectrum(new double[] {0.9, 1.05, 1.1}, 3);
      double[] before = a.toDoubles();
      assertThat(projection.apply(a, deviationNorm(a))).isFalse();
      assertThat(a.toDoubles()).isEqualTo(before);
      assertThat(projection.skipped()).isEqualTo(1);
      assertThat(projection.applied()).isZero();

      Tensor wide = withSpectrum(new double[] {0.2, 1, 1.9}, 4);
      assertThat(projection.apply(wide, deviationNorm(wide))).isTrue();
      assertThat(projection.applied()).isEqualTo(1);
      double[] after = singular(wide);
      assertThat(after[0]).isCloseTo(1.5, Offset.offset(1e-9));
      assertThat(after[2]).isCloseTo(0.5, Offset.offset(1e-9));
    }
  }

  @Test
  void hardAlwaysDecomposesAndNoneNeverDoes() {
    try (Scope _ = Scope.open()) {
      Tensor a = withSpectrum(new double[] {0.99, 1.01}, 5);
      Projection hard = new Projection(Projection.Kind.HARD, 0.5);
      assertThat(hard.apply(a, deviationNorm(a))).isTrue();
      assertThat(deviationNorm(a)).isLessThan(1e-12);
      Projection none = new Projection(Projection.Kind.NONE, 0.5);
      Tensor wide = withSpectrum(new double[] {0.1, 3}, 6);
      assertThat(none.apply(wide, deviationNorm(wide))).isFalse();
    }
  }

  @Test
  void refusesABandThatIsNone() {
    assertThatThrownBy(() -> new Projection(Projection.Kind.SOFT, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "soft projection needs 0 < delta < 1, was given 0.0; for delta = 0 choose the hard one");
  }
}
