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
          (in, out) -> Philox.normal(seed(in[0]), step(in[0]), call, 0, out[0], 0, out[0].length);
      case Generation.Uniform(Shape _, DType _, int call) ->
          (in, out) -> uniform(in[0], call, 0, out[0]);
      case Generation.Dropout(double rate, int call) ->
          (in, out) -> {
            uniform(in[1], call, 0, out[0]);
            for (int i = 0; i < out[0].length; i++) {
              out[0][i] = out[0][i] >= rate ? in[0][i] / (1 - rate) : 0;
            }
          };
    };
  }

  /** Fills {@code out} with the uniform numbers from {@code first} on. */
  static void uniform(double[] state, int call, long first, double[] out) {
    Philox.uniform(seed(state), step(state), call, first, out, 0, out.length);
  }

  private static long seed(double[] state) {
    return join(state[0], state[1]);
  }

  private static long step(double[] state) {
    return join(state[2], state[3]);
  }

  private static long join(double low, double high) {
    return ((int) low & 0xffffffffL) | ((long) (int) high << 32);
  }
}
