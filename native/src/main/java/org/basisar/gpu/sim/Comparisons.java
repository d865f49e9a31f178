package org.basisar.gpu.sim;

import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.intBitsToFloat;
import static org.basisar.gpu.sim.Program.LANES;

import org.jspecify.annotations.Nullable;

/** Comparisons of registers, lane by lane, to masks. */
final class Comparisons {
  /** Of 32-bit registers. */
  @FunctionalInterface
  interface Words {
    int mask(int[] a, int[] b);
  }

  /** Of 64-bit registers. */
  @FunctionalInterface
  interface Wides {
    int mask(long[] a, long[] b);
  }

  private Comparisons() {}

  /** The comparison of integers or singles in 32-bit slots; null if there is none of that name. */
  static @Nullable Words words(String operator, String type) {
    return switch (type) {
      case "s32" ->
          ofWords(operator, Loops::signedEqual, Loops::signedLess, Loops::signedLessOrEqual);
      // Narrow registers lie zero-extended, so the unsigned comparisons are those of 32 bits.
      case "b32", "u32", "b16", "u16" ->
          ofWords(operator, Loops::signedEqual, Loops::unsignedLess, Loops::unsignedLessOrEqual);
      case "s16" -> {
        Words wide = words(operator, "s32");
        yield wide == null ? null : (a, b) -> wide.mask(signExtended(a), signExtended(b));
      }
      case "f32" ->
          orderedWords(
              operator, Loops::singlesEqual, Loops::singlesLess, Loops::singlesLessOrEqual);
      case "f16", "bf16" -> {
        Words single = words(operator, "f32");
        boolean half = type.equals("f16");
        yield single == null ? null : (a, b) -> single.mask(decoded(a, half), decoded(b, half));
      }
      default -> null;
    };
  }

  /** The comparison of 64-bit registers; null if there is none of that name. */
  static @Nullable Wides wides(String operator, String type) {
    return switch (type) {
      case "s64" ->
          ofWides(
              operator,
              Loops::wideSignedEqual,
              Loops::wideSignedLess,
              Loops::wideSignedLessOrEqual);
      case "b64", "u64" ->
          ofWides(
              operator,
              Loops::wideSignedEqual,
              Loops::wideUnsignedLess,
              Loops::wideUnsignedLessOrEqual);
      case "f64" ->
          orderedWides(
              operator, Loops::doublesEqual, Loops::doublesLess, Loops::doublesLessOrEqual);
      default -> null;
    };
  }

  private static @Nullable Words ofWords(
      String operator, Words equal, Words less, Words lessOrEqual) {
    return switch (operator) {
      case "eq" -> equal;
      case "ne" -> (a, b) -> ~equal.mask(a, b);
      case "lt", "lo" -> less;
      case "le", "ls" -> lessOrEqual;
      case "gt", "hi" -> (a, b) -> less.mask(b, a);
      case "ge", "hs" -> (a, b) -> lessOrEqual.mask(b, a);
      default -> null;
    };
  }

  private static @Nullable Wides ofWides(
      String operator, Wides equal, Wides less, Wides lessOrEqual) {
    return switch (operator) {
      case "eq" -> equal;
      case "ne" -> (a, b) -> ~equal.mask(a, b);
      case "lt", "lo" -> less;
      case "le", "ls" -> lessOrEqual;
      case "gt", "hi" -> (a, b) -> less.mask(b, a);
      case "ge", "hs" -> (a, b) -> lessOrEqual.mask(b, a);
      default -> null;
    };
  }

  /** Comparisons that know NaNs: those that end in u hold if an operand is one. */
  private static @Nullable Words orderedWords(
      String operator, Words equal, Words less, Words lessOrEqual) {
    return switch (operator) {
      case "ne" -> (a, b) -> less.mask(a, b) | less.mask(b, a);
      case "equ" -> (a, b) -> ~(less.mask(a, b) | less.mask(b, a));
      case "neu" -> (a, b) -> ~equal.mask(a, b);
      case "ltu" -> (a, b) -> ~lessOrEqual.mask(b, a);
      case "leu" -> (a, b) -> ~less.mask(b, a);
      case "gtu" -> (a, b) -> ~lessOrEqual.mask(a, b);
      case "geu" -> (a, b) -> ~less.mask(a, b);
      case "num" -> (a, b) -> equal.mask(a, a) & equal.mask(b, b);
      case "nan" -> (a, b) -> ~(equal.mask(a, a) & equal.mask(b, b));
      default -> ofWords(operator, equal, less, lessOrEqual);
    };
  }

  private static @Nullable Wides orderedWides(
      String operator, Wides equal, Wides less, Wides lessOrEqual) {
    return switch (operator) {
      case "ne" -> (a, b) -> less.mask(a, b) | less.mask(b, a);
      case "equ" -> (a, b) -> ~(less.mask(a, b) | less.mask(b, a));
      case "neu" -> (a, b) -> ~equal.mask(a, b);
      case "ltu" -> (a, b) -> ~lessOrEqual.mask(b, a);
      case "leu" -> (a, b) -> ~less.mask(b, a);
      case "gtu" -> (a, b) -> ~lessOrEqual.mask(a, b);
      case "geu" -> (a, b) -> ~less.mask(a, b);
      case "num" -> (a, b) -> equal.mask(a, a) & equal.mask(b, b);
      case "nan" -> (a, b) -> ~(equal.mask(a, a) & equal.mask(b, b));
      default -> ofWides(operator, equal, less, lessOrEqual);
    };
  }

  private static int[] signExtended(int[] a) {
    int[] extended = new int[LANES];
    for (int l = 0; l < LANES; l++) {
      extended[l] = (short) a[l];
    }
    return extended;
  }

  private static int[] decoded(int[] a, boolean half) {
    int[] singles = new int[LANES];
    for (int l = 0; l < LANES; l++) {
      singles[l] = half ? Float.floatToRawIntBits(Float.float16ToFloat((short) a[l])) : a[l] << 16;
    }
    return singles;
  }

  /** One loop each, so that the JIT compiles each for itself. */
  private static final class Loops {
    private Loops() {}

    static int signedEqual(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] == b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int signedLess(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] < b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int signedLessOrEqual(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] <= b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int unsignedLess(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] + Integer.MIN_VALUE < b[l] + Integer.MIN_VALUE ? 1 : 0) << l;
      }
      return mask;
    }

    static int unsignedLessOrEqual(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] + Integer.MIN_VALUE <= b[l] + Integer.MIN_VALUE ? 1 : 0) << l;
      }
      return mask;
    }

    static int singlesEqual(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (intBitsToFloat(a[l]) == intBitsToFloat(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }

    static int singlesLess(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (intBitsToFloat(a[l]) < intBitsToFloat(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }

    static int singlesLessOrEqual(int[] a, int[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (intBitsToFloat(a[l]) <= intBitsToFloat(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }

    static int wideSignedEqual(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] == b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int wideSignedLess(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] < b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int wideSignedLessOrEqual(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] <= b[l] ? 1 : 0) << l;
      }
      return mask;
    }

    static int wideUnsignedLess(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] + Long.MIN_VALUE < b[l] + Long.MIN_VALUE ? 1 : 0) << l;
      }
      return mask;
    }

    static int wideUnsignedLessOrEqual(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (a[l] + Long.MIN_VALUE <= b[l] + Long.MIN_VALUE ? 1 : 0) << l;
      }
      return mask;
    }

    static int doublesEqual(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (longBitsToDouble(a[l]) == longBitsToDouble(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }

    static int doublesLess(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (longBitsToDouble(a[l]) < longBitsToDouble(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }

    static int doublesLessOrEqual(long[] a, long[] b) {
      int mask = 0;
      for (int l = 0; l < LANES; l++) {
        mask |= (longBitsToDouble(a[l]) <= longBitsToDouble(b[l]) ? 1 : 0) << l;
      }
      return mask;
    }
  }
}
