package org.basisar.nn.io.numpy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;
import java.util.zip.ZipException;
import org.basisar.nn.io.numpy.NumpyException.Reason;

/**
 * The elements of one array, from the first to the last in the order of the file. When the last was
 * read, the bytes are compared with the archive's checksum and nothing may follow them. For one
 * thread at a time.
 */
public final class NumpyReader implements AutoCloseable {
  private static final int CHUNK = 1 << 16;
  private static final long NO_CHECKSUM = -1;

  private final InputStream in;
  private final String what;
  private final NumpyHeader header;
  private final CRC32 seen = new CRC32();
  private final long checksum;
  private final byte[] bytes = new byte[CHUNK];
  private final ByteBuffer chunk = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  private long left;

  /** Reads the header; {@code total} is what the container says of the whole array's bytes. */
  private NumpyReader(InputStream in, String what, long total, long checksum) throws IOException {
    this.what = what;
    this.checksum = checksum;
    this.in = in;
    HeaderParser.Parsed parsed = HeaderParser.read(new Summed(), what);
    header = parsed.header();
    left = header.elements();
    if (parsed.bytes() + header.bytes() != total) {
      throw new NumpyException(
          Reason.DATA,
          what
              + " should hold "
              + header.bytes()
              + " bytes after its header, as "
              + header.describe()
              + " takes, but holds "
              + (total - parsed.bytes())
              + "; copy it again");
    }
    if (left == 0) {
      finish();
    }
  }

  /** Makes a reader that owns the stream; if the header is refused the stream is closed. */
  static NumpyReader over(InputStream in, String what, long total) throws IOException {
    return over(in, what, total, NO_CHECKSUM);
  }

  static NumpyReader over(InputStream in, String what, long total, long checksum)
      throws IOException {
    boolean made = false;
    try {
      NumpyReader reader = new NumpyReader(in, what, total, checksum);
      made = true;
      return reader;
    } catch (ZipException e) {
      throw damaged(what, e);
    } finally {
      if (!made) {
        in.close();
      }
    }
  }

  /** What goes through the header parser counts for the checksum too. */
  private final class Summed extends InputStream {
    @Override
    public int read() throws IOException {
      int value = in.read();
      if (value >= 0) {
        seen.update(value);
      }
      return value;
    }

    @Override
    public int read(byte[] target, int offset, int count) throws IOException {
      int got = in.read(target, offset, count);
      if (got > 0) {
        seen.update(target, offset, got);
      }
      return got;
    }
  }

  /** Type and shape. */
  public NumpyHeader header() {
    return header;
  }

  /** Elements that were not read yet. */
  public long remaining() {
    return left;
  }

  /**
   * Reads the next elements of a U8 array.
   *
   * @throws NumpyException if the array has another type, ends early or has a wrong checksum
   * @throws IndexOutOfBoundsException if fewer than {@code count} elements are left
   */
  public void readBytes(byte[] target, int offset, int count) {
    require(offset, count, target.length, List.of(NumpyType.U8));
    int done = 0;
    while (done < count) {
      int now = fill(count - done);
      System.arraycopy(bytes, 0, target, offset + done, now);
      done += now;
    }
  }

  /** As {@link #readBytes}, from F32, or from F64 rounded. */
  public void readFloats(float[] target, int offset, int count) {
    require(offset, count, target.length, List.of(NumpyType.F32, NumpyType.F64));
    int done = 0;
    while (done < count) {
      int now = fill(count - done);
      for (int i = 0; i < now; i++) {
        target[offset + done + i] =
            header.type() == NumpyType.F32 ? chunk.getFloat(4 * i) : (float) chunk.getDouble(8 * i);
      }
      done += now;
    }
  }

  /** As {@link #readBytes}, from any type but I64. */
  public void readDoubles(double[] target, int offset, int count) {
    require(
        offset,
        count,
        target.length,
        List.of(NumpyType.F32, NumpyType.F64, NumpyType.I32, NumpyType.U8));
    int done = 0;
    while (done < count) {
      int now = fill(count - done);
      for (int i = 0; i < now; i++) {
        target[offset + done + i] =
            switch (header.type()) {
              case F64 -> chunk.getDouble(8 * i);
              case F32 -> chunk.getFloat(4 * i);
              case I32 -> chunk.getInt(4 * i);
              case U8 -> chunk.get(i) & 0xff;
              case I64 -> throw new IllegalStateException("excluded above");
            };
      }
      done += now;
    }
  }

  /** As {@link #readBytes}, from the whole types. */
  public void readLongs(long[] target, int offset, int count) {
    require(offset, count, target.length, List.of(NumpyType.I64, NumpyType.I32, NumpyType.U8));
    int done = 0;
    while (done < count) {
      int now = fill(count - done);
      for (int i = 0; i < now; i++) {
        target[offset + done + i] =
            switch (header.type()) {
              case I64 -> chunk.getLong(8 * i);
              case I32 -> chunk.getInt(4 * i);
              case U8 -> chunk.get(i) & 0xff;
              case F64, F32 -> throw new IllegalStateException("excluded above");
            };
      }
      done += now;
    }
  }

  /**
   * All elements of an array of which none was read yet, in row-major order whatever the file's.
   *
   * @param most elements that the caller is willing to hold
   * @throws NumpyException if there are more, or as {@link #readDoubles}
   */
  public double[] allDoubles(int most) {
    double[] values = new double[whole(most)];
    readDoubles(values, 0, values.length);
    if (header.rowMajor()) {
      return values;
    }
    double[] ordered = new double[values.length];
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = values[columnMajorIndex(i)];
    }
    return ordered;
  }

  /** As {@link #allDoubles}, from F32, or F64 rounded. */
  public float[] allFloats(int most) {
    float[] values = new float[whole(most)];
    readFloats(values, 0, values.length);
    if (header.rowMajor()) {
      return values;
    }
    float[] ordered = new float[values.length];
    for (int i = 0; i < ordered.length; i++) {
      ordered[i] = values[columnMajorIndex(i)];
    }
    return ordered;
  }

  private int whole(int most) {
    if (left != header.elements()) {
      throw new IllegalStateException(what + " was read in part before it was asked for whole");
    }
    if (left > most) {
      throw new NumpyException(
          Reason.LIMIT, what + " is " + header.describe() + ", more than " + most + " numbers");
    }
    return (int) left;
  }

  /** Where in the file the element lies that has this place in row-major order. */
  private int columnMajorIndex(int rowMajor) {
    List<Integer> extents = header.extents();
    int rest = rowMajor;
    int stride = (int) header.elements();
    int index = 0;
    for (int axis = extents.size() - 1; axis >= 0; axis--) {
      stride /= extents.get(axis);
      index += rest % extents.get(axis) * stride;
      rest /= extents.get(axis);
    }
    return index;
  }

  private void require(int offset, int count, int length, List<NumpyType> readable) {
    Objects.checkFromIndexSize(offset, count, length);
    if (count > left) {
      throw new IndexOutOfBoundsException(what + " has " + left + " elements left, not " + count);
    }
    if (!readable.contains(header.type())) {
      throw new NumpyException(
          Reason.TYPE,
          what
              + " holds "
              + header.type().description()
              + " where "
              + String.join(" or ", readable.stream().map(NumpyType::description).toList())
              + " is needed; convert it");
    }
  }

  /** Brings at most {@code wanted} elements into the chunk and says how many. */
  private int fill(int wanted) {
    int size = header.type().bytes();
    int now = Math.min(wanted, CHUNK / size);
    try {
      int got = in.readNBytes(bytes, 0, now * size);
      if (got < now * size) {
        throw new NumpyException(Reason.DATA, what + " ends too early; copy it again");
      }
      seen.update(bytes, 0, got);
      left -= now;
      if (left == 0) {
        finish();
      }
    } catch (ZipException e) {
      throw damaged(what, e);
    } catch (IOException e) {
      throw NumpyArchive.unreadable(what, e);
    }
    return now;
  }

  private void finish() throws IOException {
    if (in.read() >= 0) {
      throw new NumpyException(Reason.DATA, what + " has bytes after its last element");
    }
    if (checksum != NO_CHECKSUM && checksum != seen.getValue()) {
      throw new NumpyException(Reason.DATA, what + " has a wrong checksum; copy it again");
    }
  }

  private static NumpyException damaged(String what, IOException e) {
    return new NumpyException(Reason.CONTAINER, what + " cannot be unpacked; copy it again", e);
  }

  /** Closes the stream. */
  @Override
  public void close() {
    try {
      in.close();
    } catch (IOException e) {
      throw NumpyArchive.unreadable(what, e);
    }
  }
}
