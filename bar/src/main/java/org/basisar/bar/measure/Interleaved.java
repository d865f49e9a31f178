package org.basisar.bar.measure;

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
   * count. Each round begins with another contestant, so that none always follows the same.
   *
   * @param device what the contestants' work is queued on
   * @param seconds that a contestant should take in a round at least
   * @param rounds how often each one's turn comes
   * @return seconds of one run, by contestant and round
   */
  static double[][] times(Device device, double seconds, int rounds, List<Runnable> contestants) {
    int count = contestants.size();
    long[] repeats = new long[count];
    for (int i = 0; i < count; i++) {
      repeats[i] = Timing.repeats(device, seconds, contestants.get(i));
    }
    double[][] times = new double[count][rounds];
    for (int round = -1; round < rounds; round++) {
      for (int turn = 0; turn < count; turn++) {
        int i = (turn + round + 1) % count;
        double once = Timing.round(device, repeats[i], contestants.get(i));
        if (round >= 0) {
          times[i][round] = once;
        }
      }
    }
    return times;
  }

  /**
   * The same, summed up.
   *
   * @return one timing each, in order
   */
  static List<Timing> of(Device device, double seconds, int rounds, List<Runnable> contestants) {
    return Arrays.stream(times(device, seconds, rounds, contestants))
        .map(Timing::ofRounds)
        .toList();
  }
}
