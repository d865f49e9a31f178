package org.basisar.gpu.sim;

import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static org.basisar.gpu.sim.Lanes.eachDouble;
import static org.basisar.gpu.sim.Lanes.eachWide;
import static org.basisar.gpu.sim.Lanes.wide;
import static org.basisar.gpu.sim.Program.LANES;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;

/** Arithmetic in double precision. */
final class DoubleInstructions {
  private DoubleInstructions() {}

  static void register(Map<String, Recipe> table) {
    arithmetic(table);
  }

  private static void arithmetic(Map<String, Recipe> table) {
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(longBitsToDouble(a[l]) + longBitsToDouble(b[l]));
          }
        }),
        "add.f64",
        "add.rn.f64");
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(longBitsToDouble(a[l]) - longBitsToDouble(b[l]));
          }
        }),
        "sub.f64",
        "sub.rn.f64");
    put(
        table,
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(longBitsToDouble(a[l]) * longBitsToDouble(b[l]));
          }
        }),
        "mul.f64",
        "mul.rn.f64");
    put(
        table,
        wide((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] =
                doubleToRawLongBits(
                    Math.fma(
                        longBitsToDouble(a[l]), longBitsToDouble(b[l]), longBitsToDouble(c[l])));
          }
        }),
        "fma.rn.f64",
        "mad.rn.f64");
    table.put(
        "div.rn.f64",
        wide((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = doubleToRawLongBits(longBitsToDouble(a[l]) / longBitsToDouble(b[l]));
          }
        }));
    put(table, eachDouble(x -> 1 / x), "rcp.rn.f64", "rcp.approx.ftz.f64");
    table.put("sqrt.rn.f64", eachDouble(Math::sqrt));
    put(table, eachDouble(x -> 1 / Math.sqrt(x)), "rsqrt.approx.f64", "rsqrt.approx.ftz.f64");
    for (String mode : new String[] {"rm", "rp", "rz"}) {
      table.put("add." + mode + ".f64", eachDouble((x, y) -> add(x, y, mode)));
      table.put("sub." + mode + ".f64", eachDouble((x, y) -> add(x, -y, mode)));
      table.put("mul." + mode + ".f64", eachDouble((x, y) -> multiply(x, y, mode)));
    }
    table.put("neg.f64", eachWide(a -> a ^ Long.MIN_VALUE));
    table.put("abs.f64", eachWide(a -> a & Long.MAX_VALUE));
    table.put("copysign.f64", eachWide((a, b) -> (a & Long.MIN_VALUE) | (b & Long.MAX_VALUE)));
    table.put(
        "max.f64",
        eachDouble((x, y) -> Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.max(x, y)));
    table.put(
        "min.f64",
        eachDouble((x, y) -> Double.isNaN(x) ? y : Double.isNaN(y) ? x : Math.min(x, y)));
  }

  private static void put(Map<String, Recipe> table, Recipe recipe, String... names) {
    for (String name : names) {
      table.put(name, recipe);
    }
  }

  private static double add(double x, double y, String mode) {
    double sum = x + y;
    double virtual = sum - x;
    return adjust(sum, (x - (sum - virtual)) + (y - virtual), mode);
  }

  private static double multiply(double x, double y, String mode) {
    double product = x * y;
    return adjust(product, Math.fma(x, y, -product), mode);
  }

  /** Moves the nearest value in the direction of rounding, if the exact one lies on that side. */
  private static double adjust(double nearest, double error, String mode) {
    if (!Double.isFinite(nearest)) {
      return nearest;
    }
    boolean down = mode.equals("rm") || (mode.equals("rz") && nearest > 0);
    boolean up = mode.equals("rp") || (mode.equals("rz") && nearest < 0);
    if (down && error < 0) {
      return Math.nextDown(nearest);
    }
    return up && error > 0 ? Math.nextUp(nearest) : nearest;
  }
}
