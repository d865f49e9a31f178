package org.basisar.tensor.cuda;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.basis.ResidualScanKernel;
import org.basisar.kernels.basis.TurnKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** The residual loss by its definition, on F32 copies of what is in BF16. */
final class CudaResidualScan {
  private static final long ALIGNMENT = 256;

  private final CudaContext context;
  private final ElementType type;
  private final ResidualScanKernel.Extents extents;
  private final List<KernelLaunch> launches = new ArrayList<>();
  private long free;

  private CudaResidualScan(CudaContext context, Tensor x) {
    this.context = context;
    type = CudaContext.type(x.dtype());
    Shape shape = x.shape();
    extents = new ResidualScanKernel.Extents(shape.dim(0), shape.dim(1), shape.dim(2));
    // Operands and results if they are not F32, the factor, and the parts of the gradient.
    long tokens = 4 * aligned(x.size());
    long matrices = (2L + extents.parts()) * aligned((long) extents.n() * extents.n());
    free = context.scratch(tokens + matrices + aligned(extents.items()) + aligned(1));
  }

  static Launch loss(CudaContext context, Tensor[] inputs, Tensor output) {
    CudaResidualScan scan = new CudaResidualScan(context, inputs[1]);
    ResidualScanKernel.Inputs in = scan.inputs(inputs);
    long partial = scan.take(scan.extents.items());
    scan.add(
        ResidualScanKernel.value(
            context.kernels(), scan.type, scan.extents, in, partial, CudaContext.address(output)));
    return context.launches(scan.launches);
  }

  static Launch gradient(CudaContext context, Tensor[] inputs, Tensor[] outputs) {
    CudaResidualScan scan = new CudaResidualScan(context, inputs[1]);
    ResidualScanKernel.Inputs in = scan.inputs(inputs);
    long factor = scan.single(inputs[3]);
    long[] results = new long[outputs.length];
    for (int i = 0; i < results.length; i++) {
      results[i] =
          scan.type == ElementType.F32
              ? CudaContext.address(outputs[i])
              : scan.take(outputs[i].size());
    }
    long parts = scan.take((long) scan.extents.parts() * outputs[0].size());
    scan.add(
        ResidualScanKernel.gradient(
            context.kernels(),
            scan.extents,
            in,
            factor,
            parts,
            new ResidualScanKernel.Gradients(results[0], results[1], results[2])));
    for (int i = 0; i < results.length; i++) {
      if (scan.type != ElementType.F32) {
        long out = CudaContext.address(outputs[i]);
        scan.convert(ElementType.F32, results[i], scan.type, out, outputs[i].size());
      }
    }
    return context.launches(scan.launches);
  }

  private ResidualScanKernel.Inputs inputs(Tensor[] inputs) {
    return new ResidualScanKernel.Inputs(single(inputs[0]), single(inputs[1]), single(inputs[2]));
  }

  /** The address of a tensor's elements in F32. */
  private long single(Tensor tensor) {
    long address = CudaContext.address(tensor);
    if (type == ElementType.F32) {
      return address;
    }
    long copy = take(tensor.size());
    convert(type, address, ElementType.F32, copy, tensor.size());
    return copy;
  }

  private void convert(ElementType from, long in, ElementType to, long out, int count) {
    launches.add(TurnKernel.prepare(context.kernels(), from, in, to, out, 1, 1, count));
  }

  private void add(KernelLaunch... prepared) {
    launches.addAll(List.of(prepared));
  }

  private static long aligned(long count) {
    return Math.ceilDiv(Float.BYTES * count, ALIGNMENT) * ALIGNMENT;
  }

  /** Scratch for F32 elements. */
  private long take(long count) {
    long address = free;
    free += aligned(count);
    return address;
  }
}
