package org.basisar.bar.data;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * The image files in a tar archive, plain or compressed by gzip, read where they lie; nothing is
 * unpacked to disk. Images come in the archive's order, which is how it can be read without going
 * back and forth; a compressed one can only be read so.
 */
final class TarFiles implements ImageArchive {
  private static final int BUFFER = 1 << 16;

  /** Images hardly shrink; what unpacks to so many times its size is meant to do harm. */
  private static final long MOST_EXPANSION = 200;

  private static final long FREE_EXPANSION = 1L << 28;

  private final Path archive;
  private final boolean compressed;
  private final FileChannel channel;
  private @Nullable Unpacked unpacked;

  private TarFiles(Path archive, boolean compressed, FileChannel channel) {
    this.archive = archive;
    this.compressed = compressed;
    this.channel = channel;
  }

  static TarFiles open(Path archive) {
    try (InputStream start = Files.newInputStream(archive)) {
      byte[] magic = start.readNBytes(2);
      boolean compressed =
          magic.length == 2 && (magic[0] & 255) == 0x1f && (magic[1] & 255) == 0x8b;
      return new TarFiles(archive, compressed, FileChannel.open(archive, StandardOpenOption.READ));
    } catch (IOException fault) {
      throw unreadable(archive, fault);
    }
  }

  @Override
  public boolean sequential() {
    return compressed;
  }

  @Override
  public List<EncodedFile> list() {
    List<EncodedFile> files = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    TarEntries.Visitor visitor =
        (name, offset, size, plain) -> {
          String path = name.replace('\\', '/').replaceFirst("^(\\./)+", "");
          if (!ImageNames.accepts(archive.toString(), path)) {
            return;
          }
          if (!plain) {
            throw new DataException(
                "%s holds %s as a link, not as an image; pack it again with tar --dereference --hard-dereference."
                    .formatted(archive, path));
          }
          if (!seen.add(path)) {
            throw new DataException("%s holds %s twice; pack it again.".formatted(archive, path));
          }
          if (size > Limits.FILE_BYTES) {
            throw new DataException(
                "%s in %s has %d bytes, more than the %d MiB that are read of one image; scale it down or remove it."
                    .formatted(path, archive, size, Limits.FILE_BYTES >> 20));
          }
          if (files.size() >= Limits.IMAGES) {
            throw new DataException(
                "%s holds more than %d images; split it.".formatted(archive, Limits.IMAGES));
          }
          files.add(new EncodedFile(path, () -> read(path, offset, (int) size)));
        };
    try {
      if (compressed) {
        try (Unpacked input = new Unpacked(archive)) {
          TarEntries.walk(archive.toString(), input, visitor);
          // The checksum stands behind the last byte.
          input.drain();
        }
      } else {
        TarEntries.walk(archive.toString(), new Plain(channel), visitor);
      }
    } catch (IOException fault) {
      throw unreadable(archive, fault);
    }
    return files;
  }

  private byte[] read(String path, long offset, int size) {
    byte[] bytes = new byte[size];
    try {
      if (compressed) {
        readUnpacked(bytes, offset);
      } else {
        new Plain(channel, offset).read(bytes);
      }
    } catch (EOFException fault) {
      throw new DataException("%s is cut short; fetch it again.".formatted(archive), fault);
    } catch (IOException fault) {
      throw new DataException(
          "%s in %s cannot be read (%s).".formatted(path, archive, fault.getMessage()), fault);
    }
    return bytes;
  }

  private synchronized void readUnpacked(byte[] bytes, long offset) throws IOException {
    Unpacked input = unpacked;
    if (input == null || input.position() > offset) {
      if (input != null) {
        input.close();
      }
      input = new Unpacked(archive);
      unpacked = input;
    }
    input.skip(offset - input.position());
    input.read(bytes);
  }

  @Override
  public void close() {
    try (channel;
        Unpacked _ = unpacked) {
      return;
    } catch (IOException fault) {
      throw new DataException(
          "%s cannot be closed (%s).".formatted(archive, fault.getMessage()), fault);
    }
  }

  private static DataException unreadable(Path archive, IOException fault) {
    return new DataException(
        "%s is not a readable tar archive (%s); fetch it again."
            .formatted(archive, fault.getMessage()),
        fault);
  }

  /** A plain archive; skipping costs nothing. */
  private static final class Plain implements TarEntries.Input {
    private final FileChannel channel;
    private long position;

    Plain(FileChannel channel) {
      this(channel, 0);
    }

    Plain(FileChannel channel, long position) {
      this.channel = channel;
      this.position = position;
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void read(byte[] bytes) throws IOException {
      ByteBuffer buffer = ByteBuffer.wrap(bytes);
      while (buffer.hasRemaining()) {
        int got = channel.read(buffer, position);
        if (got < 0) {
          throw new EOFException();
        }
        position += got;
      }
    }

    @Override
    public void skip(long count) throws IOException {
      if (count > channel.size() - position) {
        throw new EOFException();
      }
      position += count;
    }
  }

  /** A compressed archive, unpacked on the way. */
  private static final class Unpacked implements TarEntries.Input, AutoCloseable {
    private final Path archive;
    private final Counted packed;
    private final GZIPInputStream stream;
    private final byte[] passed = new byte[BUFFER];
    private long position;

    Unpacked(Path archive) throws IOException {
      this.archive = archive;
      packed = new Counted(Files.newInputStream(archive));
      boolean opened = false;
      try {
        stream = new GZIPInputStream(new BufferedInputStream(packed, BUFFER), BUFFER);
        opened = true;
      } finally {
        if (!opened) {
          packed.close();
        }
      }
    }

    @Override
    public long position() {
      return position;
    }

    @Override
    public void read(byte[] bytes) throws IOException {
      if (take(bytes, bytes.length) < bytes.length) {
        throw new EOFException();
      }
    }

    @Override
    public void skip(long count) throws IOException {
      long left = count;
      while (left > 0) {
        int got = take(passed, (int) Math.min(left, BUFFER));
        if (got == 0) {
          throw new EOFException();
        }
        left -= got;
      }
    }

    void drain() throws IOException {
      while (take(passed, BUFFER) > 0) {
        // Only to the end.
      }
    }

    private int take(byte[] bytes, int count) throws IOException {
      try {
        int got = stream.readNBytes(bytes, 0, count);
        position += got;
        if (position > FREE_EXPANSION && position / MOST_EXPANSION > packed.count) {
          throw new DataException(
              "%s unpacks to more than %d times its size, which images do not; it is refused."
                  .formatted(archive, MOST_EXPANSION));
        }
        return got;
      } catch (ZipException fault) {
        throw new DataException(
            "%s cannot be unpacked (%s); it is damaged, fetch it again."
                .formatted(archive, fault.getMessage()),
            fault);
      }
    }

    @Override
    public void close() throws IOException {
      stream.close();
    }
  }

  private static final class Counted extends FilterInputStream {
    private long count;

    Counted(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      count += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int got = super.read(bytes, offset, length);
      count += Math.max(0, got);
      return got;
    }
  }
}
