package org.basisar.tensor.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What kernels choose their form by, besides the length of vectors. Results never depend on it. */
final class Processor {
  /** Whether Linux names AMD as the maker; false where that cannot be read. */
  static final boolean AMD = isAmd(Path.of("/proc/cpuinfo"));

  private Processor() {}

  private static boolean isAmd(Path file) {
    if (!Files.isReadable(file)) {
      return false;
    }
    try (Stream<String> lines = Files.lines(file)) {
      return lines.anyMatch(line -> line.startsWith("vendor_id") && line.endsWith("AuthenticAMD"));
    } catch (IOException unreadable) {
      return false;
    }
  }
}
