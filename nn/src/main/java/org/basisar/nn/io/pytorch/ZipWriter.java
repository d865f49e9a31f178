package org.basisar.nn.io.pytorch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;

/**
 * Writes uncompressed parts whose bytes begin at multiples of 64, as PyTorch does so that they can
 * be mapped. A part's header goes in front of it after the part was written, when its checksum is
 * known.
 */
final class ZipWriter {
  private static final int ALIGNMENT = 64;
  private static final long WIDE = 0xffffffffL;
  private static final short PADDING_EXTRA = 0x4246;
  private static final short ZIP64_EXTRA = 1;
  private static final short UTF8_NAMES = 1 << 11;
  private static final short FIRST_OF_JANUARY_1980 = 0x21;

  private final FileChannel channel;
  private final long wideFrom;
  private final List<Part> parts = new ArrayList<>();

  /** Writes the bytes of a part. */
  @FunctionalInterface
  interface Content {
    void writeTo(WritableByteChannel channel) throws IOException;
  }

  private record Part(String name, long header, long size, int checksum) {}

  /** Counts and sums what passes through. */
  private static final class Summing implements WritableByteChannel {
    private final WritableByteChannel channel;
    private final CRC32 checksum = new CRC32();

    Summing(WritableByteChannel channel) {
      this.channel = channel;
    }

    @Override
    public int write(ByteBuffer source) throws IOException {
      ByteBuffer passed = source.duplicate();
      int count = channel.write(source);
      checksum.update(passed.limit(passed.position() + count));
      return count;
    }

    @Override
    public boolean isOpen() {
      return channel.isOpen();
    }

    @Override
    public void close() {
      // The file goes on behind this part.
    }
  }

  /**
   * A writer to the channel's position, which must be its start.
   *
   * @param wideFrom sizes and places from which on the 64-bit records are written; tests lower it
   */
  ZipWriter(FileChannel channel, long wideFrom) {
    this.channel = channel;
    this.wideFrom = wideFrom;
  }

  ZipWriter(FileChannel channel) {
    this(channel, WIDE);
  }

  void part(String name, byte[] bytes) throws IOException {
    part(
        name,
        bytes.length,
        sink -> {
          ByteBuffer buffer = ByteBuffer.wrap(bytes);
          while (buffer.hasRemaining()) {
            sink.write(buffer);
          }
        });
  }

  void part(String name, long size, Content content) throws IOException {
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    long header = channel.position();
    boolean wide = size >= wideFrom;
    int fixed = 30 + utf8.length + (wide ? 20 : 0) + 4;
    int padding = (int) Math.floorMod(-(header + fixed), (long) ALIGNMENT);
    channel.position(header + fixed + padding);
    Summing sink = new Summing(channel);
    content.writeTo(sink);
    if (channel.position() != header + fixed + padding + size) {
      throw new IllegalStateException("part " + name + " does not have its " + size + " bytes");
    }
    int checksum = (int) sink.checksum.getValue();
    ByteBuffer local = buffer(fixed + padding);
    local
        .putInt(0x04034b50)
        .putShort((short) (wide ? 45 : 20))
        .putShort(UTF8_NAMES)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort(FIRST_OF_JANUARY_1980)
        .putInt(checksum)
        .putInt((int) (wide ? WIDE : size))
        .putInt((int) (wide ? WIDE : size))
        .putShort((short) utf8.length)
        .putShort((short) (fixed + padding - 30 - utf8.length))
        .put(utf8);
    if (wide) {
      local.putShort(ZIP64_EXTRA).putShort((short) 16).putLong(size).putLong(size);
    }
    local.putShort(PADDING_EXTRA).putShort((short) padding);
    local.rewind();
    long at = header;
    while (local.hasRemaining()) {
      at += channel.write(local, at);
    }
    parts.add(new Part(name, header, size, checksum));
  }

  /** Writes the directory; nothing may follow. */
  void finish() throws IOException {
    long begin = channel.position();
    for (Part part : parts) {
      write(entry(part));
    }
    long end = channel.position();
    long size = end - begin;
    boolean wide = parts.size() >= 0xffff || size >= wideFrom || begin >= wideFrom;
    if (wide) {
      write(
          buffer(76)
              .putInt(0x06064b50)
              .putLong(44)
              .putShort((short) 45)
              .putShort((short) 45)
              .putInt(0)
              .putInt(0)
              .putLong(parts.size())
              .putLong(parts.size())
              .putLong(size)
              .putLong(begin)
              .putInt(0x07064b50)
              .putInt(0)
              .putLong(end)
              .putInt(1));
    }
    short count = (short) (wide ? 0xffff : parts.size());
    write(
        buffer(22)
            .putInt(0x06054b50)
            .putInt(0)
            .putShort(count)
            .putShort(count)
            .putInt((int) (wide ? WIDE : size))
            .putInt((int) (wide ? WIDE : begin))
            .putShort((short) 0));
  }

  private ByteBuffer entry(Part part) {
    boolean wide = part.size() >= wideFrom || part.header() >= wideFrom;
    byte[] utf8 = part.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer entry = buffer(46 + utf8.length + (wide ? 28 : 0));
    entry
        .putInt(0x02014b50)
        .putShort((short) (wide ? 45 : 20))
        .putShort((short) (wide ? 45 : 20))
        .putShort(UTF8_NAMES)
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort(FIRST_OF_JANUARY_1980)
        .putInt(part.checksum())
        .putInt((int) (wide ? WIDE : part.size()))
        .putInt((int) (wide ? WIDE : part.size()))
        .putShort((short) utf8.length)
        .putShort((short) (wide ? 28 : 0))
        .putShort((short) 0)
        .putShort((short) 0)
        .putShort((short) 0)
        .putInt(0)
        .putInt((int) (wide ? WIDE : part.header()))
        .put(utf8);
    if (wide) {
      entry
          .putShort(ZIP64_EXTRA)
          .putShort((short) 24)
          .putLong(part.size())
          .putLong(part.size())
          .putLong(part.header());
    }
    return entry;
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void write(ByteBuffer full) throws IOException {
    full.rewind();
    while (full.hasRemaining()) {
      channel.write(full);
    }
  }
}
