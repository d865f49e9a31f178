package org.basisar.bar.measure;

import java.util.Arrays;

/**
 * How much longer one contestant takes than another one, by the ratios of the times of each round:
 * what slows the machine down for a while slows both alike.
 *
 * @param median of the ratios
 * @param low end of an interval that holds the true median in 95 of 100 such measurements
 * @param high other end of it
 */
public record PairedRatio(double median, double low, double high) {
  /** Standard deviations to either side that hold 95 % of a normal distribution. */
  private static final double WIDTH = 1.96;

  /**
   * Compares times of the same rounds. The interval's ends are ratios themselves: the number of
   * ratios below the true median is binomial, whatever their distribution. Fewer than six ratios
   * allow no such statement, and the interval is all of them.
   *
   * @param times by round
   * @param base what they are divided by, of the same rounds
   */
  static PairedRatio of(double[] times, double[] base) {
    int count = times.length;
    double[] ratios = new double[count];
    for (int i = 0; i < count; i++) {
      ratios[i] = times[i] / base[i];
    }
    Arrays.sort(ratios);
    int rank = Math.max(1, (int) ((count - WIDTH * Math.sqrt(count)) / 2));
    double median = (ratios[(count - 1) / 2] + ratios[count / 2]) / 2;
    return new PairedRatio(median, ratios[rank - 1], ratios[count - rank]);
  }
}
