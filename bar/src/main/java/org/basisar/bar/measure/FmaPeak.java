package org.basisar.bar.measure;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.basisar.tensor.cpu.ParallelKernel;
import org.basisar.tensor.cpu.Workers;

/**
 * Nothing but fused multiply-adds of fp32 vectors that stay in registers: what the processor's
 * arithmetic can do when it waits for nothing. Twelve chains hide the latency of one. The class
 * cannot be loaded without the module of the Vector API.
 */
public final class FmaPeak extends ParallelKernel {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int CHAINS = 12;
  private static final int STEPS = 50_000;
  private static final int APART = 64;

  private final int threads = Workers.threads();

  /** Results of the threads, apart from each other, so that the compiler cannot leave them out. */
  private final float[] results = new float[threads * APART];

  /** Additions and multiplications of one run by all threads. */
  double flops() {
    return flopsPerItem() * threads;
  }

  /** Additions and multiplications of one item. */
  public double flopsPerItem() {
    return 2.0 * CHAINS * STEPS * SPECIES.length();
  }

  /** Of the last run, the same in every one. */
  float result() {
    return results[0];
  }

  @Override
  public int items() {
    return threads;
  }

  @Override
  public void run(int from, int to) {
    for (int item = from; item < to; item++) {
      results[item * APART] = chains(item);
    }
  }

  private static float chains(int item) {
    FloatVector factor = FloatVector.broadcast(SPECIES, 0.5f);
    FloatVector summand = FloatVector.broadcast(SPECIES, 0.5f + item);
    FloatVector a = summand;
    FloatVector b = summand;
    FloatVector c = summand;
    FloatVector d = summand;
    FloatVector e = summand;
    FloatVector f = summand;
    FloatVector g = summand;
    FloatVector h = summand;
    FloatVector i = summand;
    FloatVector j = summand;
    FloatVector k = summand;
    FloatVector l = summand;
    for (int step = 0; step < STEPS; step++) {
      a = a.fma(factor, summand);
      b = b.fma(factor, summand);
      c = c.fma(factor, summand);
      d = d.fma(factor, summand);
      e = e.fma(factor, summand);
      f = f.fma(factor, summand);
      g = g.fma(factor, summand);
      h = h.fma(factor, summand);
      i = i.fma(factor, summand);
      j = j.fma(factor, summand);
      k = k.fma(factor, summand);
      l = l.fma(factor, summand);
    }
    FloatVector first = a.add(b).add(c).add(d).add(e).add(f);
    FloatVector second = g.add(h).add(i).add(j).add(k).add(l);
    return first.add(second).reduceLanes(VectorOperators.ADD) / (CHAINS * SPECIES.length());
  }
}
