package org.basisar.bar.picture;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Writes whole files: a reader sees the old content or the new content, never a part of either.
 *
 * <p>The bytes go to a hidden file in the same folder, are forced to the disk, and take the
 * target's name in one rename. When anything fails the hidden file is removed and the target is
 * untouched.
 */
public final class AtomicFile {
  private static final AtomicLong SERIAL = new AtomicLong();

  private AtomicFile() {}

  /**
   * Replaces or creates a file; missing parent folders are created.
   *
   * @param target the file to write
   * @param content all its bytes
   * @throws IOException if the folder cannot be created or written, or the disk is full
   */
  public static void write(Path target, byte[] content) throws IOException {
    Path folder = target.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("'" + target + "' is not the path of a file; name a file in a folder.");
    }
    Files.createDirectories(folder);
    Path beside =
        folder.resolve(
            ".%s.%d-%d.partial"
                .formatted(
                    target.getFileName(), ProcessHandle.current().pid(), SERIAL.incrementAndGet()));
    try {
      try (FileChannel channel =
          FileChannel.open(beside, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          channel.write(bytes);
        }
        channel.force(true);
      }
      rename(beside, target);
    } finally {
      Files.deleteIfExists(beside);
    }
  }

  private static void rename(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException _) {
      // Some network file systems have no atomic rename; a plain one still never shows half a file.
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
