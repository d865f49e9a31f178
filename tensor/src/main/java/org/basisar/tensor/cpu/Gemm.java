package org.basisar.tensor.cpu;

import org.jspecify.annotations.Nullable;

/**
 * Matrix product in fp32: {@code C = epilogue(op(A) op(B) (+ C))}, row-major, alone or over a
 * batch.
 *
 * <p>The object is prepared once (sizes in the constructor, operands by the setters) and may then
 * be executed any number of times, also with other operands, without allocation. {@code op(A)} is
 * {@code [m, k]}, {@code op(B)} is {@code [k, n]}, C is {@code [m, n]}; a transposed operand is
 * stored the other way round. The operands must not overlap C.
 *
 * <p>Every element of C is a chain of fused multiply-adds in rising k that starts from C, the bias
 * or zero, so its bits depend neither on the number of threads nor on its place.
 */
public final class Gemm extends ParallelKernel {
  /**
   * Tiles of columns up to which leaving out half of C would save less than it costs, because
   * threads that share rows have to pack the same B.
   */
  private static final int FEW_COLUMNS = 4;

  /** Multiply-adds that are worth waking a thread for. */
  private static final long GRAIN = 150_000;

  final boolean transposeA;
  final boolean transposeB;
  final int m;
  final int n;
  final int k;

  float[] a = {};
  int aOffset;
  int lda;
  float[] b = {};
  int bOffset;
  int ldb;
  float[] c = {};
  int cOffset;
  int ldc;
  boolean accumulate;

  int batches = 1;
  int strideA;
  int strideB;
  int strideC;
  boolean sumBatches;

  /** Whether the tiles above the diagonal are left out. */
  boolean triangle;

  float @Nullable [] bias;
  int biasOffset;
  float @Nullable [] residual;
  int residualOffset;
  int ldResidual;
  boolean gelu;

  /** Sums over the rows of A as it is stored, made on the way. */
  @Nullable ColumnSums sums;

  /** Whether A is read where it lies; tests compare both ways. */
  boolean inPlace = FloatTile.IN_PLACE;

  private boolean lower;
  private int rowParts = 1;
  private int columnParts = 1;

  /**
   * A product of given size.
   *
   * @param transposeA whether A is stored as {@code [k, m]}
   * @param transposeB whether B is stored as {@code [n, k]}
   * @param m rows of C
   * @param n columns of C
   * @param k length of the sums
   * @throws IllegalArgumentException if a size is negative
   */
  public Gemm(boolean transposeA, boolean transposeB, int m, int n, int k) {
    checkSizes(m, n, k);
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.m = m;
    this.n = n;
    this.k = k;
    lda = transposeA ? m : k;
    ldb = transposeB ? k : n;
    ldc = n;
  }

  /**
   * Sets A.
   *
   * @param array where A lies
   * @param offset position of its first element
   * @param leading distance between its stored rows
   * @return this
   */
  public Gemm a(float[] array, int offset, int leading) {
    a = array;
    aOffset = offset;
    lda = leading;
    return this;
  }

  /** Sets B, as {@link #a}. */
  public Gemm b(float[] array, int offset, int leading) {
    b = array;
    bOffset = offset;
    ldb = leading;
    return this;
  }

  /** Sets C, as {@link #a}. */
  public Gemm c(float[] array, int offset, int leading) {
    c = array;
    cOffset = offset;
    ldc = leading;
    return this;
  }

  /** Sets whether the product is added to C instead of replacing it. */
  public Gemm accumulate(boolean add) {
    accumulate = add;
    return this;
  }

  /**
   * Computes {@code C_i = op(A_i) op(B_i)} for each i of a batch.
   *
   * @param count number of products
   * @param aStride distance between successive A; 0 uses the same A for all
   * @param bStride the same for B
   * @param cStride the same for C; not 0
   * @return this
   */
  public Gemm batch(int count, int aStride, int bStride, int cStride) {
    batches = count;
    strideA = aStride;
    strideB = bStride;
    strideC = cStride;
    sumBatches = false;
    return this;
  }

  /**
   * Computes {@code C = sum over i of op(A_i) op(B_i)}, i rising.
   *
   * @param count number of products
   * @param aStride distance between successive A
   * @param bStride distance between successive B
   * @return this
   */
  public Gemm batchSum(int count, int aStride, int bStride) {
    batches = count;
    strideA = aStride;
    strideB = bStride;
    strideC = 0;
    sumBatches = true;
    return this;
  }

  /**
   * Sets that of a square C the elements [i, j] with j ≤ i are wanted, and no others: those that
   * determine a symmetric product. Some others are computed, too.
   */
  Gemm lower() {
    lower = true;
    return this;
  }

  /**
   * Adds a vector of n elements to every row of C, before the activation. Unless the product is
   * added to C, the sums start from it.
   *
   * @param array where the vector lies, or null for none
   * @param offset position of its first element
   * @return this
   */
  public Gemm bias(float @Nullable [] array, int offset) {
    bias = array;
    biasOffset = offset;
    return this;
  }

  /** Sets whether the exact GELU is applied after the bias. */
  public Gemm gelu(boolean apply) {
    gelu = apply;
    return this;
  }

  /**
   * Adds {@code [m, n]} to C after the activation. In a batch it moves with C's stride. It may be
   * C's own array and place.
   *
   * @param array where the summand lies, or null for none
   * @param offset position of its first element
   * @param leading distance between its rows
   * @return this
   */
  public Gemm residual(float @Nullable [] array, int offset, int leading) {
    residual = array;
    residualOffset = offset;
    ldResidual = leading;
    return this;
  }

  /**
   * Whether these are sums over the rows of A as it is stored, each of which this product reads.
   */
  boolean sharesRows(ColumnSums columns) {
    return transposeA
        && batches == 1
        && !sumBatches
        && n > 0
        && lda == m
        && columns.isOf(a, aOffset, k, m);
  }

  /** Computes on the pool, and on the way sums for which {@link #sharesRows} holds. */
  void execute(ColumnSums columns) {
    columns.begin();
    sums = columns;
    try {
      execute();
    } finally {
      sums = null;
    }
    columns.addBlocks();
  }

  /**
   * Computes on the pool.
   *
   * @throws IllegalArgumentException if an operand does not fit in its array
   */
  public void execute() {
    checkOperand(
        "A", a.length, aOffset, lda, transposeA ? k : m, transposeA ? m : k, batches, strideA);
    checkOperand(
        "B", b.length, bOffset, ldb, transposeB ? n : k, transposeB ? k : n, batches, strideB);
    checkOperand("C", c.length, cOffset, ldc, m, n, batches, strideC);
    if (residual != null) {
      checkOperand(
          "the residual", residual.length, residualOffset, ldResidual, m, n, batches, strideC);
    }
    if (bias != null) {
      checkOperand("the bias", bias.length, biasOffset, n, 1, n, 1, 0);
    }
    plan();
    Workers.run(this);
  }

  private int products() {
    return sumBatches ? 1 : batches;
  }

  private int rowTiles() {
    return (m + FloatTile.ROWS - 1) / FloatTile.ROWS;
  }

  private int columnTiles() {
    return (n + FloatTile.COLUMNS - 1) / FloatTile.COLUMNS;
  }

  /** Multiply-adds of one product. */
  private long work() {
    return (long) m * n * Math.max(1, k) * (sumBatches ? Math.max(1, batches) : 1);
  }

  /**
   * Cuts each C into a grid of parts, one for each thread that a product can have. Every part packs
   * its own operands, so the grid is the one with the least multiplying and packing in the largest
   * part.
   */
  private void plan() {
    rowParts = 1;
    columnParts = 1;
    triangle = lower;
    int threads = Workers.threads();
    if (m == 0 || n == 0 || products() == 0 || products() >= 4 * threads) {
      return;
    }
    int wanted = threads / greatestCommonDivisor(threads, products());
    wanted = (int) Math.max(1, Math.min(wanted, work() / GRAIN));
    triangle &= wanted == 1 || columnTiles() > FEW_COLUMNS;
    if (triangle) {
      rowParts = Math.min(wanted, rowTiles());
      return;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int rows = 1; rows <= Math.min(wanted, rowTiles()); rows++) {
      int columns = Math.min(columnTiles(), (wanted + rows - 1) / rows);
      double height = FloatTile.ROWS * Math.ceil(rowTiles() / (double) rows);
      double width = Math.ceil(columnTiles() / (double) columns);
      // cycles per unit of depth: the tiles, then packing A and B, which is as slow as memory
      double cycles = height * width;
      cycles += height;
      cycles += width * FloatTile.COLUMNS;
      cycles *= Math.ceil((double) products() * rows * columns / threads);
      if (cycles < best) {
        best = cycles;
        rowParts = rows;
        columnParts = columns;
      }
    }
  }

  private static int greatestCommonDivisor(int x, int y) {
    return y == 0 ? x : greatestCommonDivisor(y, x % y);
  }

  @Override
  public int items() {
    return m == 0 || n == 0 ? 0 : Math.multiplyExact(products(), rowParts * columnParts);
  }

  @Override
  public int grain() {
    return (int) Math.max(1, GRAIN * rowParts * columnParts / Math.max(1, work()));
  }

  @Override
  public void run(int from, int to) {
    int grid = rowParts * columnParts;
    for (int item = from; item < to; item++) {
      int part = item % grid;
      int row = part / columnParts;
      int column = part % columnParts;
      GemmBlocks.compute(
          this,
          item / grid,
          rowCut(row),
          Math.min(m, rowCut(row + 1)),
          cut(columnTiles(), column, columnParts) * FloatTile.COLUMNS,
          Math.min(n, cut(columnTiles(), column + 1, columnParts) * FloatTile.COLUMNS));
    }
  }

  /** The row at which a part begins. */
  private int rowCut(int part) {
    int tiles = triangle ? triangleCut(part) : cut(rowTiles(), part, rowParts);
    return tiles * FloatTile.ROWS;
  }

  /** Rows of tiles up to the diagonal before a part, so that the parts have as many tiles. */
  private int triangleCut(int part) {
    int all = rowTiles();
    long total = 0;
    for (int i = 0; i < all; i++) {
      total += tilesUpToDiagonal(i);
    }
    int rows = 0;
    long before = 0;
    while (rows < all && (2 * before + tilesUpToDiagonal(rows)) * rowParts < 2 * total * part) {
      before += tilesUpToDiagonal(rows);
      rows++;
    }
    return rows;
  }

  private static int tilesUpToDiagonal(int row) {
    return ((row + 1) * FloatTile.ROWS + FloatTile.COLUMNS - 1) / FloatTile.COLUMNS;
  }

  private static int cut(int tiles, int part, int parts) {
    return (int) ((long) tiles * part / parts);
  }

  static void checkSizes(int m, int n, int k) {
    if (m < 0 || n < 0 || k < 0) {
      throw new IllegalArgumentException(
          "A matrix product has the sizes m = "
              + m
              + ", n = "
              + n
              + ", k = "
              + k
              + "; none may be negative.");
    }
  }

  static void checkOperand(
      String what,
      int length,
      int offset,
      int leading,
      int rows,
      int columns,
      int batches,
      int stride) {
    if (batches < 0) {
      throw new IllegalArgumentException(
          "The batch of a matrix product has " + batches + " members; give 0 or more.");
    }
    if (rows == 0 || columns == 0 || batches == 0) {
      return;
    }
    long last = offset + (long) (rows - 1) * leading + columns - 1 + (long) (batches - 1) * stride;
    if (offset < 0 || (rows > 1 && leading < columns) || stride < 0 || last >= length) {
      throw new IllegalArgumentException(
          "In a matrix product "
              + what
              + " reaches from "
              + offset
              + " to "
              + last
              + " with rows "
              + leading
              + " apart, but its array has "
              + length
              + " elements; give an array, offset and distance that hold "
              + rows
              + " x "
              + columns
              + " elements"
              + (batches == 1 ? "." : " " + batches + " times."));
    }
  }
}
