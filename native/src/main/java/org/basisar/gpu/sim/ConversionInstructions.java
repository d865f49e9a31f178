package org.basisar.gpu.sim;

import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static org.basisar.gpu.sim.Lanes.narrowing;
import static org.basisar.gpu.sim.Lanes.widening;
import static org.basisar.gpu.sim.Lanes.word;
import static org.basisar.gpu.sim.Program.LANES;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.Step.Effect;

/** Conversions between types: the frequent ones as loops, all others lane by lane. */
final class ConversionInstructions {
  private ConversionInstructions() {}

  static void register(Map<String, Recipe> names, Map<String, Recipe> stems) {
    Map<String, Recipe> loops = new HashMap<>();
    frequent(loops);
    loops.forEach(
        (name, loop) -> names.put(name, binding -> (fits(binding) ? loop : GENERAL).bind(binding)));
    stems.put("cvt", ConversionInstructions::convert);
  }

  private static final Recipe GENERAL = ConversionInstructions::convert;

  /** Whether the registers are no wider than the types; they may be. */
  private static boolean fits(Binding binding) {
    List<String> parts = binding.modifiers();
    boolean wideSource = PtxTypes.bytes(parts.getLast()) == 8;
    boolean wideTarget = PtxTypes.bytes(parts.get(parts.size() - 2)) == 8;
    return binding.isWide(binding.operand(1)) == wideSource
        && binding.isWide(binding.operand(0)) == wideTarget;
  }

  private static void frequent(Map<String, Recipe> names) {
    Recipe truncation =
        narrowing((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = (int) a[l];
          }
        });
    for (String name : List.of("cvt.u32.u64", "cvt.s32.s64", "cvt.u32.s64", "cvt.s32.u64")) {
      names.put(name, truncation);
    }
    names.put(
        "cvt.s64.s32",
        widening((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l];
          }
        }));
    names.put(
        "cvt.u64.u32",
        widening((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & 0xffffffffL;
          }
        }));
    names.put(
        "cvt.rn.f32.s32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits((float) a[l]);
          }
        }));
    names.put(
        "cvt.rn.bf16.f32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = HalfInstructions.toBf16(intBitsToFloat(a[l]));
          }
        }));
    names.put(
        "cvt.rn.bf16x2.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] =
                HalfInstructions.toBf16(intBitsToFloat(a[l])) << 16
                    | HalfInstructions.toBf16(intBitsToFloat(b[l]));
          }
        }));
    names.put(
        "cvt.f64.f32",
        widening((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(intBitsToFloat(a[l]));
          }
        }));
    names.put(
        "cvt.rn.f32.f64",
        narrowing((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits((float) longBitsToDouble(a[l]));
          }
        }));
  }

  /** From the raw bits of one type to those of another. */
  @FunctionalInterface
  private interface Conversion {
    long apply(long bits);
  }

  private static Effect convert(Binding binding) {
    List<String> parts = new ArrayList<>(binding.modifiers());
    String source = parts.removeLast();
    String target = parts.removeLast();
    if (target.endsWith("x2")) {
      return pack(binding, target.substring(0, target.length() - 2), parts);
    }
    Conversion conversion = conversion(source, target, parts);
    boolean wideSource = PtxTypes.bytes(source) == 8 || binding.isWide(binding.operand(1));
    boolean wideTarget = PtxTypes.bytes(target) == 8 || binding.isWide(binding.operand(0));
    // A register may be wider than the type; then a signed result is extended into it.
    boolean extended = target.startsWith("s") && binding.bits(binding.operand(0)) == 32;
    int d = wideTarget ? binding.wide(0) : binding.word(0);
    int a = wideSource ? binding.wide(1) : binding.word(1);
    int targetBytes = PtxTypes.bytes(target);
    return (w, mask) -> {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        long bits = conversion.apply(wideSource ? w.wides[a][l] : w.words[a][l] & 0xffffffffL);
        if (wideTarget) {
          w.wides[d][l] = targetBytes == 8 ? bits : extend(target, bits);
        } else {
          w.words[d][l] = fit(bits, targetBytes, extended);
        }
      }
    };
  }

  private static int fit(long bits, int bytes, boolean signed) {
    return switch (bytes) {
      case 1 -> signed ? (byte) bits : (int) bits & (bits < 0 ? 0xffff : 0xff);
      case 2 -> signed ? (short) bits : (int) bits & 0xffff;
      default -> (int) bits;
    };
  }

  /** {@code cvt.rn[.relu].bf16x2.f32 d, a, b}: a becomes the upper half. */
  private static Effect pack(Binding binding, String target, List<String> parts) {
    Conversion half = conversion("f32", target, parts);
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    return (w, mask) -> {
      for (int l = 0; l < LANES; l++) {
        w.wordScratch[l] =
            (int) half.apply(w.words[a][l]) << 16 | ((int) half.apply(w.words[b][l]) & 0xffff);
      }
      Lanes.copyOrAll(w.words[d], w.wordScratch, mask);
    };
  }

  private static boolean isFloat(String type) {
    return type.contains("f");
  }

  private static Conversion conversion(String source, String target, List<String> modifiers) {
    boolean saturate = modifiers.contains("sat");
    boolean flush = modifiers.contains("ftz");
    boolean rectify = modifiers.contains("relu");
    String rounding = "";
    for (String modifier : modifiers) {
      if (modifier.matches("rna|r[nzmp]i?")) {
        rounding = modifier;
      }
    }
    if (!isFloat(source) && !isFloat(target)) {
      return bits -> integer(extend(source, bits), source, target, saturate);
    }
    if (!isFloat(source)) {
      return fromInteger(source, target, rounding);
    }
    if (!isFloat(target)) {
      DoubleUnaryOperator whole = whole(rounding);
      boolean singles = flush;
      return bits -> toInteger(whole.applyAsDouble(decode(source, bits, singles)), target);
    }
    if (rounding.endsWith("i")) {
      DoubleUnaryOperator whole = whole(rounding);
      return bits ->
          encode(target, clamp(whole.applyAsDouble(decode(source, bits, flush)), saturate), "rn");
    }
    String mode = rounding.isEmpty() ? "rn" : rounding;
    encode(target, 0, mode);
    return bits -> {
      long result = encode(target, clamp(decode(source, bits, flush), saturate), mode);
      if (flush && target.equals("f32")) {
        result = FloatInstructions.flushed((int) result);
      }
      return rectify ? HalfInstructions.rectify((int) result) : result;
    };
  }

  private static double clamp(double x, boolean saturate) {
    // The saturated value of a NaN is zero.
    return saturate ? x > 0 ? Math.min(x, 1) : 0 : x;
  }

  private static DoubleUnaryOperator whole(String rounding) {
    return switch (rounding) {
      case "rni" -> Math::rint;
      case "rzi" -> x -> x < 0 ? Math.ceil(x) : Math.floor(x);
      case "rmi" -> Math::floor;
      case "rpi" -> Math::ceil;
      default -> throw new PtxException("rounding '" + rounding + "'");
    };
  }

  private static double decode(String type, long bits, boolean flush) {
    return switch (type) {
      case "f32" -> intBitsToFloat(flush ? FloatInstructions.flushed((int) bits) : (int) bits);
      case "f64" -> longBitsToDouble(bits);
      case "bf16" -> HalfInstructions.fromBf16((int) bits);
      case "f16" -> Float.float16ToFloat((short) bits);
      default -> throw new PtxException("type " + type);
    };
  }

  private static long encode(String type, double x, String rounding) {
    if (rounding.equals("rn")) {
      return switch (type) {
        case "f32" -> floatToRawIntBits((float) x);
        case "f64" -> doubleToRawLongBits(x);
        case "bf16" -> HalfInstructions.toBf16(FloatRounding.toOdd(x));
        case "f16" -> Float.floatToFloat16(FloatRounding.toOdd(x)) & 0xffff;
        default -> throw new PtxException("type " + type);
      };
    }
    return switch (type + "." + rounding) {
      case "bf16.rz" -> Double.isNaN(x) ? 0x7fff : floatToRawIntBits(FloatRounding.toOdd(x)) >>> 16;
      // Round to nearest, ties away from zero, to ten bits of mantissa.
      case "tf32.rna" -> floatToRawIntBits((float) x) + 0x1000 & 0xffffe000;
      case "f32.rm", "f32.rp", "f32.rz" ->
          floatToRawIntBits(FloatInstructions.round(x, 0, rounding));
      default -> throw new PtxException("rounding " + rounding + " to " + type);
    };
  }

  private static long extend(String type, long bits) {
    return switch (type) {
      case "s8" -> (byte) bits;
      case "u8", "b8" -> bits & 0xff;
      case "s16" -> (short) bits;
      case "u16", "b16", "f16", "bf16" -> bits & 0xffff;
      case "s32" -> (int) bits;
      case "u32", "b32", "f32" -> bits & 0xffffffffL;
      default -> bits;
    };
  }

  private static long least(String type) {
    return type.startsWith("s") ? -1L << (8 * PtxTypes.bytes(type) - 1) : 0;
  }

  private static long greatest(String type) {
    int bits = 8 * PtxTypes.bytes(type);
    return type.startsWith("s") ? (1L << (bits - 1)) - 1 : bits == 64 ? -1L : (1L << bits) - 1;
  }

  private static long integer(long value, String source, String target, boolean saturate) {
    if (!saturate) {
      return extend(target, value);
    }
    boolean huge = source.equals("u64") && value < 0;
    if (target.equals("u64")) {
      return huge ? value : Math.max(0, value);
    }
    return huge ? greatest(target) : Math.clamp(value, least(target), greatest(target));
  }

  private static Conversion fromInteger(String source, String target, String rounding) {
    boolean huge = source.equals("u64");
    if (!rounding.equals("rn") && !target.equals("f64")) {
      if (!target.equals("f32") || PtxTypes.bytes(source) == 8 || rounding.isEmpty()) {
        throw new PtxException("rounding '" + rounding + "' of an integer");
      }
      return bits ->
          floatToRawIntBits(FloatInstructions.round((double) extend(source, bits), 0, rounding));
    }
    return switch (target) {
      case "f32" ->
          bits -> {
            long x = extend(source, bits);
            // An odd last bit keeps the half of a huge number from a double rounding.
            float value = huge && x < 0 ? 2 * (float) (x >>> 1 | (x & 1)) : (float) x;
            return floatToRawIntBits(value);
          };
      case "f64" ->
          bits -> {
            long x = extend(source, bits);
            double value = huge && x < 0 ? 2 * (double) (x >>> 1 | (x & 1)) : (double) x;
            return doubleToRawLongBits(value);
          };
      default -> {
        if (PtxTypes.bytes(source) == 8) {
          throw new PtxException("conversion of " + source + " to " + target);
        }
        yield bits -> encode(target, (double) extend(source, bits), "rn");
      }
    };
  }

  /** Saturates; a NaN becomes 0. */
  private static long toInteger(double whole, String target) {
    if (target.equals("u64")) {
      if (!(whole > 0)) {
        return 0;
      }
      return whole >= 0x1p64
          ? -1
          : whole >= 0x1p63 ? (long) (whole - 0x1p63) ^ Long.MIN_VALUE : (long) whole;
    }
    return Math.clamp((long) whole, least(target), greatest(target));
  }
}
