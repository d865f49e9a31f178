package org.basisar.tensor.cuda;

import static org.basisar.tensor.cuda.CudaContext.address;
import static org.basisar.tensor.cuda.CudaContext.type;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.Grid;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.elementwise.FillKernel;
import org.basisar.kernels.movement.CopyKernel;
import org.basisar.kernels.movement.GatherKernel;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Binds the operations of {@link Movement} to kernels; views launch nothing and never get here. */
final class CudaMovement {
  private CudaMovement() {}

  static Launch prepare(CudaContext context, Movement op, Tensor[] inputs, Tensor[] outputs) {
    KernelLibrary kernels = context.kernels();
    Tensor out = outputs[0];
    if (out.size() == 0) {
      return CudaContext.nothing();
    }
    return switch (op) {
      case Movement.Contiguous() -> context.launch(dense(kernels, op, inputs[0], out));
      case Movement.Concat(int axis) -> context.launches(concat(kernels, axis, inputs, out));
      case Movement.Split(int axis, int parts) ->
          context.launches(split(kernels, axis, parts, inputs[0], outputs));
      case Movement.Pad(int axis, int before, int _) ->
          context.launches(pad(kernels, axis, before, inputs[0], out));
      case Movement.Gather(int axis) ->
          context.launch(gather(kernels, inputs[0].shape().axis(axis), inputs[0], inputs[1], out));
      case Movement.ScatterAdd(int axis, int extent) ->
          context.launch(
              scatter(kernels, inputs[0].shape().axis(axis), extent, inputs[0], inputs[1], out));
      case Movement.Embedding() -> context.launch(gather(kernels, 0, inputs[0], inputs[1], out));
      case Movement.EmbeddingGradient(int rows) ->
          context.launch(
              GatherKernel.scatterAdd(
                  kernels,
                  type(out.dtype()),
                  address(inputs[1]),
                  address(inputs[0]),
                  address(out),
                  1,
                  rows,
                  inputs[0].size(),
                  out.shape().dim(1)));
      case Movement.View view ->
          throw new IllegalStateException(view.title() + " is a view and launches nothing");
    };
  }

  private static KernelLaunch dense(KernelLibrary kernels, Movement op, Tensor x, Tensor out) {
    Shape shape = out.shape();
    int[] strides = new int[shape.rank()];
    for (int axis = 0; axis < strides.length; axis++) {
      strides[axis] = x.stride(axis);
    }
    JoinedAxes axes = JoinedAxes.of(op, CopyKernel.AXES, shape, strides);
    int[] extents = axes.extents();
    int[] joined = axes.strides(0);
    int bytes = out.dtype().bytes();
    int last = CopyKernel.AXES - 1;
    int rows = extents[last - 1];
    int columns = extents[last];
    int matrices = extents[last - 2];
    boolean turned =
        rows > 1
            && joined[last - 1] == 1
            && joined[last] == rows
            && (matrices == 1 || joined[last - 2] == rows * columns)
            && extents[last - 3] == 1
            && matrices <= Grid.MOST_BLOCKS_YZ
            && Grid.blocksFor(rows, 32) <= Grid.MOST_BLOCKS_YZ;
    return turned
        ? CopyKernel.transpose(kernels, bytes, address(x), address(out), matrices, rows, columns)
        : CopyKernel.strided(kernels, bytes, address(x), address(out), extents, joined);
  }

  /** Elements of all axes before one. */
  private static long outer(Shape shape, int axis) {
    long count = 1;
    for (int i = 0; i < axis; i++) {
      count *= shape.dim(i);
    }
    return count;
  }

  /** Elements of all axes behind one. */
  private static long inner(Shape shape, int axis) {
    long count = 1;
    for (int i = axis + 1; i < shape.rank(); i++) {
      count *= shape.dim(i);
    }
    return count;
  }

  private static List<KernelLaunch> concat(
      KernelLibrary kernels, int axis, Tensor[] inputs, Tensor out) {
    int at = out.shape().axis(axis);
    int bytes = out.dtype().bytes();
    long inner = inner(out.shape(), at);
    long outer = outer(out.shape(), at);
    long row = out.shape().dim(at) * inner;
    long target = address(out);
    List<KernelLaunch> launches = new ArrayList<>();
    for (Tensor input : inputs) {
      long width = input.shape().dim(at) * inner;
      if (width > 0) {
        launches.add(
            CopyKernel.strips(kernels, bytes, address(input), width, target, row, outer, width));
      }
      target += width * bytes;
    }
    return launches;
  }

  private static List<KernelLaunch> split(
      KernelLibrary kernels, int axis, int parts, Tensor x, Tensor[] outputs) {
    int at = x.shape().axis(axis);
    int bytes = x.dtype().bytes();
    long row = x.shape().dim(at) * inner(x.shape(), at);
    long width = row / parts;
    List<KernelLaunch> launches = new ArrayList<>();
    for (int part = 0; part < parts; part++) {
      launches.add(
          CopyKernel.strips(
              kernels,
              bytes,
              address(x) + part * width * bytes,
              row,
              address(outputs[part]),
              width,
              outer(x.shape(), at),
              width));
    }
    return launches;
  }

  private static List<KernelLaunch> pad(
      KernelLibrary kernels, int axis, int before, Tensor x, Tensor out) {
    int at = out.shape().axis(axis);
    int bytes = out.dtype().bytes();
    long inner = inner(out.shape(), at);
    long width = x.shape().dim(at) * inner;
    List<KernelLaunch> launches = new ArrayList<>();
    launches.add(FillKernel.prepare(kernels, type(out.dtype()), address(out), out.size(), 0));
    if (x.size() > 0) {
      launches.add(
          CopyKernel.strips(
              kernels,
              bytes,
              address(x),
              width,
              address(out) + before * inner * bytes,
              out.shape().dim(at) * inner,
              outer(out.shape(), at),
              width));
    }
    return launches;
  }

  private static KernelLaunch gather(
      KernelLibrary kernels, int axis, Tensor x, Tensor index, Tensor out) {
    return GatherKernel.gather(
        kernels,
        out.dtype().bytes(),
        address(x),
        address(index),
        address(out),
        outer(x.shape(), axis),
        x.shape().dim(axis),
        index.size(),
        inner(x.shape(), axis));
  }

  private static KernelLaunch scatter(
      KernelLibrary kernels, int axis, int extent, Tensor g, Tensor index, Tensor out) {
    return GatherKernel.scatterAdd(
        kernels,
        type(out.dtype()),
        address(g),
        address(index),
        address(out),
        outer(out.shape(), axis),
        extent,
        index.size(),
        inner(out.shape(), axis));
  }
}
