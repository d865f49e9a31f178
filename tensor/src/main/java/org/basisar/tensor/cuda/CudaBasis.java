package org.basisar.tensor.cuda;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.basis.OrthogonalityKernel;
import org.basisar.kernels.basis.TransformKernel;
import org.basisar.kernels.basis.TurnKernel;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Basis} to kernels and matrix products. */
final class CudaBasis {
  private CudaBasis() {}

  static Launch prepare(CudaContext context, Basis op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs[0].size() == 0) {
      return CudaContext.nothing();
    }
    return switch (op) {
      case Basis.Transform(boolean transposed) ->
          transform(context, transposed, inputs[0], inputs[1], outputs[0]);
      case Basis.NoisyTransform() -> noisyTransform(context, inputs, outputs[0], outputs[1]);
      case Basis.OuterSum() -> outerSum(context, inputs[0], inputs[1], outputs[0]);
      case Basis.Orthogonality() -> orthogonality(context, inputs[0], outputs);
      case Basis.ResidualLoss(Basis.ResidualForm form) ->
          inputs[1].size() == 0
              ? context.fill(outputs[0], Double.NaN)
              : residualLoss(context, form, inputs, outputs[0]);
      case Basis.ResidualLossGradient(Basis.ResidualForm form) ->
          inputs[1].size() == 0
              ? context.fill(outputs[0], 0)
              : residualGradient(context, form, inputs, outputs);
    };
  }

  private static Launch residualLoss(
      CudaContext context, Basis.ResidualForm form, Tensor[] inputs, Tensor output) {
    return switch (form) {
      case CLOSED -> CudaResidual.loss(context, inputs, output);
      case SCAN -> CudaResidualScan.loss(context, inputs, output);
    };
  }

  private static Launch residualGradient(
      CudaContext context, Basis.ResidualForm form, Tensor[] inputs, Tensor[] outputs) {
    return switch (form) {
      case CLOSED -> CudaResidual.gradient(context, inputs, outputs);
      case SCAN -> CudaResidualScan.gradient(context, inputs, outputs);
    };
  }

  /** A·x of every image, A being shared. */
  private static Launch transform(
      CudaContext context, boolean transposed, Tensor a, Tensor x, Tensor out) {
    if (x.size() == 0) {
      return context.fill(out, 0);
    }
    ElementType type = CudaContext.type(x.dtype());
    int channels = x.shape().dim(2);
    int inner = x.shape().dim(1);
    int rows = out.shape().dim(1);
    Gemm gemm =
        new Gemm(
            transposed,
            false,
            rows,
            channels,
            inner,
            1,
            new Gemm.Operand(CudaContext.address(a), type, a.shape().dim(1), 0),
            new Gemm.Operand(CudaContext.address(x), type, channels, (long) inner * channels),
            0,
            new Gemm.Operand(CudaContext.address(out), type, channels, (long) rows * channels),
            x.shape().dim(0),
            Gemm.Precision.FULL);
    return () -> context.blas().gemm(context.stream(), gemm);
  }

  /** In one pass where that {@linkplain TransformKernel#suits suits}. */
  private static Launch noisyTransform(
      CudaContext context, Tensor[] inputs, Tensor y, Tensor noisy) {
    Tensor a = inputs[0];
    Tensor x = inputs[1];
    Tensor noise = inputs[2];
    Tensor time = inputs[3];
    ElementType type = CudaContext.type(x.dtype());
    Shape shape = y.shape();
    if (TransformKernel.suits(type, shape.dim(2))) {
      return context.launch(
          TransformKernel.prepare(
              context.kernels(),
              type,
              new TransformKernel.Extents(
                  shape.dim(0), shape.dim(1), x.shape().dim(1), shape.dim(2)),
              CudaContext.address(a),
              CudaContext.address(x),
              0,
              CudaContext.address(y),
              new TransformKernel.Noise(
                  CudaContext.address(noise),
                  CudaContext.address(time),
                  time.shape().dim(1),
                  CudaContext.address(noisy))));
    }
    Launch transform = transform(context, false, a, x, y);
    Launch interpolate =
        context.launch(
            CudaElementwise.interpolate(
                context.kernels(), type, new Tensor[] {y, noise, time}, noisy));
    return () -> {
      transform.run();
      interpolate.run();
    };
  }

  private static Launch orthogonality(CudaContext context, Tensor a, Tensor[] outputs) {
    int n = a.shape().dim(0);
    return context.launches(
        OrthogonalityKernel.prepare(
            context.kernels(),
            CudaContext.type(a.dtype()),
            n,
            CudaContext.address(a),
            context.scratch((long) OrthogonalityKernel.parts(n) * Float.BYTES),
            new OrthogonalityKernel.Results(
                CudaContext.address(outputs[0]),
                CudaContext.address(outputs[1]),
                CudaContext.address(outputs[2]))));
  }

  /** One product over images and channels, which are brought side by side first. */
  private static Launch outerSum(CudaContext context, Tensor left, Tensor right, Tensor out) {
    if (left.size() == 0) {
      return context.fill(out, 0);
    }
    ElementType type = CudaContext.type(out.dtype());
    long leftBytes = (long) left.size() * type.bytes();
    long turnedLeft = context.scratch(2 * 256 + leftBytes + (long) right.size() * type.bytes());
    long turnedRight = turnedLeft + Math.ceilDiv(leftBytes, 256L) * 256;
    Shape p = left.shape();
    int columns = p.dim(0) * p.dim(2);
    KernelLaunch turnLeft = turn(context, type, left, turnedLeft);
    KernelLaunch turnRight = turn(context, type, right, turnedRight);
    int n = out.shape().dim(1);
    Gemm gemm =
        new Gemm(
            false,
            true,
            p.dim(1),
            n,
            columns,
            1,
            new Gemm.Operand(turnedLeft, type, columns, 0),
            new Gemm.Operand(turnedRight, type, columns, 0),
            0,
            new Gemm.Operand(CudaContext.address(out), type, n, 0),
            1,
            Gemm.Precision.FULL);
    return () -> {
      turnLeft.run(context.stream());
      turnRight.run(context.stream());
      context.blas().gemm(context.stream(), gemm);
    };
  }

  private static KernelLaunch turn(CudaContext context, ElementType type, Tensor in, long out) {
    Shape shape = in.shape();
    return TurnKernel.prepare(
        context.kernels(),
        type,
        CudaContext.address(in),
        type,
        out,
        shape.dim(0),
        shape.dim(1),
        shape.dim(2));
  }
}
