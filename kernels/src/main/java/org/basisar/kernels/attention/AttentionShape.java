package org.basisar.kernels.attention;

/**
 * The extents of an attention problem. Query-like arrays are [images, queries, heads · headWidth],
 * key-like ones [images, keys, heads · headWidth]; the queries are the last of the keys.
 *
 * @param images independent sequences
 * @param heads heads, contiguous slices of each row
 * @param headWidth elements of a head
 * @param queries tokens that ask
 * @param keys tokens that are asked, at least {@code queries}
 * @param cellTokens tokens of a cell; a query sees the keys of its own and of earlier cells; 0 for
 *     all keys
 */
public record AttentionShape(
    int images, int heads, int headWidth, int queries, int keys, int cellTokens) {
  /** Factor of the scores, 1 / √headWidth. */
  float scale() {
    return (float) (1 / Math.sqrt(headWidth));
  }

  /** Number of log denominators, [images, heads, queries]. */
  public long rows() {
    return (long) images * heads * queries;
  }

  /** One block for each of {@code perHead} rows or tiles of every head. */
  int blocks(int perHead) {
    return Math.toIntExact((long) images * heads * perHead);
  }
}
