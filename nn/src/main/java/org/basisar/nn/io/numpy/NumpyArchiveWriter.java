package org.basisar.nn.io.numpy;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.numpy.NumpyException.Reason;

/**
 * Writes an archive of arrays, one after the other, of any size. The same arrays give the same
 * bytes.
 */
public final class NumpyArchiveWriter {
  private static final LocalDateTime EARLIEST = LocalDateTime.of(1980, 1, 1, 0, 0);

  private final ZipOutputStream zip;
  private final Path file;
  private final Set<String> names = new HashSet<>();

  private NumpyArchiveWriter(ZipOutputStream zip, Path file) {
    this.zip = zip;
    this.file = file;
  }

  /** Adds the arrays of an archive. */
  @FunctionalInterface
  public interface Content {
    /** Adds them. */
    void addTo(NumpyArchiveWriter archive) throws IOException;
  }

  /**
   * Replaces a file as a whole, or not at all. The arrays are not compressed: streams without known
   * length must be entries of the deflate method, but of uncompressed blocks.
   *
   * @throws NumpyException if the system refuses, or a name is there twice
   */
  public static void write(Path file, Content content) {
    write(file, Deflater.NO_COMPRESSION, content);
  }

  /** As {@link #write}, compressed as numpy.savez_compressed does. */
  public static void writeCompressed(Path file, Content content) {
    write(file, Deflater.DEFAULT_COMPRESSION, content);
  }

  private static void write(Path file, int level, Content content) {
    try {
      AtomicFile.replace(
          file,
          channel -> {
            // Not closed: that would close the channel, which is still to be forced to the disk.
            ZipOutputStream zip =
                new ZipOutputStream(
                    new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16));
            zip.setLevel(level);
            content.addTo(new NumpyArchiveWriter(zip, file));
            zip.finish();
            zip.flush();
          });
    } catch (IOException e) {
      throw NumpyFile.unwritable(file, e);
    }
  }

  /**
   * Adds an array.
   *
   * @param name without {@code .npy}
   * @param elements delivers exactly the header's elements
   */
  public void add(String name, NumpyHeader header, NumpyFile.Elements elements) throws IOException {
    if (name.isEmpty() || !names.add(name)) {
      throw new NumpyException(
          Reason.NAME, file + " cannot have another array of the name " + Json.quote(name));
    }
    ZipEntry entry = new ZipEntry(name + ".npy");
    entry.setTimeLocal(EARLIEST);
    zip.putNextEntry(entry);
    NumpyWriter.write(zip, "array " + Json.quote(name) + " of " + file, header, elements);
    zip.closeEntry();
  }
}
