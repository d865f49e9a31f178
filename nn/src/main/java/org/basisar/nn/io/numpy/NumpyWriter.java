package org.basisar.nn.io.numpy;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;

/** Takes the elements of one array, a piece at a time. */
public final class NumpyWriter {
  private static final int CHUNK = 1 << 13;

  private final OutputStream out;
  private final String what;
  private final NumpyHeader header;
  private final ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
  private long left;

  private NumpyWriter(OutputStream out, String what, NumpyHeader header) {
    this.out = out;
    this.what = what;
    this.header = header;
    this.left = header.elements();
  }

  static void write(OutputStream out, String what, NumpyHeader header, NumpyFile.Elements elements)
      throws IOException {
    out.write(header.encode());
    NumpyWriter writer = new NumpyWriter(out, what, header);
    elements.writeTo(writer);
    writer.flush();
    if (writer.left != 0) {
      throw new IllegalStateException(what + " was given " + writer.left + " elements too few");
    }
  }

  /**
   * The next elements of a U8 array.
   *
   * @throws IllegalStateException if the header says another type or there are too many
   */
  public void bytes(byte[] values, int offset, int count) throws IOException {
    take(NumpyType.U8, values.length, offset, count);
    flush();
    out.write(values, offset, count);
  }

  /** The next elements of an F32 array. */
  public void floats(float[] values, int offset, int count) throws IOException {
    take(NumpyType.F32, values.length, offset, count);
    for (int i = offset; i < offset + count; i++) {
      room().putFloat(values[i]);
    }
  }

  /** The next elements of an F64 array. */
  public void doubles(double[] values, int offset, int count) throws IOException {
    take(NumpyType.F64, values.length, offset, count);
    for (int i = offset; i < offset + count; i++) {
      room().putDouble(values[i]);
    }
  }

  /** The next elements of an I32 array. */
  public void ints(int[] values, int offset, int count) throws IOException {
    take(NumpyType.I32, values.length, offset, count);
    for (int i = offset; i < offset + count; i++) {
      room().putInt(values[i]);
    }
  }

  /** The next elements of an I64 array. */
  public void longs(long[] values, int offset, int count) throws IOException {
    take(NumpyType.I64, values.length, offset, count);
    for (int i = offset; i < offset + count; i++) {
      room().putLong(values[i]);
    }
  }

  private void take(NumpyType type, int length, int offset, int count) {
    Objects.checkFromIndexSize(offset, count, length);
    if (header.type() != type) {
      throw new IllegalStateException(
          what + " is " + header.type().description() + ", not " + type.description());
    }
    if (count > left) {
      throw new IllegalStateException(
          what + " has room for " + left + " more elements, not " + count);
    }
    left -= count;
  }

  private ByteBuffer room() throws IOException {
    if (!chunk.hasRemaining()) {
      flush();
    }
    return chunk;
  }

  private void flush() throws IOException {
    out.write(chunk.array(), 0, chunk.position());
    chunk.clear();
  }
}
