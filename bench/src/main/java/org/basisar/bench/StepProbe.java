package org.basisar.bench;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.Locale;
import java.util.function.Supplier;
import org.basisar.tensor.DType;
import org.basisar.tensor.cpu.Workers;

/**
 * What JMH does not see of a training step: the time from the start of the JVM to the end of the
 * first step, how later steps get faster, and the Java heap allocated by a steady step on all
 * threads.
 */
public final class StepProbe {
  private StepProbe() {}

  /**
   * Measures our step.
   *
   * @param arguments batch (64), steps (30), threads (2)
   */
  public static void main(String[] arguments) {
    int batch = argument(arguments, 0, 64);
    int steps = argument(arguments, 1, 30);
    Workers.configure(argument(arguments, 2, 2));
    run("ours", () -> new EngineStep(StepCase.ofBatch(batch), DType.F32), steps);
  }

  /** Measures any contestant and prints one line. */
  public static void run(String name, Supplier<TrainingStep> contestant, int steps) {
    double[] milliseconds = new double[steps];
    try (TrainingStep step = contestant.get()) {
      long before = System.nanoTime();
      double loss = step.step();
      long first = sinceStart();
      milliseconds[0] = (System.nanoTime() - before) / 1e6;
      long allocated = 0;
      long processor = 0;
      int half = steps / 2;
      for (int i = 1; i < steps; i++) {
        if (i == half) {
          allocated = allocatedBytes();
          processor = processorNanos();
        }
        before = System.nanoTime();
        loss = step.step();
        milliseconds[i] = (System.nanoTime() - before) / 1e6;
      }
      long perStep = steps > half ? (allocatedBytes() - allocated) / (steps - half) : 0;
      double processorPerStep =
          steps > half ? (processorNanos() - processor) / 1e6 / (steps - half) : 0;
      double[] steady = Arrays.copyOfRange(milliseconds, half, steps);
      Arrays.sort(steady);
      System.out.printf(
          Locale.ROOT,
          "| %s | JVM start to first step %d ms | first step %.0f ms | steady step median %.1f"
              + " (%.1f to %.1f) ms, of all processors %.1f ms | %d bytes allocated per step | last"
              + " loss %.6f |%n",
          name,
          first,
          milliseconds[0],
          steady[steady.length / 2],
          steady[0],
          steady[steady.length - 1],
          processorPerStep,
          perStep,
          loss);
    }
  }

  private static long sinceStart() {
    return System.currentTimeMillis() - ManagementFactory.getRuntimeMXBean().getStartTime();
  }

  private static long processorNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }

  private static long allocatedBytes() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    return Arrays.stream(threads.getThreadAllocatedBytes(threads.getAllThreadIds())).sum();
  }

  /** An optional whole number of the command line. */
  public static int argument(String[] arguments, int index, int otherwise) {
    return arguments.length > index ? Integer.parseInt(arguments[index]) : otherwise;
  }
}
