package org.basisar.nn.io.pytorch;

import java.util.Optional;
import org.basisar.nn.io.StoredType;

/** PyTorch's storage classes and the element types they stand for. */
public enum StorageType {
  DOUBLE("DoubleStorage", StoredType.F64),
  FLOAT("FloatStorage", StoredType.F32),
  HALF("HalfStorage", StoredType.F16),
  BFLOAT16("BFloat16Storage", StoredType.BF16),
  LONG("LongStorage", StoredType.I64),
  INT("IntStorage", StoredType.I32),
  SHORT("ShortStorage", StoredType.I16),
  CHAR("CharStorage", StoredType.I8),
  BYTE("ByteStorage", StoredType.U8),
  BOOL("BoolStorage", StoredType.BOOL),
  COMPLEX_FLOAT("ComplexFloatStorage", StoredType.C64);

  private final String className;
  private final StoredType stored;

  StorageType(String className, StoredType stored) {
    this.className = className;
    this.stored = stored;
  }

  /** The class's name inside the module {@code torch}. */
  public String className() {
    return className;
  }

  /** The element type. */
  public StoredType stored() {
    return stored;
  }

  /** Size of an element in bytes. */
  public int bytes() {
    return stored.bits() / 8;
  }

  static Optional<StorageType> named(String className) {
    for (StorageType type : values()) {
      if (type.className.equals(className)) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }

  static Optional<StorageType> of(StoredType stored) {
    for (StorageType type : values()) {
      if (type.stored == stored) {
        return Optional.of(type);
      }
    }
    return Optional.empty();
  }
}
