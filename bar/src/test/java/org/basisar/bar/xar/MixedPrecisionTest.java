package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Products in BF16 move forward and gradients by BF16's rounding and no more. */
final class MixedPrecisionTest {
  /** The loss first, then the gradient of every parameter. */
  private static List<double[]> lossAndGradients(DType products) {
    try (Scope _ = Scope.open();
        Random initial = new Random(1);
        Random training = new Random(2);
        XarModel model =
            new XarModel(
                new Setup(DType.F32, products, initial, training), ReferenceNumbers.tiny());
        Tape tape = Tape.open()) {
      model.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
      XarConfig config = model.config();
      int tokens = model.layout().positions();
      Tensor noisy = training.normal(DType.F32, 2, tokens, config.tokenDimension());
      Tensor time =
          Ops.affine(training.uniform(DType.F32, 2, model.layout().cells().count()), 900, 10);
      Tensor velocity = model.forward(noisy, time, Tensor.of(new int[] {1, 2}, 2));
      assertThat(velocity.dtype()).isEqualTo(DType.F32);
      Tensor loss = Ops.mean(Ops.square(Ops.sub(velocity, noisy)));
      Gradients gradients = tape.backward(loss);
      List<double[]> all = new ArrayList<>();
      all.add(loss.toDoubles());
      for (Parameter parameter : model.parameters().values()) {
        Tensor gradient = gradients.of(parameter.tensor());
        assertThat(gradient.dtype()).isEqualTo(DType.F32);
        all.add(gradient.toDoubles());
      }
      return all;
    }
  }

  @Test
  void roundingIsAllThatChanges() {
    List<double[]> single = lossAndGradients(DType.F32);
    List<double[]> mixed = lossAndGradients(DType.BF16);
    double unit = 0x1p-8;
    for (int i = 0; i < single.size(); i++) {
      double difference = 0;
      double size = 0;
      for (int j = 0; j < single.get(i).length; j++) {
        difference += Math.pow(single.get(i)[j] - mixed.get(i)[j], 2);
        size += Math.pow(single.get(i)[j], 2);
      }
      // Some dozens of roundings lie on the way of every gradient; their errors add like a walk.
      assertThat(Math.sqrt(difference)).isLessThan(8 * unit * Math.sqrt(size) + 1e-12);
      assertThat(difference).isPositive();
    }
  }
}
