package org.basisar.bench;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.basisar.tensor.DType;
import org.basisar.tensor.Program;
import org.basisar.tensor.Shape;
import org.basisar.tensor.cpu.Workers;

/**
 * Where the time of a training step goes: the captured step is replayed launch by launch, and the
 * processor time that the computing threads used for each is summed over launches of one operation
 * on operands of one shape. Processor time, because it hardly depends on what else the machine
 * does; of each launch the median over the steps counts.
 */
public final class StepProfile {
  /** Launches of one operation on operands of one shape. */
  private static final class Line {
    int calls;
    double milliseconds;
    double wall;
    long flops;
    long bytes;
  }

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
    List<Program.Entry> entries = step.entries();
    int half = steps / 2;
    double[][] processor = new double[entries.size()][steps - half];
    double[][] wall = new double[entries.size()][steps - half];
    long[] ids = computing();
    for (int i = 0; i < steps; i++) {
      int column = i - half;
      long[] before = {processorNanos(ids), System.nanoTime()};
      step.step(launch -> {
        long used = processorNanos(ids);
        long now = System.nanoTime();
        if (column >= 0) {
          processor[launch][column] = (used - before[0]) / 1e6;
          wall[launch][column] = (now - before[1]) / 1e6;
        }
        before[0] = used;
        before[1] = System.nanoTime();
      });
    }
    Map<String, Line> table = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Program.Entry entry = entries.get(i);
      Line line = table.computeIfAbsent(name(entry), _ -> new Line());
      line.calls++;
      line.milliseconds += median(processor[i]);
      line.wall += median(wall[i]);
      line.flops += entry.cost().flops();
      line.bytes += entry.cost().bytes();
    }
    print(table, FmaRoof.gigaflops(), threads, lines);
  }

  private static void print(Map<String, Line> table, double roof, int threads, int lines) {
    double total = table.values().stream().mapToDouble(line -> line.milliseconds).sum();
    double wall = table.values().stream().mapToDouble(line -> line.wall).sum();
    long flops = table.values().stream().mapToLong(line -> line.flops).sum();
    int calls = table.values().stream().mapToInt(line -> line.calls).sum();
    System.out.printf(
        Locale.ROOT,
        "%d launches, %d threads: %.1f ms of processor time, %.1f ms of wall time, %.1f GFLOP;"
            + " register-only multiply-adds of one thread: %.0f GFLOP/s%n%n"
            + "| operation | calls | ms | share | GFLOP/s | of the roof | GB/s | ms wall |%n"
            + "|---|---|---|---|---|---|---|---|%n",
        calls,
        threads,
        total,
        wall,
        flops / 1e9,
        roof);
    table.entrySet().stream()
        .sorted((x, y) -> Double.compare(y.getValue().milliseconds, x.getValue().milliseconds))
        .limit(lines)
        .forEach(entry -> print(entry.getKey(), entry.getValue(), total, roof));
  }

  private static void print(String name, Line line, double total, double roof) {
    double rate = line.flops / 1e6 / line.milliseconds;
    System.out.printf(
        Locale.ROOT,
        "| %s | %d | %.2f | %.1f %% | %.1f | %.0f %% | %.1f | %.2f |%n",
        name,
        line.calls,
        line.milliseconds,
        100 * line.milliseconds / total,
        rate,
        100 * rate / roof,
        line.bytes / 1e6 / line.milliseconds,
        line.wall);
  }

  private static String name(Program.Entry entry) {
    return entry.title() + " " + shapes(entry.operands()) + " → " + shapes(entry.results());
  }

  private static String shapes(List<Shape> shapes) {
    String first = shapes.stream().limit(4).map(Shape::toString).collect(Collectors.joining(" "));
    return shapes.size() <= 4 ? first : first + " … (" + shapes.size() + ")";
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
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
