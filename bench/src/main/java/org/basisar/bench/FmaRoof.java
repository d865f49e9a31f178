package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import org.basisar.bar.measure.FmaPeak;

/**
 * How many multiply-adds one thread can do when nothing has to be loaded: what no matrix product
 * can pass. By processor time, so that it holds on a busy machine too.
 */
final class FmaRoof {
  private static final int ROUNDS = 40;
  private static final int REPEATS = 12;

  private FmaRoof() {}

  /** The best of several rounds, in 10⁹ operations per second of processor time. */
  static double gigaflops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    FmaPeak peak = new FmaPeak();
    double best = 0;
    for (int i = 0; i < REPEATS; i++) {
      long before = threads.getCurrentThreadCpuTime();
      for (int round = 0; round < ROUNDS; round++) {
        peak.run(0, 1);
      }
      long used = threads.getCurrentThreadCpuTime() - before;
      best = Math.max(best, ROUNDS * peak.flopsPerItem() / Math.max(1, used));
    }
    return best;
  }
}
