package org.basisar.tensor.cpu;

import jdk.incubator.vector.DoubleVector;

/**
 * Matrix product in fp64: {@code C = op(A) op(B) (+ C)}, row-major, alone, over a batch, or summed
 * over a batch.
 *
 * <p>The same contract as {@link Gemm} without its epilogue: prepared once, executed often, no
 * allocation, bits independent of the number of threads. Both operands are always packed, which
 * costs little next to fp64 arithmetic and keeps one inner loop.
 */
public final class GemmDouble extends ParallelKernel {
  private static final int LANES = DoubleVector.SPECIES_PREFERRED.length();
  private static final boolean SIX_ROWS = LANES == 4;
  private static final int ROWS = SIX_ROWS ? DoubleTile6x2.ROWS : DoubleTile8x2.ROWS;
  private static final int COLUMNS = 2 * LANES;

  private static final int DEPTH = 256;
  private static final int BLOCK_ROWS = 192 / ROWS * ROWS;
  private static final int BLOCK_COLUMNS = 512 / COLUMNS * COLUMNS;
  private static final long GRAIN = 100_000;

  private final int m;
  private final int n;
  private final int k;
  private final boolean transposeA;
  private final boolean transposeB;

  private double[] a = {};
  private int aOffset;
  private int lda;
  private double[] b = {};
  private int bOffset;
  private int ldb;
  private double[] c = {};
  private int cOffset;
  private int ldc;
  private boolean accumulate;
  private int batches = 1;
  private int strideA;
  private int strideB;
  private int strideC;
  private boolean sumBatches;

  /**
   * A product of given size; see {@link Gemm#Gemm}.
   *
   * @param transposeA whether A is stored as {@code [k, m]}
   * @param transposeB whether B is stored as {@code [n, k]}
   * @param m rows of C
   * @param n columns of C
   * @param k length of the sums
   * @throws IllegalArgumentException if a size is negative
   */
  public GemmDouble(boolean transposeA, boolean transposeB, int m, int n, int k) {
    Gemm.checkSizes(m, n, k);
    this.m = m;
    this.n = n;
    this.k = k;
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    lda = transposeA ? m : k;
    ldb = transposeB ? k : n;
    ldc = n;
  }

  /** Sets A; see {@link Gemm#a}. */
  public GemmDouble a(double[] array, int offset, int leading) {
    a = array;
    aOffset = offset;
    lda = leading;
    return this;
  }

  /** Sets B; see {@link Gemm#b}. */
  public GemmDouble b(double[] array, int offset, int leading) {
    b = array;
    bOffset = offset;
    ldb = leading;
    return this;
  }

  /** Sets C; see {@link Gemm#c}. */
  public GemmDouble c(double[] array, int offset, int leading) {
    c = array;
    cOffset = offset;
    ldc = leading;
    return this;
  }

  /** Sets whether the product is added to C instead of replacing it. */
  public GemmDouble accumulate(boolean add) {
    accumulate = add;
    return this;
  }

  /** One product for each i of a batch; see {@link Gemm#batch}. */
  public GemmDouble batch(int count, int aStride, int bStride, int cStride) {
    batches = count;
    strideA = aStride;
    strideB = bStride;
    strideC = cStride;
    sumBatches = false;
    return this;
  }

  /** The sum of all products of a batch; see {@link Gemm#batchSum}. */
  public GemmDouble batchSum(int count, int aStride, int bStride) {
    batch(count, aStride, bStride, 0);
    sumBatches = true;
    return this;
  }

  /**
   * Computes on the pool.
   *
   * @throws IllegalArgumentException if an operand does not fit in its array
   */
  public void execute() {
    Gemm.checkOperand(
        "A", a.length, aOffset, lda, transposeA ? k : m, transposeA ? m : k, batches, strideA);
    Gemm.checkOperand(
        "B", b.length, bOffset, ldb, transposeB ? n : k, transposeB ? k : n, batches, strideB);
    Gemm.checkOperand("C", c.length, cOffset, ldc, m, n, batches, strideC);
    Workers.run(this);
  }

  private int tiles() {
    return (m + ROWS - 1) / ROWS;
  }

  @Override
  public int items() {
    return n == 0 ? 0 : sumBatches ? tiles() : Math.multiplyExact(tiles(), batches);
  }

  @Override
  public int grain() {
    long perItem = (long) ROWS * n * Math.max(1, k) * (sumBatches ? batches : 1);
    return (int) Math.max(1, GRAIN / perItem);
  }

  @Override
  public void run(int from, int to) {
    int item = from;
    while (item < to) {
      int batch = sumBatches ? 0 : item / tiles();
      int first = item - batch * tiles();
      int last = Math.min(tiles(), first + to - item);
      int i0 = first * ROWS;
      int i1 = Math.min(m, last * ROWS);
      if (sumBatches) {
        for (int term = 0; term < batches; term++) {
          stripe(term, i0, i1, accumulate || term > 0);
        }
      } else {
        stripe(batch, i0, i1, accumulate);
      }
      item += last - first;
    }
  }

  private void stripe(int batch, int i0, int i1, boolean add) {
    Scratch scratch = Scratch.ofThread();
    double[] packedA = scratch.doubles(0, BLOCK_ROWS * DEPTH);
    double[] packedB = scratch.doubles(1, BLOCK_COLUMNS * DEPTH);
    double[] edge = scratch.doubles(2, ROWS * COLUMNS);
    int a0 = aOffset + batch * strideA;
    int b0 = bOffset + batch * strideB;
    int c0 = cOffset + batch * strideC;
    int aRow = transposeA ? 1 : lda;
    int aDepth = transposeA ? lda : 1;
    int bColumn = transposeB ? ldb : 1;
    int bDepth = transposeB ? 1 : ldb;
    for (int j = 0; j < n; j += BLOCK_COLUMNS) {
      int columns = Math.min(BLOCK_COLUMNS, n - j);
      int p = 0;
      do {
        int depth = Math.min(DEPTH, k - p);
        pack(b, b0 + j * bColumn + p * bDepth, bColumn, bDepth, columns, depth, packedB, COLUMNS);
        for (int i = i0; i < i1; i += BLOCK_ROWS) {
          int rows = Math.min(BLOCK_ROWS, i1 - i);
          pack(a, a0 + i * aRow + p * aDepth, aRow, aDepth, rows, depth, packedA, ROWS);
          block(packedA, packedB, edge, rows, columns, depth, c0 + i * ldc + j, add || p > 0);
        }
        p += depth;
      } while (p < k);
    }
  }

  private void block(
      double[] packedA,
      double[] packedB,
      double[] edge,
      int rows,
      int columns,
      int depth,
      int c0,
      boolean add) {
    for (int j = 0; j < columns; j += COLUMNS) {
      int width = Math.min(COLUMNS, columns - j);
      for (int i = 0; i < rows; i += ROWS) {
        int height = Math.min(ROWS, rows - i);
        int tile0 = c0 + i * ldc + j;
        if (width == COLUMNS && height == ROWS) {
          tile(packedA, i * depth, packedB, j * depth, depth, c, tile0, ldc, add);
        } else {
          for (int q = 0; add && q < height; q++) {
            System.arraycopy(c, tile0 + q * ldc, edge, q * COLUMNS, width);
          }
          tile(packedA, i * depth, packedB, j * depth, depth, edge, 0, COLUMNS, add);
          for (int q = 0; q < height; q++) {
            System.arraycopy(edge, q * COLUMNS, c, tile0 + q * ldc, width);
          }
        }
      }
    }
  }

  private static void tile(
      double[] a,
      int a0,
      double[] b,
      int b0,
      int depth,
      double[] c,
      int c0,
      int ldc,
      boolean accumulate) {
    if (SIX_ROWS) {
      DoubleTile6x2.packed(a, a0, b, b0, depth, c, c0, ldc, accumulate);
    } else {
      DoubleTile8x2.packed(a, a0, b, b0, depth, c, c0, ldc, accumulate);
    }
  }

  /**
   * Panels of {@code [depth, width]} out of a matrix with any strides; missing entries become
   * zeros.
   */
  private static void pack(
      double[] x, int x0, int step, int depthStep, int count, int depth, double[] out, int width) {
    for (int j = 0; j < count; j += width) {
      int to = j * depth;
      int filled = Math.min(width, count - j);
      for (int q = 0; q < width; q++) {
        int from = x0 + (j + q) * step;
        for (int p = 0; p < depth; p++) {
          out[to + p * width + q] = q < filled ? x[from + p * depthStep] : 0;
        }
      }
    }
  }
}
