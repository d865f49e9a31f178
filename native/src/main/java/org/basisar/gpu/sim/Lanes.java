package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.function.DoubleBinaryOperator;
import java.util.function.DoubleUnaryOperator;
import java.util.function.IntBinaryOperator;
import java.util.function.IntUnaryOperator;
import java.util.function.LongBinaryOperator;
import java.util.function.LongUnaryOperator;
import org.basisar.gpu.sim.Step.Effect;

/**
 * Makes effects from functions on registers. A function that kernels run often is given as a loop
 * of its own over the lanes, which the JIT compiles to vector code; others as a function of one
 * lane.
 */
final class Lanes {
  /** How an instruction becomes an effect. */
  @FunctionalInterface
  interface Recipe {
    Effect bind(Binding binding);
  }

  /** On 32-bit registers. */
  @FunctionalInterface
  interface Word1 {
    void apply(int[] d, int[] a);
  }

  /** On 32-bit registers. */
  @FunctionalInterface
  interface Word2 {
    void apply(int[] d, int[] a, int[] b);
  }

  /** On 32-bit registers. */
  @FunctionalInterface
  interface Word3 {
    void apply(int[] d, int[] a, int[] b, int[] c);
  }

  /** On 64-bit registers. */
  @FunctionalInterface
  interface Wide1 {
    void apply(long[] d, long[] a);
  }

  /** On 64-bit registers. */
  @FunctionalInterface
  interface Wide2 {
    void apply(long[] d, long[] a, long[] b);
  }

  /** On 64-bit registers. */
  @FunctionalInterface
  interface Wide3 {
    void apply(long[] d, long[] a, long[] b, long[] c);
  }

  /** From 32-bit registers to a 64-bit one. */
  @FunctionalInterface
  interface Widening1 {
    void apply(long[] d, int[] a);
  }

  /** From 32-bit registers to a 64-bit one. */
  @FunctionalInterface
  interface Widening2 {
    void apply(long[] d, int[] a, int[] b);
  }

  /** From a 64-bit register to a 32-bit one. */
  @FunctionalInterface
  interface Narrowing1 {
    void apply(int[] d, long[] a);
  }

  /** A 64-bit register by a 32-bit count. */
  @FunctionalInterface
  interface WideByWord {
    void apply(long[] d, long[] a, int[] b);
  }

  private Lanes() {}

  /** Copies the lanes of a mask. */
  static void copy(int[] target, int[] source, int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      target[lane] = source[lane];
    }
  }

  /** Copies the lanes of a mask. */
  static void copy(long[] target, long[] source, int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      int lane = Integer.numberOfTrailingZeros(rest);
      target[lane] = source[lane];
    }
  }

  static Recipe word(Word1 function) {
    return binding -> {
      int d = binding.word(0);
      int a = binding.word(1);
      return (w, mask) -> {
        int[][] r = w.words;
        if (mask == -1) {
          function.apply(r[d], r[a]);
        } else {
          function.apply(w.wordScratch, r[a]);
          copy(r[d], w.wordScratch, mask);
        }
      };
    };
  }

  static Recipe word(Word2 function) {
    return binding -> {
      int d = binding.word(0);
      int a = binding.word(1);
      int b = binding.word(2);
      return (w, mask) -> {
        int[][] r = w.words;
        if (mask == -1) {
          function.apply(r[d], r[a], r[b]);
        } else {
          function.apply(w.wordScratch, r[a], r[b]);
          copy(r[d], w.wordScratch, mask);
        }
      };
    };
  }

  static Recipe word(Word3 function) {
    return binding -> {
      int d = binding.word(0);
      int a = binding.word(1);
      int b = binding.word(2);
      int c = binding.word(3);
      return (w, mask) -> {
        int[][] r = w.words;
        if (mask == -1) {
          function.apply(r[d], r[a], r[b], r[c]);
        } else {
          function.apply(w.wordScratch, r[a], r[b], r[c]);
          copy(r[d], w.wordScratch, mask);
        }
      };
    };
  }

  static Recipe wide(Wide1 function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.wide(1);
      return (w, mask) -> {
        long[][] r = w.wides;
        if (mask == -1) {
          function.apply(r[d], r[a]);
        } else {
          function.apply(w.wideScratch, r[a]);
          copy(r[d], w.wideScratch, mask);
        }
      };
    };
  }

  static Recipe wide(Wide2 function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int b = binding.wide(2);
      return (w, mask) -> {
        long[][] r = w.wides;
        if (mask == -1) {
          function.apply(r[d], r[a], r[b]);
        } else {
          function.apply(w.wideScratch, r[a], r[b]);
          copy(r[d], w.wideScratch, mask);
        }
      };
    };
  }

  static Recipe wide(Wide3 function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int b = binding.wide(2);
      int c = binding.wide(3);
      return (w, mask) -> {
        long[][] r = w.wides;
        if (mask == -1) {
          function.apply(r[d], r[a], r[b], r[c]);
        } else {
          function.apply(w.wideScratch, r[a], r[b], r[c]);
          copy(r[d], w.wideScratch, mask);
        }
      };
    };
  }

  static Recipe widening(Widening1 function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.word(1);
      return (w, mask) -> {
        function.apply(w.wideScratch, w.words[a]);
        copyOrAll(w.wides[d], w.wideScratch, mask);
      };
    };
  }

  static Recipe widening(Widening2 function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.word(1);
      int b = binding.word(2);
      return (w, mask) -> {
        function.apply(w.wideScratch, w.words[a], w.words[b]);
        copyOrAll(w.wides[d], w.wideScratch, mask);
      };
    };
  }

  static Recipe narrowing(Narrowing1 function) {
    return binding -> {
      int d = binding.word(0);
      int a = binding.wide(1);
      return (w, mask) -> {
        function.apply(w.wordScratch, w.wides[a]);
        copyOrAll(w.words[d], w.wordScratch, mask);
      };
    };
  }

  static Recipe wideByWord(WideByWord function) {
    return binding -> {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int b = binding.word(2);
      return (w, mask) -> {
        function.apply(w.wideScratch, w.wides[a], w.words[b]);
        copyOrAll(w.wides[d], w.wideScratch, mask);
      };
    };
  }

  /** Copies the lanes of a mask; all at once if it is full. */
  static void copyOrAll(int[] target, int[] source, int mask) {
    if (mask == -1) {
      System.arraycopy(source, 0, target, 0, LANES);
    } else {
      copy(target, source, mask);
    }
  }

  /** Copies the lanes of a mask; all at once if it is full. */
  static void copyOrAll(long[] target, long[] source, int mask) {
    if (mask == -1) {
      System.arraycopy(source, 0, target, 0, LANES);
    } else {
      copy(target, source, mask);
    }
  }

  static Recipe eachWord(IntUnaryOperator function) {
    return word((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = function.applyAsInt(a[l]);
      }
    });
  }

  static Recipe eachWord(IntBinaryOperator function) {
    return word((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = function.applyAsInt(a[l], b[l]);
      }
    });
  }

  /** A function of three 32-bit registers. */
  @FunctionalInterface
  interface IntTernaryOperator {
    int applyAsInt(int a, int b, int c);
  }

  static Recipe eachWord(IntTernaryOperator function) {
    return word((d, a, b, c) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = function.applyAsInt(a[l], b[l], c[l]);
      }
    });
  }

  static Recipe eachWide(LongUnaryOperator function) {
    return wide((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = function.applyAsLong(a[l]);
      }
    });
  }

  static Recipe eachWide(LongBinaryOperator function) {
    return wide((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        d[l] = function.applyAsLong(a[l], b[l]);
      }
    });
  }

  /** A function of one single; computed in double and rounded once. */
  static Recipe eachFloat(DoubleUnaryOperator function) {
    return word((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        float x = Float.intBitsToFloat(a[l]);
        d[l] = Float.floatToRawIntBits((float) function.applyAsDouble(x));
      }
    });
  }

  /** A function of one double. */
  static Recipe eachDouble(DoubleUnaryOperator function) {
    return wide((d, a) -> {
      for (int l = 0; l < LANES; l++) {
        double x = Double.longBitsToDouble(a[l]);
        d[l] = Double.doubleToRawLongBits(function.applyAsDouble(x));
      }
    });
  }

  /** A function of two doubles. */
  static Recipe eachDouble(DoubleBinaryOperator function) {
    return wide((d, a, b) -> {
      for (int l = 0; l < LANES; l++) {
        double x = Double.longBitsToDouble(a[l]);
        double y = Double.longBitsToDouble(b[l]);
        d[l] = Double.doubleToRawLongBits(function.applyAsDouble(x, y));
      }
    });
  }
}
