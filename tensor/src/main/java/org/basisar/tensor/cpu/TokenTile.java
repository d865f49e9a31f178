package org.basisar.tensor.cpu;

/**
 * The innermost loop of {@link TokenProduct}: {@link FloatTile#ROWS} rows of A times two vectors of
 * every token, which may belong to two images. Unlike {@link FloatTile} it reads x and writes y
 * where they are, so that nothing is copied around a product that is short: with 64 tokens, filling
 * and emptying a packed tile took a fifth of the time.
 *
 * <p>Each element is one chain of fused multiply-adds in rising depth from 0.
 */
final class TokenTile {
  private static final boolean SIX_ROWS = FloatTile.ROWS == TokenTile6x2.ROWS;

  private TokenTile() {}

  /**
   * One tile with A in place; all rows of the tile must exist.
   *
   * @param a0 position of A's first element of the tile
   * @param lda distance between rows of A
   * @param x0 position of the first vector's first token
   * @param x1 the same of the second vector
   * @param ldx distance between tokens of x
   * @param depth tokens of x
   * @param y0 position of the first vector's first result
   * @param y1 the same of the second vector
   * @param ldy distance between rows of y
   */
  static void direct(
      float[] a,
      int a0,
      int lda,
      float[] x,
      int x0,
      int x1,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int y1,
      int ldy) {
    if (SIX_ROWS) {
      TokenTile6x2.direct(a, a0, lda, x, x0, x1, ldx, depth, y, y0, y1, ldy);
    } else {
      TokenTile8x2.direct(a, a0, lda, x, x0, x1, ldx, depth, y, y0, y1, ldy);
    }
  }

  /**
   * One tile with A packed as {@code [depth, ROWS]} from {@code a0}; the rest as in {@link
   * #direct}.
   */
  static void packed(
      float[] a,
      int a0,
      float[] x,
      int x0,
      int x1,
      int ldx,
      int depth,
      float[] y,
      int y0,
      int y1,
      int ldy) {
    if (SIX_ROWS) {
      TokenTile6x2.packed(a, a0, x, x0, x1, ldx, depth, y, y0, y1, ldy);
    } else {
      TokenTile8x2.packed(a, a0, x, x0, x1, ldx, depth, y, y0, y1, ldy);
    }
  }
}
