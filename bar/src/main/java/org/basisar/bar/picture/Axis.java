package org.basisar.bar.picture;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** The range of an axis, the round values marked on it, and how they are written. */
final class Axis {
  private static final String SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

  /** Ranges below this are rounding noise, and dividing by them would overflow. */
  private static final double LEAST_RANGE = 1e-290;

  private final boolean logarithmic;
  private final double low;
  private final double high;
  private final List<Double> ticks = new ArrayList<>();
  private int decimals;

  private Axis(double low, double high, boolean logarithmic, int wantedTicks) {
    this.low = low;
    this.high = high;
    this.logarithmic = logarithmic;
    if (logarithmic) {
      placeByFactors(wantedTicks);
    } else {
      placeBySteps(wantedTicks);
    }
  }

  /**
   * An axis with some room around its values, for what was measured.
   *
   * @param logarithmic asks for equal factors at equal distances; values must be above zero then. A
   *     range of less than a factor of five stays linear, for want of powers of ten to mark
   */
  static Axis around(double lowest, double highest, boolean logarithmic, int wantedTicks) {
    double factor = highest / lowest;
    boolean moderate =
        lowest > LEAST_RANGE && highest < 1 / LEAST_RANGE && factor < 1 / LEAST_RANGE;
    if (logarithmic && moderate && factor >= 5) {
      double room = Math.pow(factor, 0.04);
      return new Axis(lowest / room, highest * room, true, wantedTicks);
    }
    double magnitude = Math.max(Math.abs(lowest), Math.abs(highest));
    double range = highest - lowest;
    // A constant gets a range of its own, and a visible one at any magnitude.
    boolean constant = range <= Math.max(1e-9 * magnitude, LEAST_RANGE);
    double room = constant ? Math.max(1e-12, 0.1 * magnitude) : 0.04 * range;
    double low = lowest >= 0 && lowest < room ? 0 : lowest - room;
    return new Axis(low, highest + room, false, wantedTicks);
  }

  /** An axis that ends where its values end, for steps. */
  static Axis between(double lowest, double highest, int wantedTicks) {
    return highest > lowest
        ? new Axis(lowest, highest, false, wantedTicks)
        : new Axis(lowest - 0.5, lowest + 0.5, false, wantedTicks);
  }

  private void placeBySteps(int wantedTicks) {
    double rough = (high - low) / wantedTicks;
    if (!(rough > LEAST_RANGE) || Double.isInfinite(rough)) {
      return;
    }
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double factor = rough / power;
    double step = power * (factor < 1.42 ? 1 : factor < 3.17 ? 2 : factor < 7.08 ? 5 : 10);
    decimals = Math.max(0, (int) -Math.floor(Math.log10(step) + 1e-9));
    double first = Math.ceil(low / step - 1e-9);
    for (int i = 0; i <= 4 * wantedTicks && (first + i) * step <= high + 1e-9 * step; i++) {
      ticks.add((first + i) * step);
    }
  }

  private void placeByFactors(int wantedTicks) {
    int first = (int) Math.floor(Math.log10(low));
    int last = (int) Math.ceil(Math.log10(high));
    int every = Math.max(1, Math.ceilDiv(last - first, wantedTicks));
    int[] multiples = last - first <= 2 ? new int[] {1, 2, 5} : new int[] {1};
    for (int power = first; power <= last; power++) {
      for (int multiple : multiples) {
        double tick = multiple * Math.pow(10, power);
        if (Math.floorMod(power, every) == 0 && tick >= low && tick <= high) {
          ticks.add(tick);
        }
      }
    }
  }

  /** Where a value lies, 0 at the low end and 1 at the high end. */
  double position(double value) {
    double position =
        logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return Double.isFinite(position) ? position : 0.5;
  }

  /** The marked values, ascending. */
  List<Double> ticks() {
    return ticks;
  }

  /** A marked value in as few signs as say it. */
  String written(double tick) {
    double magnitude = Math.abs(tick);
    if (logarithmic) {
      int power = (int) Math.floor(Math.log10(magnitude) + 1e-9);
      if (power >= -2 && power <= 3) {
        return trimmed(String.format(Locale.ROOT, "%.2f", tick));
      }
      long multiple = Math.round(magnitude / Math.pow(10, power));
      return (multiple == 1 ? "" : multiple + "·") + "10" + superscript(power);
    }
    if (magnitude < 1e-300) {
      return "0";
    }
    if (magnitude >= 10_000 && decimals == 0) {
      return magnitude >= 1_000_000
          ? trimmed(String.format(Locale.ROOT, "%.2f", tick / 1e6)) + "M"
          : trimmed(String.format(Locale.ROOT, "%.1f", tick / 1e3)) + "k";
    }
    if (decimals > 4) {
      int power = (int) Math.floor(Math.log10(magnitude) + 1e-9);
      return trimmed(String.format(Locale.ROOT, "%.2f", tick / Math.pow(10, power)))
          + "·"
          + "10"
          + superscript(power);
    }
    return String.format(Locale.ROOT, "%." + decimals + "f", tick);
  }

  private static String trimmed(String number) {
    return number.contains(".") ? number.replaceAll("0+$", "").replaceAll("\\.$", "") : number;
  }

  /** An exponent as it is written above the line. */
  static String superscript(int power) {
    var text = new StringBuilder();
    for (char sign : Integer.toString(power).toCharArray()) {
      text.append(sign == '-' ? '⁻' : SUPERSCRIPTS.charAt(sign - '0'));
    }
    return text.toString();
  }
}
