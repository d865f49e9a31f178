package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;

/** Where the elements of storages lie. */
interface StorageContainer {
  /** The bytes of a storage: little-endian, read-only, and of exactly its size. */
  MemorySegment bytes(StoredStorage storage);
}
