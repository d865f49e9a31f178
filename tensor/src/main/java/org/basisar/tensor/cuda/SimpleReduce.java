package org.basisar.tensor.cuda;

import org.basisar.kernels.reduction.ReduceKind;
import org.basisar.kernels.reduction.ReduceShape;
import org.basisar.kernels.reduction.SimpleReduceKernel;
import org.basisar.tensor.Alternative;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Op;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;

/** Version 1 of reductions. */
final class SimpleReduce implements Alternative {
  private final CudaContext context;

  SimpleReduce(CudaContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return "simpleReduce";
  }

  @Override
  public boolean computes(Op op) {
    return op instanceof Reduction.Reduce || op instanceof Reduction.ReduceAll;
  }

  @Override
  public Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    Tensor in = inputs[0];
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    return switch (op) {
      case Reduction.Reduce(Reduction.Kind kind, int axis) ->
          reduce(kind, in, CudaReduction.shape(in.shape(), axis, out), out);
      case Reduction.ReduceAll(Reduction.Kind kind) ->
          reduce(kind, in, new ReduceShape(1, in.size(), 1), out);
      default -> throw new IllegalArgumentException(name() + " does not compute " + op.title());
    };
  }

  private Launch reduce(Reduction.Kind kind, Tensor in, ReduceShape shape, Tensor out) {
    ReduceKind function =
        switch (kind) {
          case SUM, MEAN -> ReduceKind.SUM;
          case MAX -> ReduceKind.MAX;
          case NORM -> ReduceKind.NORM;
          case LOG_SUM_EXP -> ReduceKind.LOG_SUM_EXP;
        };
    return context.launch(
        SimpleReduceKernel.prepare(
            context.kernels(),
            function,
            CudaContext.type(in.dtype()),
            CudaContext.address(in),
            shape,
            kind == Reduction.Kind.MEAN ? shape.extent() : 1,
            CudaContext.address(out)));
  }
}
