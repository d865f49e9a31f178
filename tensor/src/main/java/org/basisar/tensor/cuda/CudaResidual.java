package org.basisar.tensor.cuda;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.basis.ResidualKernel;
import org.basisar.kernels.basis.TurnKernel;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/**
 * The residual loss by its closed form (see {@link Basis.ResidualLoss}) and its gradients, with x
 * and ŷ as F32 [N, B·C]:
 *
 * <ul>
 *   <li>∂/∂ŷ = 2·((W ∘ A·Aᵀ)·ŷ − w ∘ A·x)
 *   <li>∂/∂x = 2·(N·x − (w ∘ A)ᵀ·ŷ)
 *   <li>∂/∂A = 2·((W ∘ Σ ŷ·ŷᵀ)·A − w ∘ Σ ŷ·xᵀ)
 * </ul>
 */
final class CudaResidual {
  private static final long ALIGNMENT = 256;

  private final CudaContext context;
  private final ElementType type;
  private final Tensor x;
  private final int images;
  private final int n;
  private final int channels;
  private final int columns;
  private final long tokenBytes;
  private final long matrixBytes;
  private long free;

  private final long a;
  private final ResidualKernel.Products products;
  private final KernelLaunch[] turns;
  private final Gemm[] common;

  private CudaResidual(CudaContext context, Tensor[] inputs) {
    this.context = context;
    x = inputs[1];
    type = CudaContext.type(x.dtype());
    images = x.shape().dim(0);
    n = x.shape().dim(1);
    channels = x.shape().dim(2);
    columns = Math.multiplyExact(images, channels);
    tokenBytes = aligned(Float.BYTES * (long) n * columns);
    matrixBytes = aligned(Float.BYTES * (long) n * n);
    // Loss: 3 of tokens, 3 matrices, a row of partial sums. Gradient: 5 of tokens, 6 matrices.
    free = context.scratch(5 * tokenBytes + 6 * matrixBytes);
    a = matrix();
    products = new ResidualKernel.Products(tokens(), tokens(), tokens(), matrix(), matrix());
    turns =
        new KernelLaunch[] {
          turn(inputs[0], 1, n, n, a),
          turn(x, images, n, channels, products.tokens()),
          turn(inputs[2], images, n, channels, products.prediction())
        };
    common =
        new Gemm[] {
          product(false, false, columns, n, a, products.tokens(), products.transformed()),
          product(false, true, n, n, a, a, products.basisGram()),
          product(
              false,
              true,
              n,
              columns,
              products.prediction(),
              products.prediction(),
              products.predictionGram())
        };
  }

  static Launch loss(CudaContext context, Tensor[] inputs, Tensor output) {
    CudaResidual r = new CudaResidual(context, inputs);
    KernelLaunch[] sums =
        ResidualKernel.loss(
            context.kernels(),
            r.type,
            r.products,
            r.matrix(),
            r.n,
            r.columns,
            CudaContext.address(output));
    return () -> {
      r.compute();
      r.run(sums);
    };
  }

  static Launch gradient(CudaContext context, Tensor[] inputs, Tensor[] outputs) {
    CudaResidual r = new CudaResidual(context, inputs);
    ResidualKernel.Products p = r.products;
    int n = r.n;
    long weightedBasis = r.matrix();
    long mixed = r.matrix();
    long basisProduct = r.matrix();
    long predictionProduct = r.tokens();
    long tokensProduct = r.tokens();
    KernelLaunch weigh =
        ResidualKernel.weigh(
            context.kernels(), r.a, weightedBasis, p.basisGram(), p.predictionGram(), n);
    Gemm[] gemms = {
      r.product(false, false, r.columns, n, p.basisGram(), p.prediction(), predictionProduct),
      r.product(true, false, r.columns, n, weightedBasis, p.prediction(), tokensProduct),
      r.product(false, true, n, r.columns, p.prediction(), p.tokens(), mixed),
      r.product(false, false, n, n, p.predictionGram(), r.a, basisProduct)
    };
    long gradient = CudaContext.address(inputs[3]);
    KernelLaunch[] finish = {
      r.finish(basisProduct, mixed, gradient, outputs[0], 1, n, true),
      r.finish(tokensProduct, p.tokens(), gradient, outputs[1], r.images, r.channels, false),
      r.finish(predictionProduct, p.transformed(), gradient, outputs[2], r.images, r.channels, true)
    };
    return () -> {
      r.compute();
      r.run(weigh);
      r.multiply(gemms);
      r.run(finish);
    };
  }

  private static long aligned(long bytes) {
    return Math.ceilDiv(bytes, ALIGNMENT) * ALIGNMENT;
  }

  private long tokens() {
    free += tokenBytes;
    return free - tokenBytes;
  }

  private long matrix() {
    free += matrixBytes;
    return free - matrixBytes;
  }

  private KernelLaunch turn(Tensor in, int outer, int middle, int inner, long out) {
    return TurnKernel.prepare(
        context.kernels(),
        type,
        CudaContext.address(in),
        ElementType.F32,
        out,
        outer,
        middle,
        inner);
  }

  /** op(left)·op(right) with N rows of the result. */
  private Gemm product(
      boolean transposeLeft,
      boolean transposeRight,
      int resultColumns,
      int inner,
      long left,
      long right,
      long out) {
    return new Gemm(
        transposeLeft,
        transposeRight,
        n,
        resultColumns,
        inner,
        1,
        new Gemm.Operand(left, ElementType.F32, transposeLeft ? n : inner, 0),
        new Gemm.Operand(right, ElementType.F32, transposeRight ? inner : resultColumns, 0),
        0,
        new Gemm.Operand(out, ElementType.F32, resultColumns, 0),
        1,
        Gemm.Precision.FULL);
  }

  private KernelLaunch finish(
      long product, long other, long gradient, Tensor out, int outer, int inner, boolean weighted) {
    return ResidualKernel.finish(
        context.kernels(),
        type,
        product,
        other,
        gradient,
        CudaContext.address(out),
        outer,
        n,
        inner,
        weighted,
        (double) n * n * columns);
  }

  private void compute() {
    run(turns);
    multiply(common);
  }

  private void run(KernelLaunch... launches) {
    for (KernelLaunch launch : launches) {
      launch.run(context.stream());
    }
  }

  private void multiply(Gemm[] gemms) {
    for (Gemm gemm : gemms) {
      context.blas().gemm(context.stream(), gemm);
    }
  }
}
