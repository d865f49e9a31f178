package org.basisar.nn.io;

import java.util.Objects;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;

/**
 * Collects tensors for a file. Arrays are not copied when they are added; they are read while the
 * file is written.
 *
 * @param <W> the writer itself
 */
public interface TensorWriter<W> {
  /**
   * Adds a tensor whose elements are asked for while the file is written.
   *
   * @throws RuntimeException the format's own, if the name is taken or reserved
   */
  W add(String name, DType dtype, Shape shape, TensorSource source);

  /** Adds an F32 tensor from {@code shape.size()} elements starting at {@code offset}. */
  default W addFloats(String name, Shape shape, float[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.F32, shape, sink -> sink.floats(values, offset, shape.size()));
  }

  /** Adds an F64 tensor from {@code shape.size()} elements starting at {@code offset}. */
  default W addDoubles(String name, Shape shape, double[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.F64, shape, sink -> sink.doubles(values, offset, shape.size()));
  }

  /** Adds a BF16 tensor from floats, rounded to nearest even. */
  default W addBf16(String name, Shape shape, float[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.BF16, shape, sink -> sink.floats(values, offset, shape.size()));
  }

  /** Adds a BF16 tensor from {@code shape.size()} bit patterns starting at {@code offset}. */
  default W addBf16Bits(String name, Shape shape, short[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.BF16, shape, sink -> sink.bf16Bits(values, offset, shape.size()));
  }

  /** Adds an I32 tensor from {@code shape.size()} elements starting at {@code offset}. */
  default W addInts(String name, Shape shape, int[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.I32, shape, sink -> sink.ints(values, offset, shape.size()));
  }

  /** Adds a U8 tensor from {@code shape.size()} elements starting at {@code offset}. */
  default W addBytes(String name, Shape shape, byte[] values, int offset) {
    Objects.checkFromIndexSize(offset, shape.size(), values.length);
    return add(name, DType.U8, shape, sink -> sink.bytes(values, offset, shape.size()));
  }
}
