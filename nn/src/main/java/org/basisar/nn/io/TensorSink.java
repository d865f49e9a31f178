package org.basisar.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.tensor.DType;

/**
 * Takes the elements of one tensor, in row-major order and in as many pieces as the source likes,
 * and puts them into the file in the dtype that was declared. Handed to a {@link TensorSource}.
 */
public final class TensorSink {
  private static final int BUFFER_BYTES = 1 << 16;

  private final WritableByteChannel channel;
  private final ByteBuffer buffer =
      ByteBuffer.allocate(BUFFER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
  private String name = "";
  private DType dtype = DType.U8;
  private long remaining;

  TensorSink(WritableByteChannel channel) {
    this.channel = channel;
  }

  /**
   * Has a source write one tensor to a channel, in little-endian order and nothing else.
   *
   * @throws SafeTensorsException if the source does not keep to the declared shape and dtype
   * @throws IOException if the channel cannot be written or the source cannot read
   */
  public static void deliver(WritableByteChannel channel, StoredTensor tensor, TensorSource source)
      throws IOException {
    TensorSink sink = new TensorSink(channel);
    sink.begin(tensor);
    source.writeTo(sink);
    sink.end();
  }

  void begin(StoredTensor tensor) {
    name = tensor.name();
    dtype = tensor.dtype();
    remaining = tensor.byteSize();
  }

  void end() throws IOException {
    if (remaining != 0) {
      throw new SafeTensorsException(
          Reason.SOURCE_LENGTH,
          "the source of tensor "
              + Json.quote(name)
              + " stopped "
              + remaining / dtype.bytes()
              + " elements short of its shape");
    }
    flush();
  }

  /**
   * Takes floats into an F32 tensor as they are, or into a BF16 tensor rounded to nearest even.
   *
   * @throws IOException if the file cannot be written
   */
  public void floats(float[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    if (dtype != DType.BF16) {
      require(DType.F32, "floats");
    }
    claim(length);
    int bytes = dtype.bytes();
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, room() / bytes);
      if (dtype == DType.F32) {
        buffer.asFloatBuffer().put(values, offset + done, count);
      } else {
        for (int i = 0; i < count; i++) {
          buffer.putShort(buffer.position() + 2 * i, DType.toBf16(values[offset + done + i]));
        }
      }
      buffer.position(buffer.position() + count * bytes);
      done += count;
    }
  }

  /**
   * Takes doubles into an F64 tensor.
   *
   * @throws IOException if the file cannot be written
   */
  public void doubles(double[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    require(DType.F64, "doubles");
    claim(length);
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, room() / Double.BYTES);
      buffer.asDoubleBuffer().put(values, offset + done, count);
      buffer.position(buffer.position() + count * Double.BYTES);
      done += count;
    }
  }

  /**
   * Takes ints into an I32 tensor.
   *
   * @throws IOException if the file cannot be written
   */
  public void ints(int[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    require(DType.I32, "ints");
    claim(length);
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, room() / Integer.BYTES);
      buffer.asIntBuffer().put(values, offset + done, count);
      buffer.position(buffer.position() + count * Integer.BYTES);
      done += count;
    }
  }

  /**
   * Takes bytes into a U8 tensor.
   *
   * @throws IOException if the file cannot be written
   */
  public void bytes(byte[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    require(DType.U8, "bytes");
    claim(length);
    put(ByteBuffer.wrap(values, offset, length));
  }

  /**
   * Takes the bits of bfloat16 values into a BF16 tensor.
   *
   * @throws IOException if the file cannot be written
   */
  public void bf16Bits(short[] values, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, values.length);
    require(DType.BF16, "bfloat16 bits");
    claim(length);
    for (int done = 0; done < length; ) {
      int count = Math.min(length - done, room() / Short.BYTES);
      buffer.asShortBuffer().put(values, offset + done, count);
      buffer.position(buffer.position() + count * Short.BYTES);
      done += count;
    }
  }

  /**
   * Takes whole elements that already have the little-endian form of the file.
   *
   * @param elements the bytes from its position to its limit; consumed
   * @throws IOException if the file cannot be written
   */
  public void raw(ByteBuffer elements) throws IOException {
    if (elements.remaining() % dtype.bytes() != 0) {
      throw new IllegalArgumentException(
          elements.remaining() + " bytes are no whole number of " + dtype + " elements");
    }
    claim(elements.remaining() / dtype.bytes());
    put(elements);
  }

  /** Puts bytes that belong to no tensor: the header. */
  void put(ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      int count = Math.min(bytes.remaining(), room());
      buffer.put(buffer.position(), bytes, bytes.position(), count);
      buffer.position(buffer.position() + count);
      bytes.position(bytes.position() + count);
    }
  }

  private void require(DType expected, String given) {
    if (dtype != expected) {
      throw new SafeTensorsException(
          Reason.UNSUPPORTED_TYPE,
          "tensor "
              + Json.quote(name)
              + " was declared as "
              + dtype
              + " but its source delivers "
              + given);
    }
  }

  private void claim(int elements) {
    long bytes = (long) elements * dtype.bytes();
    if (bytes > remaining) {
      throw new SafeTensorsException(
          Reason.SOURCE_LENGTH,
          "the source of tensor "
              + Json.quote(name)
              + " delivers "
              + (bytes - remaining) / dtype.bytes()
              + " elements more than its shape holds");
    }
    remaining -= bytes;
  }

  /**
   * Bytes free in the buffer, at least one element: each tensor starts with an empty one, whose
   * size is a multiple of every element's, and takes whole elements only.
   */
  private int room() throws IOException {
    if (!buffer.hasRemaining()) {
      flush();
    }
    return buffer.remaining();
  }

  void flush() throws IOException {
    buffer.flip();
    while (buffer.hasRemaining()) {
      channel.write(buffer);
    }
    buffer.clear();
  }
}
