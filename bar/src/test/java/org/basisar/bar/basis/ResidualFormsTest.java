package org.basisar.bar.basis;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.function.Function;
import org.assertj.core.data.Offset;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Closed form, scan and literal Algorithm 1 are one function with one gradient, for any A. */
class ResidualFormsTest {
  private record Result(double value, List<double[]> gradients) {}

  private static Result evaluate(
      Tensor a, Tensor x, Tensor prediction, Function<Tensor[], Tensor> form) {
    try (Tape tape = Tape.open()) {
      tape.watch(a, x, prediction);
      Tensor loss = form.apply(new Tensor[] {a, x, prediction});
      Gradients gradients = tape.backward(loss);
      return new Result(
          loss.item(),
          List.of(
              gradients.of(a).toDoubles(),
              gradients.of(x).toDoubles(),
              gradients.of(prediction).toDoubles()));
    }
  }

  private static void same(double[] actual, double[] expected) {
    double scale = 0;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).isCloseTo(expected[i], Offset.offset(1e-10 * Math.max(scale, 1e-3)));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1,1,1,true",
    "4,3,2,true",
    "4,3,2,false",
    "16,5,3,false",
    "31,2,4,true",
    "33,1,2,false"
  })
  void allFormsAgree(int tokens, int batch, int channels, boolean orthogonal) {
    try (Scope _ = Scope.open();
        Random random = new Random(tokens * 31L + batch)) {
      Tensor a =
          orthogonal
              ? Tensor.of(BasisStart.orthogonal(tokens, 5), tokens, tokens)
              : Ops.scale(random.normal(DType.F64, tokens, tokens), 1 / Math.sqrt(tokens));
      Tensor x = random.normal(DType.F64, batch, tokens, channels);
      Tensor prediction = random.normal(DType.F64, batch, tokens, channels);
      Result literal = evaluate(a, x, prediction, t -> ResidualForms.literal(t[0], t[1], t[2]));
      Result scan = evaluate(a, x, prediction, t -> ResidualForms.scan(t[0], t[1], t[2]));
      Result fused = evaluate(a, x, prediction, t -> ResidualForms.fusedScan(t[0], t[1], t[2]));
      Result closed = evaluate(a, x, prediction, t -> Ops.residualLoss(t[0], t[1], t[2]));
      for (Result other : new Result[] {scan, fused, closed}) {
        assertThat(other.value())
            .isCloseTo(literal.value(), Offset.offset(1e-10 * (1 + literal.value())));
        for (int i = 0; i < 3; i++) {
          same(other.gradients().get(i), literal.gradients().get(i));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"8,3,2", "33,2,5"})
  void orthogonalBasisWeightsTokensByTheirRank(int tokens, int batch, int channels) {
    // For orthogonal A: Σ_k‖R_k‖² = Σ_l (N−l)‖y_l − ŷ_l‖² + Σ_l l‖y_l‖².
    try (Scope _ = Scope.open();
        Random random = new Random(9)) {
      Tensor a = Tensor.of(BasisStart.orthogonal(tokens, 6), tokens, tokens);
      Tensor x = random.normal(DType.F64, batch, tokens, channels);
      Tensor prediction = random.normal(DType.F64, batch, tokens, channels);
      double[] y = Ops.basisTransform(a, x, false).toDoubles();
      double[] guess = prediction.toDoubles();
      double sum = 0;
      for (int i = 0; i < y.length; i++) {
        int l = i / channels % tokens;
        sum += (tokens - l) * (y[i] - guess[i]) * (y[i] - guess[i]) + l * y[i] * y[i];
      }
      double expected = sum / ((double) batch * tokens * channels * tokens);
      assertThat(Ops.residualLoss(a, x, prediction).item())
          .isCloseTo(expected, Offset.offset(1e-10 * expected));
    }
  }
}
