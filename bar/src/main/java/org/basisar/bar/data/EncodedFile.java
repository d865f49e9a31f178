package org.basisar.bar.data;

/**
 * An image file in a folder or an archive.
 *
 * @param path its path below the source, parts separated by '/'
 * @param content reads its bytes
 */
record EncodedFile(String path, Content content) {
  /** Reads a file's bytes, no more than {@link Limits#FILE_BYTES}; from any thread. */
  @FunctionalInterface
  interface Content {
    byte[] read();
  }
}
