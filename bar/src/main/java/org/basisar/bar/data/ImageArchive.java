package org.basisar.bar.data;

import java.util.List;

/** An archive of image files that are read where they lie. */
sealed interface ImageArchive extends AutoCloseable permits ZipFiles, TarFiles {
  /**
   * All image files.
   *
   * @throws DataException if the archive is damaged, in one sentence
   */
  List<EncodedFile> list();

  /** Whether contents can only be read in the order of the list, by one thread. */
  boolean sequential();

  @Override
  void close();
}
