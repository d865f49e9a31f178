package org.basisar.tensor.cpu;

/**
 * The loops that the matrix-like reference kernels share, in forms that the compiler vectorises.
 */
final class PlainLoops {
  private PlainLoops() {}

  /** Work on the items {@code from} … {@code to}−1, each independent of the others. */
  @FunctionalInterface
  interface Range {
    void run(int from, int to);
  }

  /** Fewest multiply-adds worth a thread of their own. */
  private static final int GRAIN = 50_000;

  /**
   * Runs all items on the {@link Workers}.
   *
   * @param work multiply-adds of one item
   */
  static void run(int items, long work, Range range) {
    int grain = (int) Math.max(1, GRAIN / Math.max(1, work));
    Workers.run(
        new ParallelKernel() {
          @Override
          public int items() {
            return items;
          }

          @Override
          public int grain() {
            return grain;
          }

          @Override
          public void run(int from, int to) {
            range.run(from, to);
          }
        });
  }

  /** out[at …] += factor · values[from …], {@code count} elements. */
  static void axpy(double factor, double[] values, int from, double[] out, int at, int count) {
    for (int i = 0; i < count; i++) {
      out[at + i] += factor * values[from + i];
    }
  }

  /** Σ left·right over {@code count} elements. */
  static double dot(double[] left, int from, double[] right, int at, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += left[from + i] * right[at + i];
    }
    return sum;
  }

  /** The transpose of the [rows, columns] matrix at {@code from}. */
  static double[] transpose(double[] values, int from, int rows, int columns) {
    double[] out = new double[rows * columns];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        out[column * rows + row] = values[from + row * columns + column];
      }
    }
    return out;
  }

  /**
   * One row of a product: out[at …] += Σ_p left[from + p·step] · right[p, :], for p in order.
   *
   * @param right [inner, columns] at {@code rightFrom}
   */
  static void rowTimesMatrix(
      double[] left,
      int from,
      int step,
      int inner,
      double[] right,
      int rightFrom,
      int columns,
      double[] out,
      int at) {
    int p = 0;
    // Four at a time to touch the result less often; the additions keep their order.
    for (; p + 4 <= inner; p += 4) {
      double first = left[from + p * step];
      double second = left[from + (p + 1) * step];
      double third = left[from + (p + 2) * step];
      double fourth = left[from + (p + 3) * step];
      int row = rightFrom + p * columns;
      for (int i = 0; i < columns; i++) {
        out[at + i] =
            out[at + i]
                + first * right[row + i]
                + second * right[row + columns + i]
                + third * right[row + 2 * columns + i]
                + fourth * right[row + 3 * columns + i];
      }
    }
    for (; p < inner; p++) {
      axpy(left[from + p * step], right, rightFrom + p * columns, out, at, columns);
    }
  }
}
