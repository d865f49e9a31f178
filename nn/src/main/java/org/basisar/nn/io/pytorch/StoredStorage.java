package org.basisar.nn.io.pytorch;

/**
 * A run of elements that tensors are views of.
 *
 * @param type of its elements
 * @param key its name in the file
 * @param elements its length
 */
public record StoredStorage(StorageType type, String key, long elements) {
  /** Its length in bytes. */
  public long bytes() {
    return elements * type.bytes();
  }
}
