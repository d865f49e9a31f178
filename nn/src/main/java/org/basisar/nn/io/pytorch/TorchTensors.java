package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.StoredTensor;
import org.basisar.nn.io.StoredType;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.basisar.nn.io.pytorch.TorchValue.StridedTensor;
import org.basisar.tensor.DType;

/** The tensors of a PyTorch file under dotted names, copied out in row-major order. */
final class TorchTensors implements TensorFile {
  /** All names together; shared containers could multiply a long key. */
  private static final long MAX_NAME_CHARS = 1L << 26;

  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong I64 =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BITS16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final TorchFile file;
  private final String what;
  private final StorageContainer container;
  private final Map<String, StridedTensor> tensors = new LinkedHashMap<>();
  private long nameChars;

  TorchTensors(TorchFile file, String what, StorageContainer container, TorchValue top) {
    this.file = file;
    this.what = what;
    this.container = container;
    collect("", top);
  }

  private void collect(String path, TorchValue value) {
    switch (value) {
      case StridedTensor tensor -> {
        if (tensors.put(path, tensor) != null) {
          throw new TorchFileException(
              Reason.STRUCTURE, what + " has two tensors of the name " + Json.quote(path));
        }
      }
      case TorchValue.Dictionary(var members) ->
          members.forEach((key, member) -> {
            if (mayHoldTensors(member)) {
              collect(join(path, key), member);
            }
          });
      case TorchValue.Sequence(List<TorchValue> elements) -> {
        for (int i = 0; i < elements.size(); i++) {
          if (mayHoldTensors(elements.get(i))) {
            collect(join(path, TorchValue.Whole.of(i)), elements.get(i));
          }
        }
      }
      case TorchValue.Nothing _,
          TorchValue.Truth _,
          TorchValue.Whole _,
          TorchValue.Real _,
          TorchValue.Text _ -> {}
    }
  }

  private static boolean mayHoldTensors(TorchValue value) {
    return value instanceof StridedTensor
        || value instanceof TorchValue.Dictionary
        || value instanceof TorchValue.Sequence;
  }

  private String join(String path, TorchValue key) {
    String step =
        switch (key) {
          case TorchValue.Text(String text) -> text;
          case TorchValue.Whole(var number) -> number.toString();
          case TorchValue.Truth(boolean truth) -> truth ? "True" : "False";
          case TorchValue.Nothing _ -> "None";
          case TorchValue.Real _, TorchValue.Sequence _, TorchValue.Dictionary _, StridedTensor _ ->
              throw new IllegalStateException("no key: " + key.getClass());
        };
    nameChars += path.length() + step.length() + 1;
    if (nameChars > MAX_NAME_CHARS) {
      throw new TorchFileException(
          Reason.LIMIT, what + " gives its tensors names of more than 2^26 letters together");
    }
    return path.isEmpty() ? step : path + "." + step;
  }

  @Override
  public List<StoredTensor> entries() {
    return tensors.entrySet().stream().map(e -> stored(e.getKey(), e.getValue())).toList();
  }

  private static StoredTensor stored(String name, StridedTensor tensor) {
    return new StoredTensor(
        name,
        tensor.type(),
        tensor.shape(),
        (long) tensor.shape().size() * tensor.storage().type().bytes());
  }

  @Override
  public boolean contains(String name) {
    return tensors.containsKey(name);
  }

  @Override
  public StoredTensor entry(String name) {
    return stored(name, tensor(name));
  }

  private StridedTensor tensor(String name) {
    StridedTensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new TorchFileException(
          Reason.NO_SUCH_ENTRY, what + " has no tensor " + Json.quote(name));
    }
    return tensor;
  }

  @Override
  public void readFloats(String name, float[] destination, int offset) {
    StridedTensor tensor = fitting(name, destination.length, offset);
    MemorySegment bytes = bytes(tensor);
    switch (tensor.type()) {
      case F32 -> {
        if (tensor.isDense()) {
          MemorySegment.copy(
              bytes, F32, 4 * tensor.offset(), destination, offset, tensor.shape().size());
        } else {
          each(tensor, (i, at) -> destination[offset + i] = bytes.get(F32, 4 * at));
        }
      }
      case BF16, F16 -> each(tensor, (i, at) -> destination[offset + i] = half(tensor, bytes, at));
      default -> throw unsupported(name, tensor, "floats");
    }
  }

  @Override
  public void readDoubles(String name, double[] destination, int offset) {
    StridedTensor tensor = fitting(name, destination.length, offset);
    MemorySegment bytes = bytes(tensor);
    switch (tensor.type()) {
      case F64 -> each(tensor, (i, at) -> destination[offset + i] = bytes.get(F64, 8 * at));
      case F32 -> each(tensor, (i, at) -> destination[offset + i] = bytes.get(F32, 4 * at));
      case BF16, F16 -> each(tensor, (i, at) -> destination[offset + i] = half(tensor, bytes, at));
      default -> throw unsupported(name, tensor, "doubles");
    }
  }

  private static float half(StridedTensor tensor, MemorySegment bytes, long at) {
    short bits = bytes.get(BITS16, 2 * at);
    return tensor.type() == StoredType.BF16 ? DType.fromBf16(bits) : Float.float16ToFloat(bits);
  }

  /** As promised, and from I64 if all values fit. */
  @Override
  public void readInts(String name, int[] destination, int offset) {
    StridedTensor tensor = fitting(name, destination.length, offset);
    MemorySegment bytes = bytes(tensor);
    switch (tensor.type()) {
      case I32 -> each(tensor, (i, at) -> destination[offset + i] = bytes.get(I32, 4 * at));
      case U8 ->
          each(
              tensor,
              (i, at) ->
                  destination[offset + i] =
                      Byte.toUnsignedInt(bytes.get(ValueLayout.JAVA_BYTE, at)));
      case I64 ->
          each(
              tensor,
              (i, at) -> {
                long value = bytes.get(I64, 8 * at);
                if (value != (int) value) {
                  throw new TorchFileException(
                      Reason.UNSUPPORTED_TYPE,
                      what
                          + " stores "
                          + value
                          + " in tensor "
                          + Json.quote(name)
                          + ", which is no 32-bit number");
                }
                destination[offset + i] = (int) value;
              });
      default -> throw unsupported(name, tensor, "ints");
    }
  }

  @Override
  public void readBytes(String name, byte[] destination, int offset) {
    StridedTensor tensor = fitting(name, destination.length, offset);
    MemorySegment bytes = bytes(tensor);
    if (tensor.type() != StoredType.U8) {
      throw unsupported(name, tensor, "bytes");
    }
    each(tensor, (i, at) -> destination[offset + i] = bytes.get(ValueLayout.JAVA_BYTE, at));
  }

  @Override
  public void readBf16Bits(String name, short[] destination, int offset) {
    StridedTensor tensor = fitting(name, destination.length, offset);
    MemorySegment bytes = bytes(tensor);
    if (tensor.type() != StoredType.BF16) {
      throw unsupported(name, tensor, "bfloat16 bits");
    }
    each(tensor, (i, at) -> destination[offset + i] = bytes.get(BITS16, 2 * at));
  }

  /** Takes the row-major index of an element and its place in the storage. */
  @FunctionalInterface
  private interface Visit {
    void element(int index, long at);
  }

  private static void each(StridedTensor tensor, Visit visit) {
    int size = tensor.shape().size();
    int rank = tensor.shape().rank();
    int[] index = new int[rank];
    long at = tensor.offset();
    for (int i = 0; i < size; i++) {
      visit.element(i, at);
      for (int axis = rank - 1; axis >= 0; axis--) {
        long stride = tensor.strides().get(axis);
        at += stride;
        if (++index[axis] < tensor.shape().dim(axis)) {
          break;
        }
        at -= stride * index[axis];
        index[axis] = 0;
      }
    }
  }

  private StridedTensor fitting(String name, int length, int offset) {
    StridedTensor tensor = tensor(name);
    Objects.checkFromIndexSize(offset, tensor.shape().size(), length);
    return tensor;
  }

  private MemorySegment bytes(StridedTensor tensor) {
    file.requireOpen();
    return container.bytes(tensor.storage());
  }

  private TorchFileException unsupported(String name, StridedTensor tensor, String wanted) {
    return new TorchFileException(
        Reason.UNSUPPORTED_TYPE,
        what
            + " stores tensor "
            + Json.quote(name)
            + " as "
            + tensor.type()
            + ", which cannot be read as "
            + wanted
            + "; read it as what it is or convert the file");
  }

  @Override
  public void close() {
    file.close();
  }
}
