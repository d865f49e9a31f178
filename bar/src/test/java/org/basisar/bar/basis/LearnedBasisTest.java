package org.basisar.bar.basis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LearnedBasisTest {
  private static LearnedBasis basis(int tokens, double[] values) {
    return new LearnedBasis(new Setup(DType.F64, new Random(1), new Random(2)), tokens, values);
  }

  /** Well-conditioned but not orthogonal: singular values between 0.6 and 1.4. */
  private static double[] skewed(int tokens) {
    double[] u = BasisStart.orthogonal(tokens, 1);
    double[] v = BasisStart.orthogonal(tokens, 2);
    try (Scope _ = Scope.open()) {
      double[] spectrum = new double[tokens];
      for (int i = 0; i < tokens; i++) {
        spectrum[i] = 0.6 + 0.8 * i / Math.max(1, tokens - 1);
      }
      Tensor scaled = Ops.mul(Tensor.of(u, tokens, tokens), Tensor.of(spectrum, 1, tokens));
      return Ops.matmul(scaled, Tensor.of(v, tokens, tokens)).toDoubles();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 31, 64})
  void decodeUndoesForward(int tokens) {
    for (double[] values : new double[][] {BasisStart.orthogonal(tokens, 3), skewed(tokens)}) {
      try (LearnedBasis basis = basis(tokens, values);
          Scope _ = Scope.open();
          Random random = new Random(4)) {
        Tensor x = random.normal(DType.F64, 3, tokens, 5);
        double[] back = basis.decode(basis.forward(x).toDoubles(), 3);
        double[] expected = x.toDoubles();
        for (int i = 0; i < back.length; i++) {
          assertThat(back[i]).isCloseTo(expected[i], Offset.offset(1e-10));
        }
      }
    }
  }

  @Test
  void prefixesOfAnOrthogonalBasisConvergeAndTheirErrorFalls() {
    int tokens = 31;
    try (LearnedBasis basis = basis(tokens, BasisStart.orthogonal(tokens, 3));
        Scope _ = Scope.open();
        Random random = new Random(4)) {
      Tensor x = random.normal(DType.F64, 2, tokens, 3);
      double[] y = basis.forward(x).toDoubles();
      double[] expected = x.toDoubles();
      double before = Double.POSITIVE_INFINITY;
      for (int k = 0; k <= tokens; k++) {
        double[] prefix = basis.decodePrefix(y, 2, k);
        double error = 0;
        for (int i = 0; i < prefix.length; i++) {
          error += (prefix[i] - expected[i]) * (prefix[i] - expected[i]);
        }
        assertThat(error).isLessThanOrEqualTo(before + 1e-9);
        before = error;
      }
      assertThat(before).isLessThan(1e-18 * expected.length + 1e-20);
    }
  }

  @Test
  void pcaMinimisesThePrefixErrorOnItsData() {
    int tokens = 9;
    int channels = 2;
    int images = 40;
    float[] sample = new float[images * tokens * channels];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < images; i++) {
      for (int c = 0; c < channels; c++) {
        double level = random.nextDouble() - 0.5;
        for (int t = 0; t < tokens; t++) {
          sample[(i * tokens + t) * channels + c] =
              (float) (level * Math.cos(t * 0.3) + 0.2 * (random.nextDouble() - 0.5) * t);
        }
      }
    }
    double[] pca = prefixErrors(BasisStart.pca(sample, tokens, channels), sample, tokens, channels);
    for (long seed = 1; seed <= 5; seed++) {
      double[] other = prefixErrors(BasisStart.orthogonal(tokens, seed), sample, tokens, channels);
      for (int k = 0; k <= tokens; k++) {
        assertThat(pca[k]).isLessThanOrEqualTo(other[k] + 1e-9);
      }
    }
  }

  private static double[] prefixErrors(double[] a, float[] sample, int tokens, int channels) {
    int images = sample.length / (tokens * channels);
    double[] values = new double[sample.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = sample[i];
    }
    double[] errors = new double[tokens + 1];
    try (LearnedBasis basis = basis(tokens, a);
        Scope _ = Scope.open()) {
      double[] y = basis.forward(Tensor.of(values, images, tokens, channels)).toDoubles();
      for (int k = 0; k <= tokens; k++) {
        double[] prefix = basis.decodePrefix(y, images, k);
        for (int i = 0; i < values.length; i++) {
          errors[k] += (prefix[i] - values[i]) * (prefix[i] - values[i]);
        }
      }
    }
    return errors;
  }
}
