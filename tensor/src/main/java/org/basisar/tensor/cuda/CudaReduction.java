package org.basisar.tensor.cuda;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.reduction.CrossEntropyKernel;
import org.basisar.kernels.reduction.ReduceKind;
import org.basisar.kernels.reduction.ReducePlan;
import org.basisar.kernels.reduction.ReduceShape;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Reduction} to kernels. */
final class CudaReduction {
  private CudaReduction() {}

  static Launch prepare(CudaContext context, Reduction op, Tensor[] inputs, Tensor[] outputs) {
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    Tensor in = inputs[0];
    return switch (op) {
      case Reduction.Reduce(Reduction.Kind kind, int axis) ->
          reduce(context, kind, in, shape(in.shape(), axis, out), out);
      case Reduction.ReduceAll(Reduction.Kind kind) ->
          reduce(context, kind, in, new ReduceShape(1, in.size(), 1), out);
      case Reduction.SumTo(Shape _) -> CudaSumTo.prepare(context, in, out);
      case Reduction.CrossEntropy() -> crossEntropy(context, inputs, out);
      case Reduction.CrossEntropyGradient() -> crossEntropyGradient(context, inputs, out);
    };
  }

  /** An array as the axes before, of and behind the one that is reduced to {@code out}. */
  static ReduceShape shape(Shape shape, int axis, Tensor out) {
    int inner = 1;
    for (int i = shape.axis(axis) + 1; i < shape.rank(); i++) {
      inner *= shape.dim(i);
    }
    return new ReduceShape(out.size() / inner, shape.dim(axis), inner);
  }

  private static Launch reduce(
      CudaContext context, Reduction.Kind kind, Tensor in, ReduceShape shape, Tensor out) {
    return switch (kind) {
      case SUM -> reduce(context, ReduceKind.SUM, in, shape, 1, out);
      case MEAN -> reduce(context, ReduceKind.SUM, in, shape, shape.extent(), out);
      case MAX -> reduce(context, ReduceKind.MAX, in, shape, 1, out);
      case NORM -> reduce(context, ReduceKind.NORM, in, shape, 1, out);
      case LOG_SUM_EXP -> reduce(context, ReduceKind.LOG_SUM_EXP, in, shape, 1, out);
    };
  }

  static Launch reduce(
      CudaContext context,
      ReduceKind kind,
      Tensor in,
      ReduceShape shape,
      float divisor,
      Tensor out) {
    return context.launches(
        ReducePlan.prepare(
            context.kernels(),
            kind,
            CudaContext.type(in.dtype()),
            CudaContext.address(in),
            shape,
            divisor,
            context.scratch(ReducePlan.scratchBytes(kind, shape)),
            CudaContext.address(out)));
  }

  private static Launch crossEntropy(CudaContext context, Tensor[] inputs, Tensor out) {
    Tensor logits = inputs[0];
    int rows = logits.shape().dim(0);
    return context.launches(
        CrossEntropyKernel.prepare(
            context.kernels(),
            CudaContext.type(logits.dtype()),
            CudaContext.address(logits),
            CudaContext.address(inputs[1]),
            rows,
            logits.shape().dim(1),
            context.scratch((long) rows * ElementType.F32.bytes()),
            CudaContext.address(out)));
  }

  private static Launch crossEntropyGradient(CudaContext context, Tensor[] inputs, Tensor out) {
    Tensor logits = inputs[0];
    return context.launch(
        CrossEntropyKernel.gradient(
            context.kernels(),
            CudaContext.type(logits.dtype()),
            CudaContext.address(logits),
            CudaContext.address(inputs[1]),
            CudaContext.address(inputs[2]),
            logits.shape().dim(0),
            logits.shape().dim(1),
            CudaContext.address(out)));
  }
}
