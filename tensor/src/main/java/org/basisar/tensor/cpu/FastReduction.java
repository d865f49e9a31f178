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
          launch(
              along(
                  kind,
                  PlainIndex.outer(shape, axis),
                  shape.dim(axis),
                  PlainIndex.inner(shape, axis)),
              x,
              y);
      case Reduction.ReduceAll(Kind kind) -> launch(along(kind, 1, x.size(), 1), x, y);
      case Reduction.SumTo(Shape target) -> sumTo(x, target, y);
      case Reduction.CrossEntropy() -> new FastCrossEntropy(x, inputs[1], y);
      case Reduction.CrossEntropyGradient() -> new FastCrossEntropyGradient(inputs, y);
    };
  }

  /** A reduction whose operand and result are given when it runs. */
  @FunctionalInterface
  private interface Step {
    void run(float[] x, int xo, float[] y, int yo);
  }

  private static Launch launch(Step step, Tensor input, Tensor output) {
    float[] x = FastKernel.floats(input);
    int xo = input.offset();
    float[] y = FastKernel.floats(output);
    int yo = output.offset();
    return () -> step.run(x, xo, y, yo);
  }

  /** Reduces the middle one of three axes. */
  private static Step along(Kind kind, int outer, int extent, int inner) {
    if (inner == 1 && outer == 1) {
      return new TotalReduction(kind, extent);
    }
    if (inner == 1) {
      return new RowReduction(kind, outer, extent);
    }
    if (kind == Kind.SUM || kind == Kind.MEAN) {
      ColumnSums sums =
          new ColumnSums(outer, extent, inner).scale(kind == Kind.MEAN ? 1.0 / extent : 1);
      return (x, xo, y, yo) -> sums.x(x, xo, inner).out(y, yo).run();
    }
    return new ColumnReduction(kind, outer, extent, inner);
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
    if (last == 1 && !summed) {
      // A bias gradient, as a rule, which a product may take over.
      return new ColumnSums(groups[0], groups[1], groups[2])
          .x(FastKernel.floats(input), input.offset(), groups[2])
          .out(FastKernel.floats(output), output.offset());
    }
    Step[] steps = new Step[(last + 1) / 2];
    int[] sizes = new int[steps.length];
    int inner = summed ? 1 : groups[count - 1];
    for (int group = last, i = 0; group > 0; group -= 2, i++) {
      int outer = 1;
      for (int before = 0; before < group; before++) {
        outer *= groups[before];
      }
      steps[i] = along(Kind.SUM, outer, groups[group], inner);
      sizes[i] = outer * inner;
      inner *= groups[group - 1];
    }
    return launch((x, xo, y, yo) -> inTurn(steps, sizes, x, xo, y, yo), input, output);
  }

  private static void inTurn(Step[] steps, int[] sizes, float[] x, int xo, float[] y, int yo) {
    float[] from = x;
    int offset = xo;
    int last = steps.length - 1;
    for (int i = 0; i < last; i++) {
      float[] to = Scratch.ofThread().floats(Scratch.WORK + 1 + i % 2, sizes[i]);
      steps[i].run(from, offset, to, 0);
      from = to;
      offset = 0;
    }
    steps[last].run(from, offset, y, yo);
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

  /** A reduction that is one kernel. */
  private abstract static class KernelStep extends FastKernel implements Step {
    float[] x = {};
    int xo;
    float[] y = {};
    int yo;

    @Override
    public final void run(float[] from, int fromOffset, float[] to, int toOffset) {
      x = from;
      xo = fromOffset;
      y = to;
      yo = toOffset;
      run();
    }
  }

  /** All elements to one; an item is a block. */
  private static final class TotalReduction extends KernelStep {
    private static final int BLOCK = 8192;

    private final Kind kind;
    private final int count;
    private double[] blocks = {};

    TotalReduction(Kind kind, int count) {
      this.kind = kind;
      this.count = count;
    }

    @Override
    public int items() {
      return (count + BLOCK - 1) / BLOCK;
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
      blocks = Scratch.ofThread().doubles(Scratch.PARTIAL, items());
      super.run();
      y[yo] =
          (float)
              switch (kind) {
                case SUM -> sum();
                case MEAN -> sum() / count;
                case NORM -> Math.sqrt(sum());
                case MAX -> PlainReduction.reduce(Kind.MAX, blocks, 0, 1, items());
                case LOG_SUM_EXP -> PlainReduction.logSumExp(blocks, 0, 1, items());
              };
    }

    private double sum() {
      double sum = 0;
      for (int block = 0; block < items(); block++) {
        sum += blocks[block];
      }
      return sum;
    }
  }

  /** The last axis; an item is a row. */
  private static final class RowReduction extends KernelStep {
    private final Kind kind;
    private final int rows;
    private final int width;

    RowReduction(Kind kind, int rows, int width) {
      this.kind = kind;
      this.rows = rows;
      this.width = width;
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
  private static final class ColumnReduction extends KernelStep {
    private static final int COLUMN = 3;

    private final Kind kind;
    private final int outer;
    private final int extent;
    private final int inner;

    ColumnReduction(Kind kind, int outer, int extent, int inner) {
      this.kind = kind;
      this.outer = outer;
      this.extent = extent;
      this.inner = inner;
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
