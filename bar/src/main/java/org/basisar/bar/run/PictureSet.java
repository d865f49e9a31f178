package org.basisar.bar.run;

import java.io.IOException;
import java.util.List;

/**
 * Where the pictures of a numbered set are written, batch by batch and in any number of sittings.
 * It holds what the set is, so that a set is never mixed from two.
 */
sealed interface PictureSet permits PngFolder, NumpySet {
  /** Whether all of a batch is written. */
  boolean holds(int first, int count);

  /**
   * Writes a batch.
   *
   * @param pictures interleaved [side, side, 3] each
   */
  void put(int first, List<byte[]> pictures) throws IOException;

  /** Says that all are there. */
  void finish() throws IOException;
}
