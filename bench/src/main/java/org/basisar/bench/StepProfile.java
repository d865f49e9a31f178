package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Locale;
import org.basisar.bar.measure.LaunchProfile;
import org.basisar.tensor.DType;
import org.basisar.tensor.cpu.Workers;

/**
 * Where the processor time of the peers' training step goes: the captured step is replayed launch
 * by launch. Processor time, because it hardly depends on what else the machine does; {@code bar
 * bench --profile} has the time on the clock, on any device and for any size.
 */
public final class StepProfile {
  private StepProfile() {}

  /**
   * Prints the table as Markdown, the most expensive lines first.
   *
   * @param arguments batch (64), steps (24), threads (1), lines (40)
   */
  public static void main(String[] arguments) {
    int batch = StepProbe.argument(arguments, 0, 64);
    int steps = StepProbe.argument(arguments, 1, 24);
    int threads = StepProbe.argument(arguments, 2, 1);
    int lines = StepProbe.argument(arguments, 3, 40);
    Workers.configure(threads);
    try (EngineStep step = new EngineStep(StepCase.ofBatch(batch), DType.F32)) {
      step.step();
      print(step, Math.max(2, steps), threads, lines);
    }
  }

  private static void print(EngineStep step, int steps, int threads, int lines) {
    LaunchProfile processor = new LaunchProfile(step.entries());
    LaunchProfile wall = new LaunchProfile(step.entries());
    long[] ids = computing();
    for (int i = 0; i < steps; i++) {
      double[] used = new double[step.entries().size()];
      double[] passed = new double[used.length];
      long[] before = {processorNanos(ids), System.nanoTime()};
      step.step(launch -> {
        long processorNow = processorNanos(ids);
        used[launch] = (processorNow - before[0]) / 1e9;
        passed[launch] = (System.nanoTime() - before[1]) / 1e9;
        before[0] = processorNow;
        before[1] = System.nanoTime();
      });
      if (i >= steps / 2) {
        processor.add(used);
        wall.add(passed);
      }
    }
    print(processor.lines(), LaunchProfile.seconds(wall.lines()), threads, lines);
  }

  private static void print(List<LaunchProfile.Line> table, double wall, int threads, int lines) {
    double roof = FmaRoof.gigaflops();
    double total = LaunchProfile.seconds(table);
    System.out.printf(
        Locale.ROOT,
        "%d launches, %d threads: %.1f ms of processor time, %.1f ms of wall time, %.1f GFLOP;"
            + " register-only multiply-adds of one thread: %.0f GFLOP/s%n%n"
            + "| operation | calls | ms | share | GFLOP/s | of the roof | GB/s |%n"
            + "|---|---|---|---|---|---|---|%n",
        table.stream().mapToInt(LaunchProfile.Line::calls).sum(),
        threads,
        total * 1e3,
        wall * 1e3,
        table.stream().mapToDouble(LaunchProfile.Line::flops).sum() / 1e9,
        roof);
    for (LaunchProfile.Line line : table.subList(0, Math.min(lines, table.size()))) {
      System.out.printf(
          Locale.ROOT,
          "| %s | %d | %.2f | %.1f %% | %.1f | %.0f %% | %.1f |%n",
          line.name(),
          line.calls(),
          line.seconds() * 1e3,
          100 * line.seconds() / total,
          line.gigaflops(),
          100 * line.gigaflops() / roof,
          line.gigabytes());
    }
  }

  /** The calling thread and the daemons of {@link Workers}. */
  private static long[] computing() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread ->
            thread == Thread.currentThread() || thread.getName().startsWith("basisar-cpu-"))
        .mapToLong(Thread::threadId)
        .toArray();
  }

  private static long processorNanos(long[] ids) {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long sum = 0;
    for (long id : ids) {
      sum += threads.getThreadCpuTime(id);
    }
    return sum;
  }
}
