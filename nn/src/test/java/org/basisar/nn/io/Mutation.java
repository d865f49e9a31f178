package org.basisar.nn.io;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;

/** Small damage to a valid file, as a fuzzer would do it. */
public final class Mutation {
  private static final byte[] TOKENS =
      "{}[]\",:-+.eE0123456789\\u ntf\n".getBytes(StandardCharsets.US_ASCII);

  private Mutation() {}

  /** One to four changes to a copy of {@code original}. */
  public static byte[] of(byte[] original, Random random) {
    byte[] bytes = original.clone();
    for (int i = 1 + random.nextInt(4); i > 0 && bytes.length > 0; i--) {
      bytes = once(bytes, random);
    }
    return bytes;
  }

  private static byte[] once(byte[] bytes, Random random) {
    int at = random.nextInt(bytes.length);
    int other = random.nextInt(bytes.length);
    return switch (random.nextInt(8)) {
      case 0 -> {
        bytes[at] ^= (byte) (1 << random.nextInt(8));
        yield bytes;
      }
      case 1 -> {
        bytes[at] = (byte) random.nextInt(256);
        yield bytes;
      }
      case 2, 3 -> {
        bytes[at] = TOKENS[random.nextInt(TOKENS.length)];
        yield bytes;
      }
      case 4 -> Arrays.copyOf(bytes, at);
      case 5 -> splice(bytes, at, at, new byte[] {TOKENS[random.nextInt(TOKENS.length)]});
      case 6 ->
          splice(
              bytes,
              at,
              at,
              Arrays.copyOfRange(bytes, other, Math.min(bytes.length, other + random.nextInt(30))));
      default -> splice(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(8)), new byte[0]);
    };
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] replacement) {
    byte[] out = new byte[bytes.length - (to - from) + replacement.length];
    System.arraycopy(bytes, 0, out, 0, from);
    System.arraycopy(replacement, 0, out, from, replacement.length);
    System.arraycopy(bytes, to, out, from + replacement.length, bytes.length - to);
    return out;
  }
}
