package org.basisar.bar.data;

/** A decoded picture of any size, read by parts of rows. */
interface Picture {
  int width();

  int height();

  /** 1 (grey) or 3 (red, green, blue). */
  int channels();

  /**
   * Reads {@code count} pixels of a row from column {@code left} on, 0 to 255 each, interleaved
   * {@code [count, channels]}, into the start of {@code pixels}.
   */
  void row(int row, int left, int count, int[] pixels);
}
