package org.basisar.tensor.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.FusedBlas;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.GpuException;
import org.basisar.kernels.matrix.EpilogueKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Tensor;

/**
 * A linear layer. A bias alone is the library's, where it can: it is added to a sum before that is
 * stored. Else a bias or a residual alone is written to the result first and the product added to
 * it in fp32. Everything else goes through a product in F32, so that it is rounded once: in the
 * result itself if that is F32, otherwise by blocks of rows that stay in cache.
 */
final class CudaLinear {
  private static final long BLOCK_BYTES = 16 << 20;

  /** What the library counts on when it chooses how to do a product with a bias. */
  private static final int FUSED_ALIGNMENT = 256;

  private final CudaContext context;
  private final ElementType type;
  private final long x;
  private final long weight;
  private final long out;
  private final int rows;
  private final int width;
  private final int inner;

  private CudaLinear(CudaContext context, Tensor[] inputs, Tensor output) {
    this.context = context;
    type = CudaContext.type(output.dtype());
    x = CudaContext.address(inputs[0]);
    weight = CudaContext.address(inputs[1]);
    out = CudaContext.address(output);
    width = inputs[1].shape().dim(0);
    inner = inputs[1].shape().dim(1);
    rows = output.size() / width;
  }

  static Launch prepare(CudaContext context, Matrix.Linear op, Tensor[] inputs, Tensor output) {
    CudaLinear linear = new CudaLinear(context, inputs, output);
    long bias = op.bias() ? CudaContext.address(inputs[2]) : 0;
    long residual = op.residual() ? CudaContext.address(inputs[inputs.length - 1]) : 0;
    boolean gelu = op.epilogue() == Matrix.Epilogue.GELU;
    List<Launch> steps = new ArrayList<>();
    if (!gelu && (bias == 0 || residual == 0)) {
      linear.addProduct(steps, bias, residual, output);
    } else {
      linear.finishProduct(steps, new EpilogueKernel.Epilogue(bias, residual, gelu));
    }
    Launch[] all = steps.toArray(new Launch[0]);
    return () -> {
      for (Launch step : all) {
        step.run();
      }
    };
  }

  private void addProduct(List<Launch> steps, long bias, long residual, Tensor output) {
    if (bias != 0) {
      steps.add(biasedProduct(bias));
      return;
    }
    if (residual != 0) {
      long bytes = (long) rows * width * type.bytes();
      steps.add(() -> context.stream().copy(out, residual, bytes));
    } else if (inner == 0) {
      steps.add(context.fill(output, 0));
    }
    if (inner > 0) {
      steps.add(run(product(0, rows, residual == 0 ? 0 : 1, out, type)));
    }
  }

  private Launch biasedProduct(long bias) {
    Launch start =
        context.launch(EpilogueKernel.start(context.kernels(), type, bias, rows, width, out));
    if (inner == 0) {
      return start;
    }
    Launch add = run(product(0, rows, 1, out, type));
    Launch separate =
        () -> {
          start.run();
          add.run();
        };
    Optional<FusedBlas> fused = context.gpu().fusedBlas();
    boolean aligned = (x | weight | out) % FUSED_ALIGNMENT == 0;
    return fused.isPresent() && aligned
        ? new FusedProduct(context, fused.get(), product(0, rows, 0, out, type), bias, separate)
        : separate;
  }

  /** A product and its bias in one; in two steps once the library has said that it cannot. */
  private static final class FusedProduct implements Launch {
    private final CudaContext context;
    private final FusedBlas fused;
    private final Gemm gemm;
    private final long bias;
    private final Launch separate;
    private boolean refused;

    FusedProduct(CudaContext context, FusedBlas fused, Gemm gemm, long bias, Launch separate) {
      this.context = context;
      this.fused = fused;
      this.gemm = gemm;
      this.bias = bias;
      this.separate = separate;
    }

    @Override
    public void run() {
      if (!refused) {
        try {
          fused.gemm(context.stream(), gemm, FusedBlas.Epilogue.BIAS, bias);
          return;
        } catch (GpuException _) {
          refused = true;
        }
      }
      separate.run();
    }
  }

  private void finishProduct(List<Launch> steps, EpilogueKernel.Epilogue epilogue) {
    boolean inPlace = type == ElementType.F32;
    long rowBytes = (long) width * ElementType.F32.bytes();
    int block = inPlace ? rows : Math.clamp(BLOCK_BYTES / rowBytes, 1, rows);
    long product = inPlace ? out : context.scratch(block * rowBytes);
    for (int first = 0; first < rows; first += block) {
      int count = Math.min(block, rows - first);
      long at = (long) first * width * type.bytes();
      steps.add(
          inner > 0
              ? run(product(first, count, 0, product, ElementType.F32))
              : zeros(product, count * rowBytes));
      EpilogueKernel.Epilogue ofBlock =
          new EpilogueKernel.Epilogue(
              epilogue.bias(),
              epilogue.residual() == 0 ? 0 : epilogue.residual() + at,
              epilogue.gelu());
      steps.add(
          context.launch(
              EpilogueKernel.finish(
                  context.kernels(), type, product, ofBlock, count, width, out + at)));
    }
  }

  private Launch zeros(long product, long bytes) {
    return () -> context.stream().fill(product, (byte) 0, bytes);
  }

  /** x·weightᵀ of some rows, added to {@code beta} times what is there. */
  private Gemm product(int first, int count, float beta, long to, ElementType resultType) {
    return new Gemm(
        false,
        true,
        count,
        width,
        inner,
        1,
        new Gemm.Operand(x + (long) first * inner * type.bytes(), type, inner, 0),
        new Gemm.Operand(weight, type, inner, 0),
        beta,
        new Gemm.Operand(to, resultType, width, 0),
        1,
        Gemm.Precision.FULL);
  }

  private Launch run(Gemm gemm) {
    return () -> context.blas().gemm(context.stream(), gemm);
  }
}
