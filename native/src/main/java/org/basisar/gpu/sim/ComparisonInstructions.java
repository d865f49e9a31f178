package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.Comparisons.Wides;
import org.basisar.gpu.sim.Comparisons.Words;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.PtxOperand.Pair;
import org.basisar.gpu.sim.Step.Effect;

/** Comparisons: setp, set, testp and slct. */
final class ComparisonInstructions {
  private ComparisonInstructions() {}

  static void register(Map<String, Recipe> stems) {
    stems.put("setp", ComparisonInstructions::setPredicate);
    stems.put("set", ComparisonInstructions::set);
    stems.put("testp", ComparisonInstructions::test);
    stems.put("slct", ComparisonInstructions::select);
  }

  /** Computes the mask of the lanes in which two operands compare so. */
  @FunctionalInterface
  private interface Comparison {
    int mask(Warp warp);
  }

  private static Comparison comparison(Binding binding, int first, String operator, String type) {
    boolean flush = binding.has("ftz");
    Words words = Comparisons.words(operator, type);
    if (words != null) {
      int a = binding.word(first);
      int b = binding.word(first + 1);
      if (flush) {
        return w -> words.mask(flushed(w.words[a]), flushed(w.words[b]));
      }
      return w -> words.mask(w.words[a], w.words[b]);
    }
    Wides wides = Comparisons.wides(operator, type);
    if (wides != null) {
      int a = binding.wide(first);
      int b = binding.wide(first + 1);
      return w -> wides.mask(w.wides[a], w.wides[b]);
    }
    throw binding.unsupported();
  }

  private static int[] flushed(int[] bits) {
    int[] result = new int[LANES];
    for (int l = 0; l < LANES; l++) {
      result[l] = FloatInstructions.flushed(bits[l]);
    }
    return result;
  }

  /** {@code setp.op[.bool][.ftz].type p[|q], a, b[, [!]c]}. */
  private static Effect setPredicate(Binding binding) {
    List<String> modifiers = binding.modifiers();
    String combination = modifiers.get(1);
    Comparison comparison = comparison(binding, 1, modifiers.getFirst(), binding.type());
    int p = binding.predicate(Binding.first(binding.operand(0)));
    int q = binding.operand(0) instanceof Pair pair ? binding.predicate(pair.second()) : -1;
    if (binding.operands() == 3 && q < 0) {
      return (w, mask) -> w.setPredicate(p, comparison.mask(w), mask);
    }
    boolean combined = binding.operands() > 3;
    int c = combined ? binding.predicate(binding.operand(3)) : -1;
    boolean negated = combined && Binding.isNegated(binding.operand(3));
    if (combined) {
      combine(combination, 0, 0);
    }
    return (w, mask) -> {
      int holds = comparison.mask(w);
      int fails = ~holds;
      if (combined) {
        int other = negated ? ~w.predicates[c] : w.predicates[c];
        holds = combine(combination, holds, other);
        fails = combine(combination, fails, other);
      }
      w.setPredicate(p, holds, mask);
      if (q >= 0) {
        w.setPredicate(q, fails, mask);
      }
    };
  }

  private static int combine(String combination, int a, int b) {
    return switch (combination) {
      case "and" -> a & b;
      case "or" -> a | b;
      case "xor" -> a ^ b;
      default -> throw new PtxException("combination " + combination);
    };
  }

  /** {@code set.op[.ftz].dtype.stype d, a, b}: all ones or 1.0 where it holds. */
  private static Effect set(Binding binding) {
    List<String> modifiers = binding.modifiers();
    if (binding.operands() > 3) {
      throw binding.unsupported();
    }
    String result = modifiers.get(modifiers.size() - 2);
    Comparison comparison = comparison(binding, 1, modifiers.getFirst(), binding.type());
    int yes =
        switch (result) {
          case "u32", "s32" -> -1;
          case "f32" -> Float.floatToRawIntBits(1f);
          default -> throw binding.unsupported();
        };
    int d = binding.word(0);
    return (w, mask) -> {
      int holds = comparison.mask(w);
      for (int l = 0; l < LANES; l++) {
        w.wordScratch[l] = (holds >>> l & 1) != 0 ? yes : 0;
      }
      Lanes.copyOrAll(w.words[d], w.wordScratch, mask);
    };
  }

  /** {@code testp.property.type p, a}. */
  private static Effect test(Binding binding) {
    int p = binding.predicate(binding.operand(0));
    String property = binding.modifiers().getFirst();
    boolean doubles = binding.type().equals("f64");
    int a = doubles ? binding.wide(1) : binding.word(1);
    test(property, 0, Double.MIN_NORMAL);
    return (w, mask) -> {
      int holds = 0;
      for (int l = 0; l < LANES; l++) {
        double x =
            doubles ? Double.longBitsToDouble(w.wides[a][l]) : Float.intBitsToFloat(w.words[a][l]);
        double least = doubles ? Double.MIN_NORMAL : Float.MIN_NORMAL;
        holds |= (test(property, x, least) ? 1 : 0) << l;
      }
      w.setPredicate(p, holds, mask);
    };
  }

  private static boolean test(String property, double x, double leastNormal) {
    boolean large = Math.abs(x) >= leastNormal;
    return switch (property) {
      case "finite" -> Double.isFinite(x);
      case "infinite" -> Double.isInfinite(x);
      case "number" -> !Double.isNaN(x);
      case "notanumber" -> Double.isNaN(x);
      case "normal" -> Double.isFinite(x) && large;
      case "subnormal" -> Double.isFinite(x) && !large && x != 0;
      default -> throw new PtxException("property " + property);
    };
  }

  /** {@code slct.dtype.ctype d, a, b, c}: a where c is not negative, else b. */
  private static Effect select(Binding binding) {
    String type = binding.modifiers().get(binding.modifiers().size() - 2);
    boolean floating = binding.type().equals("f32");
    int c = binding.word(3);
    if (PtxTypes.bytes(type) == 8) {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int b = binding.wide(2);
      return (w, mask) -> {
        for (int l = 0; l < LANES; l++) {
          w.wideScratch[l] = notNegative(w.words[c][l], floating) ? w.wides[a][l] : w.wides[b][l];
        }
        Lanes.copyOrAll(w.wides[d], w.wideScratch, mask);
      };
    }
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    return (w, mask) -> {
      for (int l = 0; l < LANES; l++) {
        w.wordScratch[l] = notNegative(w.words[c][l], floating) ? w.words[a][l] : w.words[b][l];
      }
      Lanes.copyOrAll(w.words[d], w.wordScratch, mask);
    };
  }

  private static boolean notNegative(int bits, boolean floating) {
    return floating ? Float.intBitsToFloat(bits) >= 0 : bits >= 0;
  }
}
