package org.basisar.tensor.cpu;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Fast kernels of {@link Reduction}; long sums are carried in fp64. */
final class FastReduction {
  private FastReduction() {}

  static @Nullable Launch prepare(Reduction op, Tensor[] inputs, Tensor[] outputs) {
    Tensor x = inputs[0];
    Tensor y = outputs[0];
    Shape shape = x.shape();
    return switch (op) {
      case Reduction.Reduce(Kind kind, int axis) ->
          along(
              kind,
              PlainIndex.outer(shape, axis),
              shape.dim(axis),
              PlainIndex.inner(shape, axis),
              FastKernel.floats(x),
              x.offset(),
              FastKernel.floats(y),
              y.offset());
      case Reduction.ReduceAll(Kind kind) ->
          along(
              kind,
              1,
              x.size(),
              1,
              FastKernel.floats(x),
              x.offset(),
              FastKernel.floats(y),
              y.offset());
      case Reduction.SumTo(Shape target) -> sumTo(x, target, y);
      case Reduction.CrossEntropy() -> new FastCrossEntropy(x, inputs[1], y);
      case Reduction.CrossEntropyGradient() -> new FastCrossEntropyGradient(inputs, y);
    };
  }

  /** Reduces the middle one of three axes. */
  private static Launch along(
      Kind kind, int outer, int extent, int inner, float[] x, int xo, float[] y, int yo) {
    if (inner == 1 && outer == 1) {
      return new TotalReduction(kind, extent, x, xo, y, yo);
    }
    if (inner == 1) {
      return new RowReduction(kind, outer, extent, x, xo, y, yo);
    }
    if (kind == Kind.SUM || kind == Kind.MEAN) {
      ColumnSums sums =
          new ColumnSums(outer, extent, inner)
              .x(x, xo, inner)
              .out(y, yo)
              .scale(kind == Kind.MEAN ? 1.0 / extent : 1);
      return sums::execute;
    }
    return new ColumnReduction(kind, outer, extent, inner, x, xo, y, yo);
  }

  /** Sums away one group of neighbouring axes after the other, the last group first. */
  private static Launch sumTo(Tensor input, Shape target, Tensor output) {
    Shape shape = input.shape();
    int lead = shape.rank() - target.rank();
    // Extents of alternately kept and summed groups, from the first axis on.
    int[] groups = new int[shape.rank() + 2];
    int count = 1;
    boolean summed = false;
    groups[0] = 1;
    for (int axis = 0; axis < shape.rank(); axis++) {
      int extent = shape.dim(axis);
      if (extent == 1) {
        continue;
      }
      boolean sum = axis < lead || target.dim(axis - lead) == 1;
      if (sum != summed) {
        groups[count++] = 1;
        summed = sum;
      }
      groups[count - 1] *= extent;
    }
    if (count == 1) {
      return new RowCopy(input, output);
    }
    int last = count - 1 - (summed ? 0 : 1);
    Launch[] launches = new Launch[(last + 1) / 2];
    float[] from = FastKernel.floats(input);
    int fromOffset = input.offset();
    int inner = summed ? 1 : groups[count - 1];
    for (int group = last, i = 0; group > 0; group -= 2, i++) {
      int outer = 1;
      for (int before = 0; before < group; before++) {
        outer *= groups[before];
      }
      boolean end = group == 1;
      float[] to = end ? FastKernel.floats(output) : new float[outer * inner];
      int toOffset = end ? output.offset() : 0;
      launches[i] = along(Kind.SUM, outer, groups[group], inner, from, fromOffset, to, toOffset);
      from = to;
      fromOffset = toOffset;
      inner *= groups[group - 1];
    }
    return launches.length == 1 ? launches[0] : FastKernel.sequence(launches);
  }

  /** One row of a reduction; sums of nothing are 0. */
  private static double row(Kind kind, float[] x, int at, int n) {
    return switch (kind) {
      case SUM -> RowSums.sum(x, at, n);
      case MEAN -> RowSums.sum(x, at, n) / n;
      case MAX -> RowSoftmax.max(x, at, n);
      case NORM -> Math.sqrt(RowSums.dot(x, at, x, at, n));
      case LOG_SUM_EXP -> RowSums.logSumExp(x, at, n);
    };
  }

  private static final class RowCopy extends FastKernel {
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final int count;

    RowCopy(Tensor input, Tensor output) {
      x = floats(input);
      xo = input.offset();
      y = floats(output);
      yo = output.offset();
      count = output.size();
    }

    @Override
    public int items() {
      return count;
    }

    @Override
    public int grain() {
      return CHEAP;
    }

    @Override
    public void run(int from, int to) {
      System.arraycopy(x, xo + from, y, yo + from, to - from);
    }
  }

  /** All elements to one; an item is a block. */
  private static final class TotalReduction extends FastKernel {
    private static final int BLOCK = 8192;

    private final Kind kind;
    private final int count;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;
    private final double[] blocks;

    TotalReduction(Kind kind, int count, float[] x, int xo, float[] y, int yo) {
      this.kind = kind;
      this.count = count;
      this.x = x;
      this.xo = xo;
      this.y = y;
      this.yo = yo;
      blocks = new double[(count + BLOCK - 1) / BLOCK];
    }

    @Override
    public int items() {
      return blocks.length;
    }

    @Override
    public int grain() {
      return 4;
    }

    @Override
    public void run(int from, int to) {
      for (int block = from; block < to; block++) {
        int at = xo + block * BLOCK;
        int n = Math.min(BLOCK, count - block * BLOCK);
        blocks[block] =
            switch (kind) {
              case SUM, MEAN -> RowSums.sum(x, at, n);
              case NORM -> RowSums.dot(x, at, x, at, n);
              case MAX, LOG_SUM_EXP -> row(kind, x, at, n);
            };
      }
    }

    @Override
    public void run() {
      super.run();
      y[yo] =
          (float)
              switch (kind) {
                case SUM -> sum();
                case MEAN -> sum() / count;
                case NORM -> Math.sqrt(sum());
                case MAX -> PlainReduction.reduce(Kind.MAX, blocks, 0, 1, blocks.length);
                case LOG_SUM_EXP -> PlainReduction.logSumExp(blocks, 0, 1, blocks.length);
              };
    }

    private double sum() {
      double sum = 0;
      for (double block : blocks) {
        sum += block;
      }
      return sum;
    }
  }

  /** The last axis; an item is a row. */
  private static final class RowReduction extends FastKernel {
    private final Kind kind;
    private final int rows;
    private final int width;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;

    RowReduction(Kind kind, int rows, int width, float[] x, int xo, float[] y, int yo) {
      this.kind = kind;
      this.rows = rows;
      this.width = width;
      this.x = x;
      this.xo = xo;
      this.y = y;
      this.yo = yo;
    }

    @Override
    public int items() {
      return rows;
    }

    @Override
    public int grain() {
      return grain(kind == Kind.LOG_SUM_EXP ? DEAR : CHEAP, width);
    }

    @Override
    public void run(int from, int to) {
      for (int item = from; item < to; item++) {
        y[yo + item] = (float) row(kind, x, xo + item * width, width);
      }
    }
  }

  /** An axis that is not the last; an item is a column, which is gathered first. */
  private static final class ColumnReduction extends FastKernel {
    private static final int COLUMN = 3;

    private final Kind kind;
    private final int outer;
    private final int extent;
    private final int inner;
    private final float[] x;
    private final int xo;
    private final float[] y;
    private final int yo;

    ColumnReduction(
        Kind kind, int outer, int extent, int inner, float[] x, int xo, float[] y, int yo) {
      this.kind = kind;
      this.outer = outer;
      this.extent = extent;
      this.inner = inner;
      this.x = x;
      this.xo = xo;
      this.y = y;
      this.yo = yo;
    }

    @Override
    public int items() {
      return outer * inner;
    }

    @Override
    public int grain() {
      return grain(DEAR, extent);
    }

    @Override
    public void run(int from, int to) {
      float[] values = Scratch.ofThread().floats(COLUMN, extent);
      for (int item = from; item < to; item++) {
        int o = item / inner;
        int at = xo + o * extent * inner + item - o * inner;
        for (int row = 0; row < extent; row++) {
          values[row] = x[at + row * inner];
        }
        y[yo + item] = (float) row(kind, values, 0, extent);
      }
    }
  }
}
