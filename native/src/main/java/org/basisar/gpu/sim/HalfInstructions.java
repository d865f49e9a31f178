package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Lanes.eachWord;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.IntTernaryOperator;
import org.basisar.gpu.sim.Lanes.Recipe;

/**
 * Arithmetic on bfloat16 and half, single and in pairs, as far as compute capability 8.0 has it.
 */
final class HalfInstructions {
  /** A 16-bit floating type. */
  private enum Format {
    BF16("bf16"),
    F16("f16");

    private final String type;

    Format(String type) {
      this.type = type;
    }

    float decode(int bits) {
      return this == BF16 ? fromBf16(bits) : Float.float16ToFloat((short) bits);
    }

    /** Rounds to nearest, ties to even; exact arithmetic on two operands fits a double. */
    int encode(double exact) {
      float odd = FloatRounding.toOdd(exact);
      return this == BF16 ? toBf16(odd) : Float.floatToFloat16(odd) & 0xffff;
    }
  }

  private HalfInstructions() {}

  static void register(Map<String, Recipe> table) {
    for (Format format : Format.values()) {
      IntTernaryOperator fma =
          (a, b, c) ->
              format.encode(exactFma(format.decode(a), format.decode(b), format.decode(c)));
      IntTernaryOperator rectified = (a, b, c) -> rectify(fma.applyAsInt(a, b, c));
      both(table, "fma.rn", format, fma);
      both(table, "fma.rn.relu", format, rectified);
      both(table, "max", format, (a, b, _) -> pick(format, a, b, true));
      both(table, "min", format, (a, b, _) -> pick(format, a, b, false));
      both(table, "neg", format, (a, _, _) -> a ^ 0x8000);
      both(table, "abs", format, (a, _, _) -> a & 0x7fff);
    }
    Format half = Format.F16;
    for (String rounding : new String[] {"", ".rn"}) {
      both(
          table,
          "add" + rounding,
          half,
          (a, b, _) -> half.encode((double) half.decode(a) + half.decode(b)));
      both(
          table,
          "sub" + rounding,
          half,
          (a, b, _) -> half.encode((double) half.decode(a) - half.decode(b)));
      both(
          table,
          "mul" + rounding,
          half,
          (a, b, _) -> half.encode((double) half.decode(a) * half.decode(b)));
    }
  }

  private static void both(
      Map<String, Recipe> table, String stem, Format format, IntTernaryOperator function) {
    table.put(stem + "." + format.type, recipe(stem, function));
    table.put(
        stem + "." + format.type + "x2",
        recipe(
            stem,
            (a, b, c) ->
                function.applyAsInt(a & 0xffff, b & 0xffff, c & 0xffff)
                    | function.applyAsInt(a >>> 16, b >>> 16, c >>> 16) << 16));
  }

  private static Recipe recipe(String stem, IntTernaryOperator function) {
    return switch (stem) {
      case "neg", "abs" -> eachWord((int a) -> function.applyAsInt(a, 0, 0));
      case "fma.rn", "fma.rn.relu" -> eachWord(function);
      default -> eachWord((int a, int b) -> function.applyAsInt(a, b, 0));
    };
  }

  private static int pick(Format format, int a, int b, boolean larger) {
    float x = format.decode(a);
    float y = format.decode(b);
    if (Float.isNaN(x)) {
      return Float.isNaN(y) ? 0x7fff : b;
    }
    if (Float.isNaN(y)) {
      return a;
    }
    return (Float.compare(x, y) >= 0) == larger ? a : b;
  }

  /** Negative results become zero; a NaN becomes the canonical one. */
  static int rectify(int bits) {
    return (bits & 0x8000) != 0 ? 0 : bits;
  }

  private static double exactFma(double a, double b, double c) {
    return FloatRounding.addToOdd(a * b, c);
  }

  static float fromBf16(int bits) {
    return Float.intBitsToFloat(bits << 16);
  }

  /** Rounds to nearest, ties to even; every NaN becomes 0x7fff. */
  static int toBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    return Float.isNaN(x) ? 0x7fff : (bits + 0x7fff + (bits >>> 16 & 1)) >>> 16;
  }
}
