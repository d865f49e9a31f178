package org.basisar.nn.io.numpy;

import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.numpy.NumpyException.Reason;

/** A file of one array, {@code .npy}. */
public final class NumpyFile {
  private NumpyFile() {}

  /**
   * Begins to read a file.
   *
   * @throws NumpyException in one sentence if it cannot be read or its header is refused
   */
  @SuppressWarnings("MustBeClosedChecker") // The reader owns the stream and closes it.
  public static NumpyReader open(Path file) {
    try {
      if (Files.isDirectory(file)) {
        throw new NumpyException(Reason.UNREADABLE, file + " is a folder; name a file");
      }
      long size = Files.size(file);
      return NumpyReader.over(
          new BufferedInputStream(Files.newInputStream(file)), file.toString(), size);
    } catch (IOException e) {
      throw NumpyArchive.unreadable(file.toString(), e);
    }
  }

  /**
   * Replaces a file as a whole, or not at all.
   *
   * @param elements delivers exactly the header's elements, row-major unless it says otherwise
   * @throws NumpyException if the system refuses or the number of elements is another
   */
  public static void write(Path file, NumpyHeader header, Elements elements) {
    try {
      AtomicFile.replace(
          file,
          channel -> {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            NumpyWriter.write(out, file.toString(), header, elements);
            out.flush();
          });
    } catch (IOException e) {
      throw unwritable(file, e);
    }
  }

  static NumpyException unwritable(Path file, IOException e) {
    return new NumpyException(Reason.UNWRITABLE, file + " cannot be written: " + IoReason.of(e), e);
  }

  /** Where the elements of an array come from when it is written. */
  @FunctionalInterface
  public interface Elements {
    /** Delivers them. */
    void writeTo(NumpyWriter writer) throws IOException;
  }
}
