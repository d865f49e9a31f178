package org.basisar.nn.io;

import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;

/**
 * What a file says about one of its tensors.
 *
 * @param name the name, unique in the file
 * @param type the element type as stored
 * @param shape the extents, row-major
 * @param byteSize length of the data in bytes
 */
public record StoredTensor(String name, StoredType type, Shape shape, long byteSize) {
  /**
   * The tensor type with exactly the stored bits.
   *
   * @throws SafeTensorsException if this engine has none
   */
  public DType dtype() {
    return type.dtype()
        .orElseThrow(() ->
            new SafeTensorsException(
                SafeTensorsException.Reason.UNSUPPORTED_TYPE,
                "tensor "
                    + Json.quote(name)
                    + " is stored as "
                    + type
                    + ", which has no tensor type here; convert the file to F32"));
  }
}
