package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.tensor.Device;

/**
 * Times contestants in turn, A B C A B C: what the machine does besides then falls on all of them
 * alike.
 */
final class Interleaved {
  private Interleaved() {}

  /**
   * Runs every contestant until its time is known, then all in rounds, of which the first does not
   * count.
   *
   * @param device what the contestants' work is queued on
   * @param seconds that a contestant should take in a round at least
   * @param rounds how often each one's turn comes
   * @return one timing each, in order
   */
  static List<Timing> of(Device device, double seconds, int rounds, List<Runnable> contestants) {
    int count = contestants.size();
    long[] repeats = new long[count];
    for (int i = 0; i < count; i++) {
      repeats[i] = Timing.repeats(device, seconds, contestants.get(i));
    }
    double[][] times = new double[count][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int i = 0; i < count; i++) {
        double once = Timing.round(device, repeats[i], contestants.get(i));
        if (round >= 0) {
          times[i][round] = once;
        }
      }
    }
    List<Timing> timings = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double[] sorted = times[i].clone();
      Arrays.sort(sorted);
      timings.add(
          new Timing(sorted[rounds / 2], sorted[0], sorted[rounds - 1], repeats[i] * rounds));
    }
    return timings;
  }
}
