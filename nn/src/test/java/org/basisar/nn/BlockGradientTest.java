package org.basisar.nn;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.basisar.autograd.GradCheck;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Gradients through attention, gated MLP, norms and table together, for input and parameters. */
class BlockGradientTest {
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.25})
  void everyParameterHasItsGradient(double dropout) {
    Random random = new Random(2);
    Setup setup = new Setup(DType.F64, new Random(1), random);
    int[] rows = {0, 0, 1, 1, 2, 2};
    int[] columns = {0, 1, 0, 1, 0, 1};
    try (Samples.Block block = new Samples.Block(setup, 8, 2, dropout);
        TimestepEmbedder time = new TimestepEmbedder(setup, 8);
        RotaryTable positions = new RotaryTable(DType.F64, rows, columns, 4)) {
      block.training(true);
      List<Parameter> parameters = new ArrayList<>(block.parameters().values());
      parameters.addAll(time.parameters().values());
      List<Tensor> inputs = new ArrayList<>();
      inputs.add(Samples.tensor(4, 1, 2, 6, 8));
      parameters.forEach(p -> inputs.add(Tensor.of(p.tensor().toDoubles(), p.shape().dims())));
      Function<Tensor[], Tensor> function =
          values -> {
            random.seek(0);
            List<Values> before = new ArrayList<>();
            for (int i = 0; i < parameters.size(); i++) {
              before.add(parameters.get(i).exchange(new Values(values[i + 1])));
            }
            Tensor index = Tensor.of(new int[] {0, 1, 2, 3, 4, 0, 1, 1, 1, 4, 2, 2}, 2, 6);
            Tensor moment = time.forward(Tensor.of(new double[] {3, 700}, 2, 1));
            Tensor x = Ops.add(values[0], moment);
            Tensor result = block.forward(x, index, positions, 2);
            for (int i = 0; i < parameters.size(); i++) {
              parameters.get(i).exchange(before.get(i));
            }
            return result;
          };
      GradCheck.checkSampled(9, function, inputs.toArray(Tensor[]::new)).assertOk();
      inputs.forEach(Tensor::close);
    }
  }
}
