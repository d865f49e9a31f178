package org.basisar.tensor.cuda;

import static org.basisar.tensor.cuda.CudaContext.address;
import static org.basisar.tensor.cuda.CudaContext.type;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.elementwise.FillKernel;
import org.basisar.kernels.generation.RandomKernel;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Generation} to kernels. */
final class CudaGeneration {
  private CudaGeneration() {}

  static Launch prepare(CudaContext context, Generation op, Tensor[] inputs, Tensor[] outputs) {
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    KernelLibrary kernels = context.kernels();
    ElementType type = type(out.dtype());
    long to = address(out);
    long count = out.size();
    return context.launch(
        switch (op) {
          case Generation.Fill fill -> FillKernel.prepare(kernels, type, to, count, fill.value());
          case Generation.Normal normal ->
              RandomKernel.normal(kernels, type, to, count, address(inputs[0]), normal.call());
          case Generation.Uniform uniform ->
              RandomKernel.uniform(kernels, type, to, count, address(inputs[0]), uniform.call());
          case Generation.Dropout(double rate, int call) ->
              RandomKernel.dropout(
                  kernels, type, address(inputs[0]), to, count, address(inputs[1]), call, rate);
        });
  }
}
