package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = A·x or Aᵀ·x of every image of a batch, x [images, inner, channels], y [images, rows,
 * channels].
 *
 * <p>An image has few channels, fewer than a tile of {@link FloatTile} is wide. So the tile is
 * filled with the channels of neighbouring images: its panel of x is gathered while those images
 * are in the cache, multiplied with all of A, and the tile's two vectors go to their images. Images
 * need not be turned into one wide matrix and back, which costs two passes over memory.
 *
 * <p>Every element is one chain of fused multiply-adds in rising depth from 0, as in {@link Gemm}.
 * An item is an image, or two if an image has an odd number of vectors.
 */
final class TokenProduct extends FastKernel {
  private static final VectorSpecies<Float> SPECIES = FloatTile.SPECIES;
  private static final int LANES = FloatTile.LANES;
  private static final int ROWS = FloatTile.ROWS;
  private static final int COLUMNS = FloatTile.COLUMNS;

  /** Multiply-adds that are worth waking a thread for. */
  private static final long GRAIN = 150_000;

  /**
   * Columns of one thread from which on packing A gains more than it costs; A stored by rows can
   * also be read in place.
   */
  private static final int PACK_COLUMNS = 1024;

  private static final int PACKED_A = 0;
  private static final int PACKED_B = 1;
  private static final int TILE = 2;

  private final boolean transposed;
  private final int images;
  private final int rows;
  private final int inner;
  private final int channels;

  /** Vectors of a token, the last one perhaps with lanes of the next token. */
  private final int vectors;

  /** Images of an item. */
  private final int together;

  private final float[] a;
  private final int aOffset;
  private final int lda;
  private final float[] x;
  private final int xOffset;
  private final float[] y;
  private final int yOffset;
  private final @Nullable GroupKernel after;

  /**
   * Binds the operands.
   *
   * @param transposed whether A is stored the other way round
   * @param after what is done to the tokens of an image as soon as they are there, or null
   */
  TokenProduct(boolean transposed, Tensor a, Tensor x, Tensor y, @Nullable GroupKernel after) {
    this.transposed = transposed;
    images = x.shape().dim(0);
    inner = x.shape().dim(1);
    channels = x.shape().dim(2);
    rows = y.shape().dim(1);
    vectors = (channels + LANES - 1) / LANES;
    together = vectors % 2 == 0 ? 1 : 2;
    this.a = floats(a);
    aOffset = a.offset();
    lda = a.shape().dim(1);
    this.x = floats(x);
    xOffset = x.offset();
    this.y = floats(y);
    yOffset = y.offset();
    this.after = after;
  }

  /**
   * Whether tokens of so many numbers fill their vectors well enough: whole vectors, or one of
   * which three quarters are used. What is written beyond a token's end is then always the next
   * token of the same image, which is written later.
   */
  static boolean suits(int channels) {
    return channels > 0
        && (channels % LANES == 0 || (channels < LANES && 4 * channels >= 3 * LANES));
  }

  @Override
  public int items() {
    return rows == 0 ? 0 : (images + together - 1) / together;
  }

  @Override
  public int grain() {
    long work = (long) rows * Math.max(1, inner) * channels * together;
    return (int) Math.max(1, GRAIN / Math.max(1, work));
  }

  @Override
  public void run(int from, int to) {
    Scratch scratch = Scratch.ofThread();
    int first = from * together * vectors;
    int last = Math.min(images, to * together) * vectors;
    boolean packed = transposed || (last - first) * LANES >= PACK_COLUMNS;
    float[] left = scratch.floats(PACKED_A, (rows + ROWS - 1) / ROWS * ROWS * inner);
    pack(left, packed ? 0 : rows / ROWS * ROWS);
    float[] panel = scratch.lined(PACKED_B, COLUMNS * inner);
    float[] tile = scratch.floats(TILE, ROWS * COLUMNS);
    for (int item = from; item < to; item++) {
      int end = Math.min(last, (item + 1) * together * vectors);
      for (int vector = item * together * vectors; vector < end; vector += 2) {
        // A last vector without a neighbour is computed twice.
        int second = Math.min(vector + 1, end - 1);
        gather(x, xOffset + start(vector, inner), panel, Scratch.LINE);
        gather(x, xOffset + start(second, inner), panel, Scratch.LINE + LANES);
        int to0 = yOffset + start(vector, rows);
        int to1 = yOffset + start(second, rows);
        multiply(left, packed, panel, tile, to0, to1);
      }
      if (after != null) {
        int perImage = after.groups / images;
        after.run(item * together * perImage, end / vectors * perImage);
      }
    }
  }

  /** Where a vector of an image of {@code tokens} tokens begins. */
  private int start(int vector, int tokens) {
    return vector / vectors * tokens * channels + vector % vectors * LANES;
  }

  /** A's tiles from row {@code first} on. */
  private void pack(float[] out, int first) {
    int count = rows - first;
    int to = first * inner;
    if (transposed) {
      FloatPacking.rowsTransposed(a, aOffset + first, lda, count, inner, out, to, 0, inner);
    } else {
      FloatPacking.rows(a, aOffset + first * lda, lda, count, inner, out, to, 0, inner);
    }
  }

  /** One vector of every token of an image, as half of a panel. */
  private void gather(float[] from, int from0, float[] panel, int to0) {
    // The last token's vector may end beyond the array.
    int whole = channels < LANES ? inner - 1 : inner;
    for (int p = 0; p < whole; p++) {
      FloatVector.fromArray(SPECIES, from, from0 + p * channels)
          .intoArray(panel, to0 + p * COLUMNS);
    }
    if (whole >= 0 && whole < inner) {
      System.arraycopy(from, from0 + whole * channels, panel, to0 + whole * COLUMNS, channels);
    }
  }

  private void multiply(
      float[] left, boolean packed, float[] panel, float[] tile, int to0, int to1) {
    for (int i = 0; i < rows; i += ROWS) {
      int height = Math.min(ROWS, rows - i);
      if (packed || height < ROWS) {
        FloatTile.packed(
            left, i * inner, panel, Scratch.LINE, inner, FloatTile.ZEROS, 0, 0, tile, 0, COLUMNS);
      } else {
        FloatTile.direct(
            a,
            aOffset + i * lda,
            lda,
            panel,
            Scratch.LINE,
            inner,
            FloatTile.ZEROS,
            0,
            0,
            tile,
            0,
            COLUMNS);
      }
      int from0 = to0 + i * channels;
      int from1 = to1 + i * channels;
      if (height == ROWS && (channels >= LANES || i + ROWS < rows)) {
        scatter(tile, 0, y, from0, channels);
        scatter(tile, LANES, y, from1, channels);
      } else {
        int width = Math.min(LANES, channels);
        for (int q = 0; q < height; q++) {
          System.arraycopy(tile, q * COLUMNS, y, from0 + q * channels, width);
          System.arraycopy(tile, q * COLUMNS + LANES, y, from1 + q * channels, width);
        }
      }
    }
  }

  /** Half of a tile to the rows of an image, each row's excess to be overwritten by the next. */
  private static void scatter(float[] tile, int half, float[] y, int y0, int channels) {
    for (int q = 0; q < ROWS; q++) {
      FloatVector.fromArray(SPECIES, tile, q * COLUMNS + half).intoArray(y, y0 + q * channels);
    }
  }
}
