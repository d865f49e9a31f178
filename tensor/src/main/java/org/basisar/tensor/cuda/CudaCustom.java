package org.basisar.tensor.cuda;

import org.basisar.tensor.CustomOp;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Operations from outside have code for the host only: their operands go there and come back. */
final class CudaCustom {
  private CudaCustom() {}

  /** A launch that reads back, and so cannot become part of a graph. */
  @FunctionalInterface
  interface HostLaunch extends Launch {}

  static Launch prepare(CudaBackend backend, CustomOp op, Tensor[] inputs, Tensor[] outputs) {
    return (HostLaunch)
        () -> {
          double[][] from = new double[inputs.length][];
          for (int i = 0; i < from.length; i++) {
            Object host = HostArrays.create(inputs[i].dtype(), inputs[i].size());
            backend.read(
                inputs[i].storage().memory(), inputs[i].offset(), host, 0, inputs[i].size());
            from[i] = HostArrays.toDoubles(inputs[i].dtype(), host);
          }
          double[][] to = new double[outputs.length][];
          for (int i = 0; i < to.length; i++) {
            to[i] = new double[outputs[i].size()];
          }
          op.compute(from, to);
          for (int i = 0; i < to.length; i++) {
            Object host = HostArrays.fromDoubles(outputs[i].dtype(), to[i]);
            backend.write(
                outputs[i].storage().memory(), outputs[i].offset(), host, 0, outputs[i].size());
          }
        };
  }
}
