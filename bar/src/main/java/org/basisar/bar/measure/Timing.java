package org.basisar.bar.measure;

import java.util.Arrays;
import org.basisar.tensor.Device;

/**
 * How long something takes: the median, least and greatest of several rounds, each long enough for
 * the clock.
 *
 * @param median seconds of one run, of the middle round
 * @param least seconds of one run, of the fastest round
 * @param most seconds of one run, of the slowest round
 */
public record Timing(double median, double least, double most) {
  private static final int ROUNDS = 5;

  /** Seconds that Java's compiler takes, about, until an operation runs as fast as it will. */
  private static final double COMPILING = 1.5;

  /**
   * Runs a body until it is compiled and its time is known, then in rounds.
   *
   * @param device what the body's work is queued on
   * @param seconds that a round should take at least
   */
  public static Timing of(Device device, double seconds, Runnable body) {
    double warm = Math.min(COMPILING, 15 * seconds);
    round(device, repeats(device, warm, body), body);
    long repeats = repeats(device, seconds, body);
    double[] rounds = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      rounds[i] = round(device, repeats, body);
    }
    return ofRounds(rounds);
  }

  /** What several rounds took, by seconds of one run. */
  static Timing ofRounds(double[] rounds) {
    double[] sorted = rounds.clone();
    Arrays.sort(sorted);
    return new Timing(sorted[sorted.length / 2], sorted[0], sorted[sorted.length - 1]);
  }

  /** How often a body must be run to take so long; running it until that is known warms it up. */
  static long repeats(Device device, double seconds, Runnable body) {
    long repeats = 1;
    double once = round(device, 1, body);
    once = Math.min(once, round(device, 1, body));
    while (once * repeats < seconds) {
      repeats = Math.max(repeats + 1, (long) (seconds / Math.max(once, 1e-9)));
      once = round(device, repeats, body);
    }
    return repeats;
  }

  /** Seconds of one run, from several in a row. */
  static double round(Device device, long repeats, Runnable body) {
    device.synchronize();
    long begin = System.nanoTime();
    for (long i = 0; i < repeats; i++) {
      body.run();
    }
    device.synchronize();
    return (System.nanoTime() - begin) / 1e9 / repeats;
  }
}
