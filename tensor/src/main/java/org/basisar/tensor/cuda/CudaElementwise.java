package org.basisar.tensor.cuda;

import static org.basisar.tensor.cuda.CudaContext.address;
import static org.basisar.tensor.cuda.CudaContext.type;

import java.util.List;
import java.util.Locale;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.elementwise.BinaryKernel;
import org.basisar.kernels.elementwise.BroadcastKernel;
import org.basisar.kernels.elementwise.CastKernel;
import org.basisar.kernels.elementwise.GateKernel;
import org.basisar.kernels.elementwise.ScalarKernel;
import org.basisar.kernels.elementwise.UnaryKernel;
import org.basisar.kernels.movement.CopyKernel;
import org.basisar.tensor.Axes;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Elementwise} to kernels. */
final class CudaElementwise {
  private CudaElementwise() {}

  static Launch prepare(CudaContext context, Elementwise op, Tensor[] inputs, Tensor[] outputs) {
    if (outputs[0].size() == 0) {
      return CudaContext.nothing();
    }
    KernelLibrary kernels = context.kernels();
    Tensor out = outputs[0];
    ElementType type = type(out.dtype());
    long x = address(inputs[0]);
    long y = address(out);
    long count = out.size();
    return switch (op) {
      case Elementwise.Unary(UnaryKind kind) ->
          context.launch(UnaryKernel.forward(kernels, name(kind), type, x, y, count));
      case Elementwise.UnaryGradient(UnaryKind kind) ->
          context.launch(
              UnaryKernel.gradient(kernels, name(kind), type, x, address(inputs[1]), y, count));
      case Elementwise.Binary(BinaryKind kind) ->
          context.launches(binary(kernels, op, kind, inputs[0], inputs[1], out));
      case Elementwise.Compare(CompareKind kind) ->
          context.launch(
              BinaryKernel.compare(
                  kernels,
                  relation(kind),
                  type(inputs[0].dtype()),
                  x,
                  address(inputs[1]),
                  y,
                  count));
      case Elementwise.Where() ->
          context.launch(
              BinaryKernel.where(
                  kernels, type, x, address(inputs[1]), address(inputs[2]), y, count));
      case Elementwise.Affine(double scale, double shift) ->
          context.launch(ScalarKernel.affine(kernels, type, x, y, count, scale, shift));
      case Elementwise.Power(double exponent) ->
          context.launch(ScalarKernel.power(kernels, type, x, y, count, exponent));
      case Elementwise.Clamp(double least, double most) ->
          context.launch(ScalarKernel.clamp(kernels, type, x, y, count, least, most));
      case Elementwise.Cast _ ->
          context.launches(cast(kernels, type(inputs[0].dtype()), type, x, y, count));
      case Elementwise.GatedGelu() ->
          context.launches(GateKernel.gatedGelu(kernels, type, x, address(inputs[1]), y, count));
      case Elementwise.GatedGeluGradient() ->
          context.launches(
              GateKernel.gatedGeluGradient(
                  kernels,
                  type,
                  x,
                  address(inputs[1]),
                  address(inputs[2]),
                  y,
                  address(outputs[1]),
                  count));
      case Elementwise.GateResidual() -> context.launch(residual(kernels, type, inputs, out));
      case Elementwise.GateResidualGradient() ->
          context.launch(residualGradient(kernels, type, inputs, outputs));
      case Elementwise.Interpolate() -> context.launch(interpolate(kernels, type, inputs, out));
    };
  }

  private static String name(UnaryKind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }

  private static int relation(CompareKind kind) {
    return switch (kind) {
      case LESS -> 0;
      case LESS_EQUAL -> 1;
      case EQUAL -> 2;
      case GREATER -> 3;
      case GREATER_EQUAL -> 4;
    };
  }

  private static List<KernelLaunch> binary(
      KernelLibrary kernels, Elementwise op, BinaryKind kind, Tensor x, Tensor y, Tensor out) {
    String name = kind.name().toLowerCase(Locale.ROOT);
    ElementType type = type(out.dtype());
    Shape shape = out.shape();
    if (x.shape().equals(shape) && y.shape().equals(shape)) {
      return BinaryKernel.same(
          kernels, name, type, address(x), address(y), address(out), out.size());
    }
    JoinedAxes axes =
        JoinedAxes.of(
            op,
            BroadcastKernel.AXES,
            shape,
            Axes.broadcast(x.shape(), shape),
            Axes.broadcast(y.shape(), shape));
    return List.of(
        BroadcastKernel.prepare(
            kernels,
            name,
            type,
            address(x),
            address(y),
            address(out),
            axes.extents(),
            axes.strides(0),
            axes.strides(1)));
  }

  private static List<KernelLaunch> cast(
      KernelLibrary kernels, ElementType from, ElementType to, long x, long y, long count) {
    return from == to
        ? List.of(CopyKernel.strips(kernels, to.bytes(), x, count, y, count, 1, count))
        : CastKernel.prepare(kernels, from, to, x, y, count);
  }

  private static KernelLaunch residual(
      KernelLibrary kernels, ElementType type, Tensor[] inputs, Tensor out) {
    Shape tokens = out.shape();
    return GateKernel.residual(
        kernels,
        type,
        address(inputs[0]),
        address(inputs[1]),
        address(inputs[2]),
        address(out),
        (long) tokens.dim(0) * tokens.dim(1),
        tokens.dim(2),
        tokens.dim(1) / inputs[2].shape().dim(1));
  }

  private static KernelLaunch residualGradient(
      KernelLibrary kernels, ElementType type, Tensor[] inputs, Tensor[] outputs) {
    Shape tokens = inputs[0].shape();
    Shape gates = inputs[1].shape();
    return GateKernel.residualGradient(
        kernels,
        type,
        address(inputs[0]),
        address(inputs[1]),
        address(inputs[2]),
        address(outputs[0]),
        address(outputs[1]),
        gates.dim(0) * gates.dim(1),
        tokens.dim(2),
        tokens.dim(1) / gates.dim(1));
  }

  /** (1 − t)·x + t·noise of (x, noise, time). */
  static KernelLaunch interpolate(
      KernelLibrary kernels, ElementType type, Tensor[] inputs, Tensor out) {
    Shape tokens = out.shape();
    return GateKernel.interpolate(
        kernels,
        type,
        address(inputs[0]),
        address(inputs[1]),
        address(inputs[2]),
        address(out),
        (long) tokens.dim(0) * tokens.dim(1),
        tokens.dim(2),
        tokens.dim(1) / inputs[2].shape().dim(1));
  }
}
