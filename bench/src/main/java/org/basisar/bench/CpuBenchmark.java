package org.basisar.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** Settings of all benchmarks; the warm-up is long enough for the last compiler tier. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(
    value = 1,
    jvmArgs = {
      "--add-modules",
      "jdk.incubator.vector",
      "--enable-native-access=ALL-UNNAMED",
      "-Xms4g",
      "-Xmx6g"
    })
public abstract class CpuBenchmark {
  /** Threads that compute. */
  @Param("2")
  public int threads;

  /** Begins to count bytes of the heap, next to the loop of calls. */
  @Setup(Level.Iteration)
  public final void countHeap() {
    HeapProfiler.begin();
  }

  /** Ends counting. */
  @TearDown(Level.Iteration)
  public final void heapCounted() {
    HeapProfiler.end();
  }
}
