package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * How many multiply-adds one thread can do when nothing has to be loaded: what no matrix product
 * can pass.
 */
final class FmaRoof {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;
  private static final int ROUNDS = 2_000_000;
  private static final int REPEATS = 12;

  private FmaRoof() {}

  /** The best of several rounds, in 10⁹ operations per second of processor time. */
  static double gigaflops() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double best = 0;
    float check = 0;
    for (int i = 0; i < REPEATS; i++) {
      long before = threads.getCurrentThreadCpuTime();
      check += chains(ROUNDS);
      long used = threads.getCurrentThreadCpuTime() - before;
      best = Math.max(best, 2.0 * CHAINS * SPECIES.length() * ROUNDS / Math.max(1, used));
    }
    if (Float.isNaN(check)) {
      throw new IllegalStateException("the multiply-adds gave no number");
    }
    return best;
  }

  private static float chains(int rounds) {
    FloatVector factor = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector summand = FloatVector.broadcast(SPECIES, 1f);
    FloatVector a = summand;
    FloatVector b = summand;
    FloatVector c = summand;
    FloatVector d = summand;
    FloatVector e = summand;
    FloatVector f = summand;
    FloatVector g = summand;
    FloatVector h = summand;
    FloatVector k = summand;
    FloatVector l = summand;
    FloatVector m = summand;
    FloatVector n = summand;
    for (int i = 0; i < rounds; i++) {
      a = a.fma(factor, summand);
      b = b.fma(factor, summand);
      c = c.fma(factor, summand);
      d = d.fma(factor, summand);
      e = e.fma(factor, summand);
      f = f.fma(factor, summand);
      g = g.fma(factor, summand);
      h = h.fma(factor, summand);
      k = k.fma(factor, summand);
      l = l.fma(factor, summand);
      m = m.fma(factor, summand);
      n = n.fma(factor, summand);
    }
    float[] sum = new float[SPECIES.length()];
    FloatVector first = a.add(b).add(c).add(d).add(e).add(f);
    first.add(g).add(h).add(k).add(l).add(m).add(n).intoArray(sum, 0);
    return sum[0];
  }
}
