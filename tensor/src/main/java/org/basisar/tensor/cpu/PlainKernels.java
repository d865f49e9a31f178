package org.basisar.tensor.cpu;

import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Tensor;

/**
 * The reference kernels: every operation, every dtype, computed in fp64 by plain loops. Operands
 * are converted to doubles, results rounded once to their dtype, so a BF16 or F32 result is the
 * correctly computed value rounded to storage.
 */
final class PlainKernels {
  private PlainKernels() {}

  /** A computation on dense row-major doubles. */
  @FunctionalInterface
  interface Body {
    /** Fills {@code outputs} (and the operands that the operation mutates) from {@code inputs}. */
    void compute(double[][] inputs, double[][] outputs);
  }

  static Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    Body body = PlainTable.body(op, inputs, outputs);
    int[] mutated = op.mutates(inputs);
    return () -> {
      double[][] in = new double[inputs.length][];
      for (int i = 0; i < in.length; i++) {
        in[i] = load(inputs[i]);
      }
      double[][] out = new double[outputs.length][];
      for (int i = 0; i < out.length; i++) {
        out[i] = new double[outputs[i].size()];
      }
      body.compute(in, out);
      for (int i = 0; i < out.length; i++) {
        store(out[i], outputs[i]);
      }
      for (int index : mutated) {
        store(in[index], inputs[index]);
      }
    };
  }

  private static double[] load(Tensor tensor) {
    double[] values = new double[tensor.size()];
    DType dtype = tensor.dtype();
    if (tensor.isDense()) {
      HostArrays.load(dtype, tensor.storage().memory(), tensor.offset(), values, 0, values.length);
      return values;
    }
    int rank = tensor.shape().rank();
    int[] index = new int[rank];
    for (int i = 0; i < values.length; i++) {
      int at = tensor.offset();
      for (int axis = 0; axis < rank; axis++) {
        at += index[axis] * tensor.stride(axis);
      }
      HostArrays.load(dtype, tensor.storage().memory(), at, values, i, 1);
      for (int axis = rank - 1; axis >= 0 && ++index[axis] == tensor.shape().dim(axis); axis--) {
        index[axis] = 0;
      }
    }
    return values;
  }

  private static void store(double[] values, Tensor tensor) {
    HostArrays.store(
        tensor.dtype(), values, 0, tensor.storage().memory(), tensor.offset(), values.length);
  }
}
