package org.basisar.nn.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import org.jspecify.annotations.Nullable;

/**
 * Why the system refused, in words. The messages of the JDK's own exceptions are often no more than
 * a path.
 */
public final class IoReason {
  private IoReason() {}

  /** The path, where the exception names one, and the reason. */
  public static String of(IOException exception) {
    return switch (exception) {
      case NoSuchFileException e -> at(e, "there is no such file or folder");
      case AccessDeniedException e -> at(e, "the system denies access");
      case FileAlreadyExistsException e -> at(e, "something else has this name");
      case NotDirectoryException e -> at(e, "is not a folder");
      case FileSystemException e -> at(e, e.getReason());
      default -> named(exception, exception.getMessage());
    };
  }

  /** As {@link #of(IOException)} of the cause. */
  public static String of(UncheckedIOException exception) {
    IOException cause = exception.getCause();
    return cause == null ? exception.toString() : of(cause);
  }

  private static String at(FileSystemException exception, @Nullable String reason) {
    String words = named(exception, reason);
    return exception.getFile() == null ? words : exception.getFile() + ": " + words;
  }

  private static String named(IOException exception, @Nullable String words) {
    return words == null ? exception.getClass().getSimpleName() : words;
  }
}
