package org.basisar.nn.io;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * Replaces files so that a reader, or a machine that loses power, sees the old content or the new
 * one and nothing between. One writer at a time per file.
 */
public final class AtomicFile {
  private AtomicFile() {}

  /** Fills an empty file. */
  @FunctionalInterface
  public interface Content {
    /** Writes everything to {@code channel}, which is positioned at the start. */
    void writeTo(FileChannel channel) throws IOException;
  }

  /**
   * Writes a sibling temporary file, forces it to the disk, renames it over {@code target} and
   * forces the folder; missing folders are made. If anything fails the target is untouched and the
   * sibling removed.
   *
   * @throws IOException if the system refuses, or whatever {@code content} throws
   */
  public static void replace(Path target, Content content) throws IOException {
    Path name = target.getFileName();
    if (name == null) {
      throw new IOException(target + " is not the path of a file");
    }
    if (Files.isDirectory(target)) {
      throw new FileSystemException(target.toString(), null, "is a folder; name a file");
    }
    Files.createDirectories(folderOf(target));
    Path temporary = target.resolveSibling(name + ".tmp");
    boolean moved = false;
    try {
      // Truncating takes over what a killed process may have left under this name.
      try (FileChannel channel =
          FileChannel.open(
              temporary,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        content.writeTo(channel);
        channel.force(true);
      }
      Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
      moved = true;
    } finally {
      if (!moved) {
        Files.deleteIfExists(temporary);
      }
    }
    forceDirectory(folderOf(target));
  }

  /** Replaces {@code target} by {@code text} in UTF-8. */
  public static void replace(Path target, String text) throws IOException {
    replace(target, text.getBytes(StandardCharsets.UTF_8));
  }

  /** Replaces {@code target} by these bytes. */
  public static void replace(Path target, byte[] bytes) throws IOException {
    replace(target, channel -> writeFully(channel, bytes));
  }

  static void writeFully(FileChannel channel, byte[] content) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(content);
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  static Path folderOf(Path file) {
    Path folder = file.toAbsolutePath().getParent();
    return folder == null ? file.toAbsolutePath() : folder;
  }

  /** Makes renames and new names in {@code folder} survive a loss of power. */
  static void forceDirectory(Path folder) throws IOException {
    if (System.getProperty("os.name", "").startsWith("Windows")) {
      // Windows opens no directories and keeps its own journal of names.
      return;
    }
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
