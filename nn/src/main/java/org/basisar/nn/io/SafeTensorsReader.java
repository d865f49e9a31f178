package org.basisar.nn.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SequencedSet;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.nn.io.SafeTensorsHeader.Place;
import org.basisar.tensor.DType;

/**
 * A safetensors file, mapped into memory and checked as a whole before any tensor is handed out: no
 * byte without an owner, none with two, no shape that disagrees with its range. Reading is safe
 * from several threads. Values are copied out bit for bit, NaN payloads included; conversions
 * happen only where every stored value is representable.
 *
 * <p>The file must not be rewritten in place while it is open. {@link SafeTensorsWriter} never does
 * that: it renames a new file over the old one, and the mapping keeps the old one.
 */
public final class SafeTensorsReader implements TensorFile {
  /** Longest header that is read, as in the reference implementation. */
  public static final long MAX_HEADER_BYTES = 100_000_000;

  private static final ValueLayout.OfDouble F64 =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat F32 =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt I32 =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfShort BITS16 =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Arena arena;
  private final MemorySegment data;
  private final SafeTensorsHeader header;
  private final String what;

  private SafeTensorsReader(Arena arena, MemorySegment file, String what) {
    this.arena = arena;
    this.what = what;
    this.header = SafeTensorsHeader.parse(file, what);
    this.data = file.asSlice(header.dataStart()).asReadOnly();
  }

  /**
   * Maps and checks a file.
   *
   * @throws SafeTensorsException if it cannot be read or is not exactly what the format demands
   */
  public static SafeTensorsReader open(Path file) {
    try {
      return MappedFile.open(
          file, (arena, mapped) -> new SafeTensorsReader(arena, mapped, file.toString()));
    } catch (NoSuchFileException e) {
      throw new SafeTensorsException(
          Reason.UNREADABLE, file + " does not exist; check the path", e);
    } catch (IOException e) {
      throw new SafeTensorsException(
          Reason.UNREADABLE, file + " cannot be read: " + IoReason.of(e), e);
    }
  }

  /** Checks a whole file that is already in memory; {@code what} names it in messages. */
  @SuppressWarnings("MustBeClosedChecker") // The reader owns the arena, which maps nothing.
  static SafeTensorsReader over(byte[] file, String what) {
    return new SafeTensorsReader(Arena.ofConfined(), MemorySegment.ofArray(file), what);
  }

  /** Names of all tensors in the order of their data. */
  public SequencedSet<String> names() {
    return header.tensors().sequencedKeySet();
  }

  /** All tensors in the order of their data. */
  @Override
  public List<StoredTensor> entries() {
    return header.tensors().values().stream().map(Place::tensor).toList();
  }

  /** Whether the file has a tensor of this name. */
  @Override
  public boolean contains(String name) {
    return header.tensors().containsKey(name);
  }

  /**
   * Type, shape and size of a tensor.
   *
   * @throws SafeTensorsException if there is none of this name
   */
  @Override
  public StoredTensor entry(String name) {
    return place(name).tensor();
  }

  /** The free strings that the file carries. */
  public Map<String, String> metadata() {
    return header.metadata();
  }

  /**
   * Copies an F32, BF16 or F16 tensor into {@code destination}; exact.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws SafeTensorsException if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  @Override
  public void readFloats(String name, float[] destination, int offset) {
    Place place = place(name);
    int size = fit(place, destination.length, offset);
    MemorySegment source = bytes(place);
    switch (place.tensor().type()) {
      case F32 -> MemorySegment.copy(source, F32, 0, destination, offset, size);
      case BF16, F16 -> {
        for (int i = 0; i < size; i++) {
          destination[offset + i] = half(place, source.get(BITS16, 2L * i));
        }
      }
      default -> throw unsupported(place, "floats");
    }
  }

  /**
   * Copies an F64, F32, BF16 or F16 tensor into {@code destination}; exact.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws SafeTensorsException if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  @Override
  public void readDoubles(String name, double[] destination, int offset) {
    Place place = place(name);
    int size = fit(place, destination.length, offset);
    MemorySegment source = bytes(place);
    switch (place.tensor().type()) {
      case F64 -> MemorySegment.copy(source, F64, 0, destination, offset, size);
      case F32 -> {
        for (int i = 0; i < size; i++) {
          destination[offset + i] = source.get(F32, 4L * i);
        }
      }
      case BF16, F16 -> {
        for (int i = 0; i < size; i++) {
          destination[offset + i] = half(place, source.get(BITS16, 2L * i));
        }
      }
      default -> throw unsupported(place, "doubles");
    }
  }

  private static float half(Place place, short bits) {
    return place.tensor().type() == StoredType.BF16
        ? DType.fromBf16(bits)
        : Float.float16ToFloat(bits);
  }

  /**
   * Copies an I32 tensor, or a U8 tensor as 0 … 255, into {@code destination}.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws SafeTensorsException if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  @Override
  public void readInts(String name, int[] destination, int offset) {
    Place place = place(name);
    int size = fit(place, destination.length, offset);
    MemorySegment source = bytes(place);
    switch (place.tensor().type()) {
      case I32 -> MemorySegment.copy(source, I32, 0, destination, offset, size);
      case U8 -> {
        for (int i = 0; i < size; i++) {
          destination[offset + i] = source.get(ValueLayout.JAVA_BYTE, i) & 0xff;
        }
      }
      default -> throw unsupported(place, "ints");
    }
  }

  /**
   * Copies a U8 tensor into {@code destination}.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws SafeTensorsException if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  @Override
  public void readBytes(String name, byte[] destination, int offset) {
    Place place = place(name);
    int size = fit(place, destination.length, offset);
    if (place.tensor().type() != StoredType.U8) {
      throw unsupported(place, "bytes");
    }
    MemorySegment.copy(bytes(place), ValueLayout.JAVA_BYTE, 0, destination, offset, size);
  }

  /**
   * Copies the bits of a BF16 tensor into {@code destination}, one short per element.
   *
   * @param offset index of the first element written; the whole tensor must fit behind it
   * @throws SafeTensorsException if the name is unknown or the type is another
   * @throws IndexOutOfBoundsException if the tensor does not fit
   */
  @Override
  public void readBf16Bits(String name, short[] destination, int offset) {
    Place place = place(name);
    int size = fit(place, destination.length, offset);
    if (place.tensor().type() != StoredType.BF16) {
      throw unsupported(place, "bfloat16 bits");
    }
    MemorySegment.copy(bytes(place), BITS16, 0, destination, offset, size);
  }

  /**
   * The stored bytes of a tensor of any type: little-endian, read-only, not necessarily aligned,
   * and valid until this reader is closed.
   *
   * @throws SafeTensorsException if the name is unknown
   */
  public MemorySegment raw(String name) {
    return bytes(place(name));
  }

  /** Unmaps the file. A second call, or a read afterwards, throws IllegalStateException. */
  @Override
  public void close() {
    arena.close();
  }

  private MemorySegment bytes(Place place) {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(what + " was closed; open it again to read");
    }
    return data.asSlice(place.begin(), place.tensor().byteSize());
  }

  private Place place(String name) {
    Place place = header.tensors().get(name);
    if (place == null) {
      throw new SafeTensorsException(
          Reason.NO_SUCH_TENSOR,
          what
              + " has no tensor "
              + Json.quote(name)
              + "; it has "
              + (names().isEmpty()
                  ? "none"
                  : Json.list(names().stream().map(Json::quote).toList())));
    }
    return place;
  }

  private static int fit(Place place, int length, int offset) {
    int size = place.tensor().shape().size();
    Objects.checkFromIndexSize(offset, size, length);
    return size;
  }

  private SafeTensorsException unsupported(Place place, String wanted) {
    return new SafeTensorsException(
        Reason.UNSUPPORTED_TYPE,
        what
            + " stores tensor "
            + Json.quote(place.tensor().name())
            + " as "
            + place.tensor().type()
            + ", which cannot be read as "
            + wanted
            + "; read it as what it is or convert the file");
  }
}
