package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Generation}. */
final class PlainGeneration {
  private PlainGeneration() {}

  static PlainKernels.Body body(Generation op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Generation.Fill(Shape _, DType _, double value) ->
          (in, out) -> Arrays.fill(out[0], value);
      case Generation.Normal(Shape _, DType _, int call) ->
          (in, out) -> {
            PlainRandom random = new PlainRandom(in[0], call);
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = random.normal(i);
            }
          };
      case Generation.Uniform(Shape _, DType _, int call) ->
          (in, out) -> {
            PlainRandom random = new PlainRandom(in[0], call);
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = random.uniform(i);
            }
          };
      case Generation.Dropout(double rate, int call) ->
          (in, out) -> {
            PlainRandom random = new PlainRandom(in[1], call);
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = random.uniform(i) >= rate ? in[0][i] / (1 - rate) : 0;
            }
          };
    };
  }
}
