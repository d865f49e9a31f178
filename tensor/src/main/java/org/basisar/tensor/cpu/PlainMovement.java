package org.basisar.tensor.cpu;

import org.basisar.tensor.Movement;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Movement}. */
final class PlainMovement {
  private PlainMovement() {}

  static PlainKernels.Body body(Movement op, Tensor[] inputs, Tensor[] outputs) {
    Shape shape = inputs[0].shape();
    return switch (op) {
      case Movement.View view -> {
        Movement.Layout layout = view.layout(inputs[0]);
        int[] places =
            PlainIndex.strided(
                outputs[0].shape(), layout.strides(), layout.offset() - inputs[0].offset());
        yield (in, out) -> {
          for (int i = 0; i < places.length; i++) {
            out[0][i] = in[0][places[i]];
          }
        };
      }
      // Loading the operand made it dense.
      case Movement.Contiguous() ->
          (in, out) -> System.arraycopy(in[0], 0, out[0], 0, out[0].length);
      case Movement.Concat(int axis) -> {
        int outer = PlainIndex.outer(shape, axis);
        yield (in, out) -> {
          int at = 0;
          for (int o = 0; o < outer; o++) {
            for (double[] part : in) {
              int block = part.length / outer;
              System.arraycopy(part, o * block, out[0], at, block);
              at += block;
            }
          }
        };
      }
      case Movement.Split(int axis, int _) -> {
        int outer = PlainIndex.outer(shape, axis);
        yield (in, out) -> {
          int at = 0;
          for (int o = 0; o < outer; o++) {
            for (double[] part : out) {
              int block = part.length / outer;
              System.arraycopy(in[0], at, part, o * block, block);
              at += block;
            }
          }
        };
      }
      case Movement.Pad(int axis, int before, int after) -> {
        int outer = PlainIndex.outer(shape, axis);
        int inner = PlainIndex.inner(shape, axis);
        int block = shape.dim(axis) * inner;
        int padded = block + (before + after) * inner;
        yield (in, out) -> {
          for (int o = 0; o < outer; o++) {
            System.arraycopy(in[0], o * block, out[0], o * padded + before * inner, block);
          }
        };
      }
      case Movement.Gather(int axis) ->
          gather(
              op.title(),
              PlainIndex.outer(shape, axis),
              shape.dim(axis),
              PlainIndex.inner(shape, axis));
      case Movement.ScatterAdd(int axis, int extent) ->
          scatterAdd(
              op.title(),
              PlainIndex.outer(shape, axis),
              extent,
              PlainIndex.inner(shape, axis),
              0,
              1);
      case Movement.Embedding() -> gather(op.title(), 1, shape.dim(0), shape.dim(1));
      case Movement.EmbeddingGradient(int rows) ->
          scatterAdd(op.title(), 1, rows, outputs[0].shape().dim(1), 1, 0);
    };
  }

  private static PlainKernels.Body gather(String title, int outer, int extent, int inner) {
    return (in, out) -> {
      double[] index = in[1];
      for (int o = 0; o < outer; o++) {
        for (int k = 0; k < index.length; k++) {
          int entry = PlainIndex.checked(title, index, k, extent);
          System.arraycopy(
              in[0], (o * extent + entry) * inner, out[0], (o * index.length + k) * inner, inner);
        }
      }
    };
  }

  private static PlainKernels.Body scatterAdd(
      String title, int outer, int extent, int inner, int values, int indices) {
    return (in, out) -> {
      double[] index = in[indices];
      for (int o = 0; o < outer; o++) {
        for (int k = 0; k < index.length; k++) {
          int to = (o * extent + PlainIndex.checked(title, index, k, extent)) * inner;
          int from = (o * index.length + k) * inner;
          for (int i = 0; i < inner; i++) {
            out[0][to + i] += in[values][from + i];
          }
        }
      }
    };
  }
}
