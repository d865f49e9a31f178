package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoReasonTest {
  @Test
  void saysWhatTheSystemMeans(@TempDir Path folder) {
    Path missing = folder.resolve("missing");
    IOException fault = catchThrowableOfType(IOException.class, () -> Files.readAllBytes(missing));
    assertThat(IoReason.of(fault)).isEqualTo(missing + ": there is no such file or folder");
    assertThat(IoReason.of(new UncheckedIOException(fault))).isEqualTo(IoReason.of(fault));
  }

  @Test
  void namesThePathAndTheReason() {
    assertThat(IoReason.of(new AccessDeniedException("a.png")))
        .isEqualTo("a.png: the system denies access");
    assertThat(IoReason.of(new FileSystemException("a.png", null, "Read-only file system")))
        .isEqualTo("a.png: Read-only file system");
  }

  @Test
  void hasWordsForExceptionsWithoutAny() {
    assertThat(IoReason.of(new IOException("No space left on device")))
        .isEqualTo("No space left on device");
    assertThat(IoReason.of(new IOException())).isEqualTo("IOException");
    assertThat(IoReason.of(new FileSystemException("a.png")))
        .isEqualTo("a.png: FileSystemException");
  }
}
