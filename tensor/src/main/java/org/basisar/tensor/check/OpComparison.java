package org.basisar.tensor.check;

import org.basisar.tensor.Alternative;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * A case computed in some dtype on some device, against the fp64 reference on the same operands.
 *
 * @param worst the largest error in units of the error allowed; at most 1 if the case passes
 * @param message where the largest error is
 */
public record OpComparison(OpCase opCase, DType dtype, double worst, String message) {
  /** Computes the case on a device, and the reference on the CPU from the same operands. */
  public static OpComparison of(OpCase opCase, DType dtype, Device device) {
    return of(opCase, dtype, device, Engine::run);
  }

  /** The same by one of the device's alternatives, which computes the operation. */
  public static OpComparison of(
      OpCase opCase, DType dtype, Device device, Alternative alternative) {
    return of(opCase, dtype, device, (op, inputs) -> run(alternative, op, inputs));
  }

  private static OpComparison of(OpCase opCase, DType dtype, Device device, OpCase.Runner runner) {
    return Device.CPU.call(() -> onCpu(opCase, dtype, device, runner));
  }

  /** The results hold NaN until the launch writes them. */
  private static Tensor[] run(Alternative alternative, Op op, Tensor[] inputs) {
    Op.Output[] shapes = op.infer(inputs);
    Tensor[] outputs = new Tensor[shapes.length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = Ops.fill(shapes[i].shape(), shapes[i].dtype(), Double.NaN);
    }
    alternative.prepare(op, inputs, outputs).run();
    return outputs;
  }

  private static OpComparison onCpu(
      OpCase opCase, DType dtype, Device device, OpCase.Runner runner) {
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = opCase.inputs(dtype);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = inputs[i].to(device);
      }
      Tensor[] actual = device.call(() -> opCase.run(runner, dtype, inputs));
      Tensor[] expected = opCase.run(DType.F64, opCase.inputs(dtype, DType.F64));
      OpComparison worst = new OpComparison(opCase, dtype, 0, "no element differs");
      for (int i = 0; i < actual.length; i++) {
        OpComparison result = compare(opCase, dtype, i, actual[i], expected[i]);
        worst = result.worst > worst.worst ? result : worst;
      }
      return worst;
    }
  }

  /** Computes both on the CPU. */
  public static OpComparison of(OpCase opCase, DType dtype) {
    return of(opCase, dtype, Device.CPU);
  }

  private static OpComparison compare(
      OpCase opCase, DType dtype, int result, Tensor actualTensor, Tensor expectedTensor) {
    double[] actual = actualTensor.toDoubles();
    double[] expected = expectedTensor.toDoubles();
    double scale = 0;
    for (double value : expected) {
      scale = Math.max(scale, Math.abs(value));
    }
    DType stored = actualTensor.dtype();
    Tolerance tolerance =
        opCase.rounding()
            ? Tolerance.rounded(stored, opCase.terms(), scale)
            : Tolerance.storage(stored, opCase.terms(), scale);
    double worst = 0;
    int at = -1;
    for (int i = 0; i < expected.length; i++) {
      double error = error(tolerance, actual[i], expected[i]);
      if (error > worst) {
        worst = error;
        at = i;
      }
    }
    String message =
        at < 0
            ? "result " + result + " is exact"
            : "result %d, element %d of %s: %s instead of %s, %.3g times what is allowed"
                .formatted(result, at, actualTensor, actual[at], expected[at], worst);
    return new OpComparison(opCase, dtype, worst, opCase.name() + " in " + dtype + ": " + message);
  }

  private static double error(Tolerance tolerance, double actual, double expected) {
    if (Double.compare(actual, expected) == 0) {
      return 0;
    }
    double error =
        Math.abs(actual - expected)
            / (tolerance.absolute() + tolerance.relative() * Math.abs(expected));
    return Double.isNaN(error) ? Double.POSITIVE_INFINITY : error;
  }

  /** Whether every element is close enough. */
  public boolean passes() {
    return worst <= 1;
  }
}
