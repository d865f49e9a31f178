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
}
