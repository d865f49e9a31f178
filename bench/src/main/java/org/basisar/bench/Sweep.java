package org.basisar.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Pushes everything out of the caches by writing a buffer twice as large as the last of them. */
final class Sweep {
  private static final long LEAST = 64L << 20;
  private static final long MOST = 512L << 20;

  private final long[] buffer = new long[(int) (bytes() / Long.BYTES)];
  private long passes;

  /** Bytes to write, from what Linux says of the caches. */
  static long bytes() {
    long largest = 0;
    for (int index = 0; index < 8; index++) {
      Path size = Path.of("/sys/devices/system/cpu/cpu0/cache/index" + index + "/size");
      if (Files.isReadable(size)) {
        try {
          largest = Math.max(largest, parse(Files.readString(size).strip()));
        } catch (IOException _) {
          largest = Math.max(largest, 0);
        }
      }
    }
    return Math.clamp(2 * largest, LEAST, MOST);
  }

  /** A size as Linux writes it: {@code 2048K}. */
  static long parse(String size) {
    if (!size.matches("[0-9]{1,9}[KMG]?")) {
      return 0;
    }
    char unit = size.charAt(size.length() - 1);
    int shift =
        switch (unit) {
          case 'K' -> 10;
          case 'M' -> 20;
          case 'G' -> 30;
          default -> 0;
        };
    return Long.parseLong(shift == 0 ? size : size.substring(0, size.length() - 1)) << shift;
  }

  /** Writes every line of the buffer. */
  void run() {
    passes++;
    for (int i = 0; i < buffer.length; i += 8) {
      buffer[i] += passes;
    }
  }
}
