package org.basisar.nn.io;

import java.util.List;

/**
 * Named tensors on disk, in whatever format. Everything was checked when the file was opened;
 * values are copied out and converted only where every stored value is representable. Reading is
 * safe from several threads.
 */
public interface TensorFile extends AutoCloseable {
  /** All tensors, in the order of the file. */
  List<StoredTensor> entries();

  /** Whether the file has a tensor of this name. */
  boolean contains(String name);

  /**
   * Type, shape and size of a tensor.
   *
   * @throws RuntimeException of the format, with one sentence, if there is none of this name
   */
  StoredTensor entry(String name);

  /**
   * Copies an F32, BF16 or F16 tensor into {@code destination}; exact.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws RuntimeException of the format, if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  void readFloats(String name, float[] destination, int offset);

  /** As {@link #readFloats}, from F64, F32, BF16 or F16; exact. */
  void readDoubles(String name, double[] destination, int offset);

  /** As {@link #readFloats}, from I32, or from U8 as 0 … 255. */
  void readInts(String name, int[] destination, int offset);

  /** As {@link #readFloats}, from U8. */
  void readBytes(String name, byte[] destination, int offset);

  /** As {@link #readFloats}, the bits of a BF16 tensor, one short per element. */
  void readBf16Bits(String name, short[] destination, int offset);

  /** Unmaps the file. */
  @Override
  void close();
}
