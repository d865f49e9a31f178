package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.check.Tolerance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The residual loss at sizes at which every loop of its kernels goes round more than once. */
final class CudaResidualTest {

  private static void check(int terms, Tensor[] actual, Tensor[] expected) {
    for (int i = 0; i < actual.length; i++) {
      double[] is = actual[i].toDoubles();
      double[] should = expected[i].toDoubles();
      double scale = 0;
      for (double value : should) {
        scale = Math.max(scale, Math.abs(value));
      }
      Tolerance tolerance = Tolerance.storage(DType.F32, terms, scale);
      for (int j = 0; j < is.length; j++) {
        assertThat(tolerance.accepts(is[j], should[j]))
            .as("result %d, element %d: %s instead of %s", i, j, is[j], should[j])
            .isTrue();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 300, 2", "70, 33, 5"})
  void agreesWithTheDefinition(int images, int tokens, int channels) {
    Device sim = Device.named("sim");
    try (Scope _ = Scope.open()) {
      Random random = new Random(8);
      Tensor a =
          Ops.scale(random.normal(DType.F32, tokens, tokens), 1 / Math.sqrt((double) tokens));
      Tensor x = random.normal(DType.F32, images, tokens, channels);
      Tensor prediction = random.normal(DType.F32, images, tokens, channels);
      Tensor slope = Ops.sum(Ops.square(random.normal(DType.F32, 3)));
      Tensor[] exact = new Tensor[4];
      Tensor[] operands = {a, x, prediction, slope};
      Tensor[] here = new Tensor[4];
      for (int i = 0; i < 4; i++) {
        exact[i] = Ops.cast(operands[i], DType.F64);
        here[i] = operands[i].to(sim);
      }
      int terms = images * tokens * tokens * channels;
      Tensor[] loss = Engine.run(new Basis.ResidualLoss(), exact[0], exact[1], exact[2]);
      Tensor[] gradients = Engine.run(new Basis.ResidualLossGradient(), exact);
      for (Basis.ResidualForm form : Basis.ResidualForm.values()) {
        check(terms, Engine.run(new Basis.ResidualLoss(form), here[0], here[1], here[2]), loss);
        check(terms, Engine.run(new Basis.ResidualLossGradient(form), here), gradients);
      }
    }
  }
}
