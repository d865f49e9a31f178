package org.basisar.tensor.cpu;

import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Tensor;

/**
 * Reference kernels of {@link Optimization}; operands written in place are stored by the caller.
 */
final class PlainOptimization {
  private PlainOptimization() {}

  static PlainKernels.Body body(Optimization op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Optimization.GlobalNorm() ->
          (in, out) -> {
            double sum = 0;
            for (double[] gradient : in) {
              sum += PlainLoops.dot(gradient, 0, gradient, 0, gradient.length);
            }
            out[0][0] = Math.sqrt(sum);
          };
      case Optimization.AdamW step -> (in, out) -> adamW(step, in, inputs[0].dtype());
      case Optimization.CopyInto() ->
          (in, out) -> System.arraycopy(in[1], 0, in[0], 0, in[0].length);
      case Optimization.AddInto() ->
          (in, out) -> PlainLoops.axpy(1, in[1], 0, in[0], 0, in[0].length);
    };
  }

  private static void adamW(Optimization.AdamW step, double[][] in, DType dtype) {
    double rate = in[0][0];
    double correction1 = in[0][1];
    double correction2 = in[0][2];
    double norm = in[1][0];
    if (!Double.isFinite(norm)) {
      return;
    }
    double clip = Math.min(1, step.maxNorm() / (norm + 1e-6));
    int count = step.count();
    for (int index = 2; index < 2 + count; index++) {
      double[] parameter = in[index];
      double[] gradient = in[index + count];
      double[] first = in[index + 2 * count];
      double[] second = in[index + 3 * count];
      double[] average = in[index + 4 * count];
      for (int i = 0; i < parameter.length; i++) {
        double g = gradient[i] * clip;
        double m = step.beta1() * first[i] + (1 - step.beta1()) * g;
        double v = step.beta2() * second[i] + (1 - step.beta2()) * g * g;
        double p = parameter[i] - rate * step.weightDecay() * parameter[i];
        p -= rate * (m / correction1) / (Math.sqrt(v / correction2) + step.epsilon());
        first[i] = m;
        second[i] = v;
        parameter[i] = p;
        average[i] = step.averageDecay() * average[i] + (1 - step.averageDecay()) * p;
      }
      if (index < 2 + step.copies()) {
        // Of the weights as they will be stored, so that rounding twice gives what a cast gives.
        Object stored = HostArrays.fromDoubles(dtype, parameter);
        HostArrays.load(dtype, stored, 0, in[index + 5 * count], 0, parameter.length);
      }
    }
  }
}
