package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Bytes of Java's heap that a call takes, on all threads. JMH's own profiler counts from before an
 * iteration is set up to after its results are gathered, which is thousands of bytes of its own;
 * here {@link CpuBenchmark} counts next to the loop of calls. What JMH still takes there is seen in
 * {@link NothingBenchmark}.
 */
public final class HeapProfiler implements InternalProfiler {
  /** The name of the result. */
  static final String NAME = "heap.bytes";

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private static volatile long before;
  private static volatile long taken;

  /** The loop of calls begins. */
  static void begin() {
    before = THREADS.getTotalThreadAllocatedBytes();
  }

  /** The loop of calls has ended. */
  static void end() {
    taken = THREADS.getTotalThreadAllocatedBytes() - before;
  }

  @Override
  public String getDescription() {
    return "bytes of Java's heap per call, on all threads";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double calls = Math.max(1, result.getMetadata().getAllOps());
    return List.of(new ScalarResult(NAME, taken / calls, "B/op", AggregationPolicy.AVG));
  }
}
