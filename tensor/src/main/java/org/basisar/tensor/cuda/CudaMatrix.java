package org.basisar.tensor.cuda;

import org.basisar.gpu.Gemm;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Matrix} to products of the dense library and kernels. */
final class CudaMatrix {
  private CudaMatrix() {}

  static Launch prepare(CudaContext context, Matrix op, Tensor[] inputs, Tensor[] outputs) {
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    return switch (op) {
      case Matrix.Linear linear -> CudaLinear.prepare(context, linear, inputs, out);
      case Matrix.MatMul product -> {
        if (product.inner(inputs[0]) == 0) {
          yield context.fill(out, 0);
        }
        Gemm[] gemms = MatMulPlan.gemms(product, inputs[0], inputs[1], out);
        yield () -> {
          for (Gemm gemm : gemms) {
            context.blas().gemm(context.stream(), gemm);
          }
        };
      }
    };
  }
}
