package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = A·x or Aᵀ·x of every image of a batch, x [images, inner, channels], y [images, rows,
 * channels].
 *
 * <p>An image has few channels, often fewer than a tile of {@link TokenTile} is wide. So the tile's
 * two vectors may belong to neighbouring images, each of which is read and written where it is. If
 * the channels do not fill whole vectors, images share the vectors of a {@link SharedTile}, or,
 * where that does not fit, those of a few images are put side by side first, while these are in the
 * cache. No wide matrix of all images is made, which would cost two passes over memory.
 *
 * <p>Every element is one chain of fused multiply-adds in rising depth from 0, as in {@link Gemm}.
 * An item is an image, or a tile's rows of the only image.
 */
final class TokenProduct extends FastKernel {
  private static final VectorSpecies<Float> SPECIES = FloatTile.SPECIES;
  private static final int LANES = FloatTile.LANES;
  private static final int ROWS = FloatTile.ROWS;
  private static final int COLUMNS = FloatTile.COLUMNS;

  /** Elements of a cache line. */
  private static final int LINE = 64 / Float.BYTES;

  /** Multiply-adds that are worth waking a thread for. */
  private static final long GRAIN = 150_000;

  /**
   * Columns of one thread from which on packing A gains more than it costs; A stored by rows can
   * also be read in place.
   */
  private static final int PACK_COLUMNS = 256;

  /** The same where images share tiles, which only read a packed A. */
  private static final int PACK_COLUMNS_SHARED = 96;

  /**
   * Columns of one image up to which a transposed A is read in place: each vector of them reads it
   * anew, across rows.
   */
  private static final int IN_PLACE_COLUMNS = 3 * LANES;

  /** Whether the tile of one vector has the rows that {@link TokenTile} has. */
  private static final boolean SINGLE = ROWS == TokenColumn.ROWS;

  private static final int PACKED_A = 0;
  private static final int SIDE_BY_SIDE = 1;
  private static final int REST = 3;

  private final boolean transposed;
  private final int images;
  private final int rows;
  private final int inner;
  private final int channels;

  /** Whether a token is whole vectors, which are read and written where they are. */
  private final boolean whole;

  /** Images that share tiles, and the columns of the tiles that they share. */
  private final int together;

  private final int width;

  /** How images share tiles where they are, or null. */
  private final @Nullable SharedLayout shared;

  private float[] a;
  private int aOffset;
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
   * @param after what is done to the tokens of an image as soon as they are there, or null; then
   *     one image is not divided among threads
   */
  TokenProduct(boolean transposed, Tensor a, Tensor x, Tensor y, @Nullable GroupKernel after) {
    this.transposed = transposed;
    images = x.shape().dim(0);
    inner = x.shape().dim(1);
    channels = x.shape().dim(2);
    rows = y.shape().dim(1);
    whole = channels % LANES == 0;
    together = together(images, channels);
    width = Math.ceilDiv(together * channels, LANES) * LANES;
    shared = !whole && SharedLayout.pays(channels) ? new SharedLayout(inner, rows, channels) : null;
    this.a = floats(a);
    aOffset = a.offset();
    lda = a.shape().dim(1);
    this.x = floats(x);
    xOffset = x.offset();
    this.y = floats(y);
    yOffset = y.offset();
    this.after = after;
  }

  /** Puts another matrix of the same size in the place of A. */
  TokenProduct a(float[] array, int offset) {
    a = array;
    aOffset = offset;
    return this;
  }

  /** The fewest images that leave at most a sixteenth of the tiles' columns idle. */
  private static int together(int images, int channels) {
    for (int count = 1; count < images; count++) {
      int used = count * channels;
      if (16 * (Math.ceilDiv(used, COLUMNS) * COLUMNS - used) <= used) {
        return count;
      }
    }
    return Math.max(1, images);
  }

  private boolean byRows() {
    return images == 1 && after == null;
  }

  /** Rows of the tiles that read A where it lies. */
  private int height() {
    return transposed ? TokenColumn.ROWS_TRANSPOSED : ROWS;
  }

  @Override
  public int items() {
    if (rows == 0 || channels == 0) {
      return 0;
    }
    return byRows() ? Math.ceilDiv(rows, ROWS) : images;
  }

  @Override
  public int grain() {
    long work = (long) (byRows() ? ROWS : rows) * Math.max(1, inner) * channels;
    return (int) Math.max(1, GRAIN / Math.max(1, work));
  }

  @Override
  public void run(int from, int to) {
    if (byRows()) {
      run(0, 1, from * ROWS, Math.min(rows, to * ROWS));
    } else {
      run(from, to, 0, rows);
    }
  }

  /** Images and rows that are one thread's. */
  private void run(int image, int end, int row, int endRow) {
    Scratch scratch = Scratch.ofThread();
    int columns = (end - image) * channels;
    int enough = shared != null ? PACK_COLUMNS_SHARED : PACK_COLUMNS;
    boolean inPlace = !transposed || (byRows() && channels <= IN_PLACE_COLUMNS);
    boolean packed = columns >= enough || !inPlace;
    float[] left = scratch.floats(PACKED_A, Math.ceilDiv(endRow - row, ROWS) * ROWS * inner);
    pack(left, row, packed ? row : endRow - (endRow - row) % height(), endRow);
    int last;
    for (int first = image; first < end; first = last) {
      if (shared != null && packed && fits(first, end)) {
        last = first + shared.images;
        share(scratch, left, shared, first, row, endRow);
      } else {
        last = Math.min(end, first + together);
        if (whole) {
          inPlace(scratch, left, packed, first, last, row, endRow);
        } else {
          sideBySide(scratch, left, packed, first, last, row, endRow);
        }
      }
      if (after != null) {
        int perImage = after.groups / images;
        after.run(first * perImage, last * perImage);
      }
    }
  }

  /** Whether there are images enough to share a tile, and all that it reads is there. */
  private boolean fits(int first, int end) {
    return shared != null
        && first + shared.images <= end
        && (shared.gathered || xOffset + first * inner * channels + shared.reach <= x.length);
  }

  /** A's tiles of the rows {@code [first, end)}, where those from {@code row} on belong. */
  private void pack(float[] out, int row, int first, int end) {
    int to = (first - row) * inner;
    if (transposed) {
      FloatPacking.rowsTransposed(a, aOffset + first, lda, end - first, inner, out, to, 0, inner);
    } else {
      FloatPacking.rows(a, aOffset + first * lda, lda, end - first, inner, out, to, 0, inner);
    }
  }

  private void inPlace(
      Scratch scratch, float[] left, boolean packed, int first, int last, int row, int endRow) {
    int vectors = channels / LANES;
    int end = (last - first) * vectors;
    int x0 = xOffset + first * inner * channels;
    int y0 = yOffset + first * rows * channels + row * channels;
    for (int vector = 0; vector < end; vector += 2) {
      // A last vector without a neighbour is its own.
      int second = Math.min(vector + 1, end - 1);
      multiply(
          scratch,
          left,
          packed,
          row,
          endRow,
          x,
          x0 + start(vector, vectors, inner),
          x0 + start(second, vectors, inner),
          channels,
          y,
          y0 + start(vector, vectors, rows),
          y0 + start(second, vectors, rows),
          channels);
    }
  }

  /** Where a vector of an image of {@code tokens} tokens begins. */
  private int start(int vector, int vectors, int tokens) {
    return vector / vectors * tokens * channels + vector % vectors * LANES;
  }

  /**
   * Images share tiles. The last rows' results go through a buffer, since the lanes behind a last
   * token are not ours.
   */
  private void share(
      Scratch scratch, float[] left, SharedLayout layout, int first, int row, int endRow) {
    int ld = SharedTile.VECTORS * LANES + LANES;
    float[] results = scratch.floats(REST, 3 * ROWS * ld);
    float[] from = x;
    int x0 = xOffset + first * inner * channels;
    int ldx = channels;
    if (layout.gathered) {
      from = scratch.lined(SIDE_BY_SIDE, inner * ld);
      for (int image = 0; image < layout.images; image++) {
        int to = Scratch.LINE + layout.column(image);
        copy(x, x0 + image * inner * channels, channels, from, to, ld, inner);
      }
      x0 = Scratch.LINE;
      ldx = ld;
    }
    int y0 = yOffset + first * rows * channels;
    int whole = row + Math.max(0, endRow - row - layout.spill()) / ROWS * ROWS;
    for (int i = row; i < endRow; i += ROWS) {
      float[] to = i < whole ? y : results;
      int to0 = i < whole ? y0 + i * channels : (i - whole) * ld;
      int ldTo = i < whole ? channels : ld;
      int[] pieces = i < whole ? layout.pieces : SharedLayout.WHOLE;
      int tile = (i - row) * inner;
      SharedTile.packed(left, tile, from, x0, ldx, inner, layout.sources, to, to0, ldTo, pieces);
    }
    for (int image = 0; image < layout.images; image++) {
      int to = y0 + (image * rows + whole) * channels;
      copy(results, layout.column(image), ld, y, to, channels, endRow - whole);
    }
  }

  private void sideBySide(
      Scratch scratch, float[] left, boolean packed, int first, int last, int row, int endRow) {
    // Behind the columns there is room for the rest of a vector.
    int ld = width + LANES;
    int behind = Math.ceilDiv(inner * ld, LINE) * LINE;
    float[] columns = scratch.lined(SIDE_BY_SIDE, behind + (endRow - row) * ld);
    for (int image = first; image < last; image++) {
      int to = Scratch.LINE + (image - first) * channels;
      copy(x, xOffset + image * inner * channels, channels, columns, to, ld, inner);
    }
    int end = Scratch.LINE + (last - first) * channels;
    for (int column = Scratch.LINE; column < end; column += COLUMNS) {
      int second = column + LANES < end ? column + LANES : column;
      multiply(
          scratch,
          left,
          packed,
          row,
          endRow,
          columns,
          column,
          second,
          ld,
          columns,
          behind + column,
          behind + second,
          ld);
    }
    for (int image = first; image < last; image++) {
      int from = Scratch.LINE + behind + (image - first) * channels;
      int to = yOffset + (image * rows + row) * channels;
      copy(columns, from, ld, y, to, channels, endRow - row);
    }
  }

  /**
   * Copies the channels of an image's tokens, a token's last vector first: its excess is
   * overwritten by the next token or image. The last tokens, whose vectors would reach beyond the
   * image, are copied singly.
   */
  private void copy(float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo, int count) {
    int last = (channels - 1) / LANES * LANES;
    int byVectors = Math.max(0, (count * channels - last - LANES + channels) / channels);
    for (int lane = last; lane >= 0; lane -= LANES) {
      copyVectors(from, from0 + lane, ldFrom, to, to0 + lane, ldTo, byVectors);
    }
    for (int token = byVectors; token < count; token++) {
      System.arraycopy(from, from0 + token * ldFrom, to, to0 + token * ldTo, channels);
    }
  }

  /** One vector of each of some tokens. */
  static void copyVectors(
      float[] from, int from0, int ldFrom, float[] to, int to0, int ldTo, int count) {
    for (int token = 0; token < count; token++) {
      FloatVector.fromArray(SPECIES, from, from0 + token * ldFrom)
          .intoArray(to, to0 + token * ldTo);
    }
  }

  /** Two vectors of every token times the rows of A. */
  private void multiply(
      Scratch scratch,
      float[] left,
      boolean packed,
      int row,
      int endRow,
      float[] from,
      int x0,
      int x1,
      int ldx,
      float[] to,
      int y0,
      int y1,
      int ldy) {
    int height = packed ? ROWS : height();
    int end = endRow - (endRow - row) % height;
    for (int i = row; i < end; i += height) {
      int down = (i - row) * ldy;
      if (packed) {
        int tile = (i - row) * inner;
        TokenTile.packed(left, tile, from, x0, x1, ldx, inner, to, y0 + down, y1 + down, ldy);
      } else if (transposed) {
        TokenColumn.transposed(a, aOffset + i, lda, from, x0, ldx, inner, to, y0 + down, ldy);
        if (x1 != x0) {
          TokenColumn.transposed(a, aOffset + i, lda, from, x1, ldx, inner, to, y1 + down, ldy);
        }
      } else if (SINGLE && x1 == x0) {
        int tile = aOffset + i * lda;
        TokenColumn.direct(a, tile, lda, from, x0, ldx, inner, to, y0 + down, ldy);
      } else {
        int tile = aOffset + i * lda;
        TokenTile.direct(a, tile, lda, from, x0, x1, ldx, inner, to, y0 + down, y1 + down, ldy);
      }
    }
    float[] rest = scratch.floats(REST, ROWS * COLUMNS);
    for (int i = end; i < endRow; i += ROWS) {
      int tile = (i - row) * inner;
      TokenTile.packed(left, tile, from, x0, x1, ldx, inner, rest, 0, LANES, COLUMNS);
      for (int r = i; r < Math.min(endRow, i + ROWS); r++) {
        int at = (r - i) * COLUMNS;
        System.arraycopy(rest, at, to, y0 + (r - row) * ldy, LANES);
        System.arraycopy(rest, at + LANES, to, y1 + (r - row) * ldy, LANES);
      }
    }
  }
}
