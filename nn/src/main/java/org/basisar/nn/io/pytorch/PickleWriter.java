package org.basisar.nn.io.pytorch;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.basisar.tensor.Shape;

/** Writes pickles of protocol 2, with the instructions that PyTorch itself uses for state dicts. */
final class PickleWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleWriter() {
    out.write(0x80);
    out.write(2);
  }

  /** The finished pickle. */
  byte[] stop() {
    out.write('.');
    return out.toByteArray();
  }

  void none() {
    out.write('N');
  }

  void truth(boolean value) {
    out.write(value ? 0x88 : 0x89);
  }

  void whole(long value) {
    if (value >= 0 && value <= 0xff) {
      out.write('K');
      out.write((int) value);
    } else if (value == (int) value) {
      out.write('J');
      out.writeBytes(buffer(4).putInt((int) value).array());
    } else {
      byte[] big = BigInteger.valueOf(value).toByteArray();
      out.write(0x8a);
      out.write(big.length);
      for (int i = big.length - 1; i >= 0; i--) {
        out.write(big[i]);
      }
    }
  }

  void text(String value) {
    byte[] utf8 = value.getBytes(StandardCharsets.UTF_8);
    out.write('X');
    out.writeBytes(buffer(4).putInt(utf8.length).array());
    out.writeBytes(utf8);
  }

  void name(String module, String title) {
    out.write('c');
    out.writeBytes((module + "\n" + title + "\n").getBytes(StandardCharsets.UTF_8));
  }

  /** An empty OrderedDict; between {@link #members} and {@link #endMembers} come its members. */
  void orderedDictionary() {
    name(Node.Global.ORDERED_DICT.module(), Node.Global.ORDERED_DICT.title());
    out.write(')');
    out.write('R');
  }

  /** An empty dict. */
  void dictionary() {
    out.write('}');
  }

  void members() {
    out.write('(');
  }

  void endMembers() {
    out.write('u');
  }

  /** A dense tensor that fills a storage of its own. */
  void tensor(StoredStorage storage, Shape shape) {
    name(Node.Global.REBUILD_TENSOR.module(), Node.Global.REBUILD_TENSOR.title());
    out.write('(');
    out.write('(');
    text("storage");
    name("torch", storage.type().className());
    text(storage.key());
    text("cpu");
    whole(storage.elements());
    out.write('t');
    out.write('Q');
    whole(0);
    tuple(shape.dims());
    tuple(shape.denseStrides());
    truth(false);
    orderedDictionary();
    out.write('t');
    out.write('R');
  }

  private void tuple(int[] values) {
    out.write('(');
    for (int value : values) {
      whole(value);
    }
    out.write('t');
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
