package org.basisar.gpu.sim;

import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static org.basisar.gpu.sim.Lanes.eachFloat;
import static org.basisar.gpu.sim.Lanes.word;
import static org.basisar.gpu.sim.Program.LANES;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.Step.Effect;
import org.jspecify.annotations.Nullable;

/**
 * Arithmetic in single precision. Functions that devices approximate are rounded correctly, or
 * nearly so, here.
 */
final class FloatInstructions {
  private FloatInstructions() {}

  static void register(Map<String, Recipe> table) {
    arithmetic(table);
    functions(table);
  }

  private static void arithmetic(Map<String, Recipe> table) {
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(intBitsToFloat(a[l]) + intBitsToFloat(b[l]));
          }
        }),
        "add.f32",
        "add.rn.f32");
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(intBitsToFloat(a[l]) - intBitsToFloat(b[l]));
          }
        }),
        "sub.f32",
        "sub.rn.f32");
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(intBitsToFloat(a[l]) * intBitsToFloat(b[l]));
          }
        }),
        "mul.f32",
        "mul.rn.f32");
    put(
        table,
        word((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] =
                floatToRawIntBits(
                    Math.fma(intBitsToFloat(a[l]), intBitsToFloat(b[l]), intBitsToFloat(c[l])));
          }
        }),
        "fma.rn.f32",
        "mad.f32",
        "mad.rn.f32");
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(intBitsToFloat(a[l]) / intBitsToFloat(b[l]));
          }
        }),
        "div.rn.f32",
        "div.approx.f32",
        "div.full.f32");
    put(
        table,
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(1 / intBitsToFloat(a[l]));
          }
        }),
        "rcp.rn.f32",
        "rcp.approx.f32");
    put(
        table,
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits((float) Math.sqrt(intBitsToFloat(a[l])));
          }
        }),
        "sqrt.rn.f32",
        "sqrt.approx.f32");
    table.put(
        "rsqrt.approx.f32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits((float) (1 / Math.sqrt(intBitsToFloat(a[l]))));
          }
        }));
    table.put(
        "neg.f32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] ^ 0x80000000;
          }
        }));
    table.put(
        "abs.f32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & 0x7fffffff;
          }
        }));
    table.put(
        "copysign.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = (a[l] & 0x80000000) | (b[l] & 0x7fffffff);
          }
        }));
    table.put(
        "max.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = larger(a[l], b[l]);
          }
        }));
    table.put(
        "min.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = smaller(a[l], b[l]);
          }
        }));
    table.put(
        "max.NaN.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(Math.max(intBitsToFloat(a[l]), intBitsToFloat(b[l])));
          }
        }));
    table.put(
        "min.NaN.f32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(Math.min(intBitsToFloat(a[l]), intBitsToFloat(b[l])));
          }
        }));
    table.put("add.rm.f32", directed("add", "rm"));
    table.put("add.rp.f32", directed("add", "rp"));
    table.put("add.rz.f32", directed("add", "rz"));
    table.put("sub.rm.f32", directed("sub", "rm"));
    table.put("sub.rp.f32", directed("sub", "rp"));
    table.put("sub.rz.f32", directed("sub", "rz"));
    table.put("mul.rm.f32", directed("mul", "rm"));
    table.put("mul.rp.f32", directed("mul", "rp"));
    table.put("mul.rz.f32", directed("mul", "rz"));
    table.put("fma.rm.f32", directed("fma", "rm"));
    table.put("fma.rp.f32", directed("fma", "rp"));
    table.put("fma.rz.f32", directed("fma", "rz"));
  }

  private static void functions(Map<String, Recipe> table) {
    table.put(
        "ex2.approx.f32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = floatToRawIntBits(exponential(intBitsToFloat(a[l])));
          }
        }));
    table.put("lg2.approx.f32", eachFloat(x -> Math.log(x) / LOG_2));
    table.put("sin.approx.f32", eachFloat(Math::sin));
    table.put("cos.approx.f32", eachFloat(Math::cos));
    table.put("tanh.approx.f32", eachFloat(Math::tanh));
  }

  private static void put(Map<String, Recipe> table, Recipe recipe, String... names) {
    for (String name : names) {
      table.put(name, recipe);
    }
  }

  private static final double LOG_2 = Math.log(2);

  /** Coefficients of 2^x on [-1/2, 1/2]: ln(2)^k / k!. */
  private static final double[] POWERS = new double[11];

  static {
    POWERS[0] = 1;
    for (int k = 1; k < POWERS.length; k++) {
      POWERS[k] = POWERS[k - 1] * LOG_2 / k;
    }
  }

  /** 2^x, with a relative error below 1e-12 before the result is rounded. */
  static float exponential(float x) {
    // Beyond these the result is 0 or infinite; a NaN passes through both.
    double clamped = Math.max(-200.0, Math.min(200.0, x));
    double whole = Math.rint(clamped);
    double rest = clamped - whole;
    double sum = POWERS[10];
    sum = sum * rest + POWERS[9];
    sum = sum * rest + POWERS[8];
    sum = sum * rest + POWERS[7];
    sum = sum * rest + POWERS[6];
    sum = sum * rest + POWERS[5];
    sum = sum * rest + POWERS[4];
    sum = sum * rest + POWERS[3];
    sum = sum * rest + POWERS[2];
    sum = sum * rest + POWERS[1];
    sum = sum * rest + POWERS[0];
    return (float) (sum * Double.longBitsToDouble(((long) whole + 1023) << 52));
  }

  /** The larger; of a number and a NaN the number. */
  private static int larger(int a, int b) {
    float x = intBitsToFloat(a);
    float y = intBitsToFloat(b);
    return floatToRawIntBits(Float.isNaN(x) ? y : Float.isNaN(y) ? x : Math.max(x, y));
  }

  /** The smaller; of a number and a NaN the number. */
  private static int smaller(int a, int b) {
    float x = intBitsToFloat(a);
    float y = intBitsToFloat(b);
    return floatToRawIntBits(Float.isNaN(x) ? y : Float.isNaN(y) ? x : Math.min(x, y));
  }

  /** An operation rounded down ({@code rm}), up ({@code rp}) or towards zero ({@code rz}). */
  private static Recipe directed(String operation, String mode) {
    return operation.equals("fma")
        ? word((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            double product = (double) intBitsToFloat(a[l]) * intBitsToFloat(b[l]);
            d[l] = floatToRawIntBits(round(product, intBitsToFloat(c[l]), mode));
          }
        })
        : word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            double x = intBitsToFloat(a[l]);
            double y = intBitsToFloat(b[l]);
            d[l] =
                floatToRawIntBits(
                    switch (operation) {
                      case "add" -> round(x, y, mode);
                      case "sub" -> round(x, -y, mode);
                      default -> round(x * y, 0, mode);
                    });
          }
        });
  }

  /** The exact sum of two doubles, rounded to single in a direction. */
  static float round(double x, double y, String mode) {
    double sum = x + y;
    double virtual = sum - x;
    double error = (x - (sum - virtual)) + (y - virtual);
    float nearest = (float) sum;
    if (!Double.isFinite(sum)) {
      return nearest;
    }
    // How the exact value lies to the nearest single.
    double above = sum - nearest + error;
    return switch (mode) {
      case "rm" -> above < 0 ? Math.nextDown(nearest) : nearest;
      case "rp" -> above > 0 ? Math.nextUp(nearest) : nearest;
      default -> {
        if (nearest > 0 && above < 0) {
          yield Math.nextDown(nearest);
        }
        yield nearest < 0 && above > 0 ? Math.nextUp(nearest) : nearest;
      }
    };
  }

  private static final List<String> STEMS_WITH_FLUSH =
      List.of(
          "add", "sub", "mul", "fma", "mad", "div", "rcp", "sqrt", "rsqrt", "ex2", "lg2", "sin",
          "cos", "tanh", "min", "max", "neg", "abs");

  /**
   * A form with {@code .ftz} (subnormal operands and results count as zero) or {@code .sat} (the
   * result is clamped to [0, 1]), made from the one without; null if there is none.
   */
  static @Nullable Recipe modified(Binding binding, Map<String, Recipe> table) {
    boolean flush = binding.has("ftz");
    boolean saturate = binding.has("sat");
    if (!(flush || saturate)
        || !binding.type().equals("f32")
        || !STEMS_WITH_FLUSH.contains(binding.stem())) {
      return null;
    }
    List<String> parts = new ArrayList<>(binding.modifiers());
    parts.removeAll(List.of("ftz", "sat"));
    Recipe plain = table.get(binding.stem() + "." + String.join(".", parts));
    if (plain == null) {
      return null;
    }
    return bound -> modified(bound, plain, flush, saturate);
  }

  private static Effect modified(Binding binding, Recipe plain, boolean flush, boolean saturate) {
    // The plain form works on flushed copies of the operands.
    List<PtxOperand> operands = new ArrayList<>();
    int[] sources = new int[binding.operands() - 1];
    int[] copies = new int[sources.length];
    operands.add(binding.operand(0));
    for (int i = 0; i < sources.length; i++) {
      PtxOperand.Register copy = binding.program().temporary(i);
      sources[i] = binding.word(i + 1);
      copies[i] = binding.program().slot(copy.name());
      operands.add(copy);
    }
    Effect effect = plain.bind(flush ? binding.with(operands) : binding);
    int target = binding.word(0);
    return (w, mask) -> {
      if (flush) {
        for (int i = 0; i < sources.length; i++) {
          int[] source = w.words[sources[i]];
          int[] copy = w.words[copies[i]];
          for (int l = 0; l < LANES; l++) {
            copy[l] = flushed(source[l]);
          }
        }
      }
      effect.run(w, mask);
      int[] result = w.words[target];
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        if (flush) {
          result[l] = flushed(result[l]);
        }
        if (saturate) {
          float x = intBitsToFloat(result[l]);
          result[l] = floatToRawIntBits(x > 0 ? Math.min(x, 1) : 0f);
        }
      }
    };
  }

  static int flushed(int bits) {
    return (bits & 0x7f800000) == 0 ? bits & 0x80000000 : bits;
  }
}
