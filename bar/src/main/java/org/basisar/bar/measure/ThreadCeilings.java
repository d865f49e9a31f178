package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;

/**
 * The most that was seen with one number of threads. A GPU has one row, and its sum of two arrays
 * stands for the triad.
 *
 * @param threads of the processor
 * @param product of a large square matrix product, 1e9 operations a second
 * @param multiplyAdd of multiply-adds in registers, 1e9 operations a second; NaN where it cannot be
 *     measured
 * @param copy read and written by a large copy, 1e9 bytes a second
 * @param triad the same of a = b + s·c
 */
public record ThreadCeilings(
    int threads, double product, double multiplyAdd, double copy, double triad) {

  /**
   * Measures on the current device with 1, 2, 4 … threads and with as many as are configured, which
   * remain so afterwards.
   *
   * @param dtype of the product's operands
   * @param side rows and columns of the product's matrices
   * @param elements of the copied arrays
   * @param seconds that a round of measuring should take
   */
  public static List<ThreadCeilings> measure(DType dtype, int side, int elements, double seconds) {
    Device device = Device.current();
    int all = Workers.threads();
    List<ThreadCeilings> rows = new ArrayList<>();
    try {
      for (int threads = 1; device == Device.CPU && threads < all; threads *= 2) {
        Workers.configure(threads);
        rows.add(measure(device, dtype, side, elements, seconds));
      }
    } finally {
      Workers.configure(all);
    }
    rows.add(measure(device, dtype, side, elements, seconds));
    return rows;
  }

  private static ThreadCeilings measure(
      Device device, DType dtype, int side, int elements, double seconds) {
    Ceilings both = Ceilings.measure(dtype, side, elements, seconds);
    boolean processor = device == Device.CPU;
    return new ThreadCeilings(
        Workers.threads(),
        both.gigaflops(),
        processor && vectorsAreThere() ? multiplyAdd(seconds) : Double.NaN,
        both.gigabytes(),
        processor ? triad(elements, seconds) : sum(device, elements, seconds));
  }

  private static boolean vectorsAreThere() {
    return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
  }

  private static double multiplyAdd(double seconds) {
    FmaPeak peak = new FmaPeak();
    Timing timing = Timing.of(Device.CPU, seconds, () -> Workers.run(peak));
    return peak.flops() / timing.least() / 1e9;
  }

  private static double triad(int elements, double seconds) {
    Triad triad = new Triad(elements);
    Timing timing = Timing.of(Device.CPU, seconds, () -> Workers.run(triad));
    return triad.bytes() / timing.least() / 1e9;
  }

  private static double sum(Device device, int elements, double seconds) {
    try (Scope _ = Scope.open()) {
      Tensor left = Ops.fill(Shape.of(elements), DType.F32, 1);
      Tensor right = Ops.fill(Shape.of(elements), DType.F32, 2);
      try (Program program = Captures.of(() -> Ops.add(left, right))) {
        Timing timing = Timing.of(device, seconds, program::replay);
        return 3.0 * Float.BYTES * elements / timing.least() / 1e9;
      }
    }
  }

  /** What other figures are held against: products, and the better of copy and triad. */
  public Ceilings ceilings() {
    return new Ceilings(product, Math.max(copy, triad));
  }

  /** As a line of a table under {@link #heading}. */
  public String line() {
    return String.format(
        Locale.ROOT,
        "%7d %15.1f %15s %12.1f %12.1f",
        threads,
        product,
        multiplyAddText(),
        copy,
        triad);
  }

  /** The rate of multiply-adds, or that there is none. */
  String multiplyAddText() {
    return Double.isNaN(multiplyAdd) ? "-" : String.format(Locale.ROOT, "%.1f", multiplyAdd);
  }

  /** The names of the columns. */
  public static String heading() {
    return String.format(
        Locale.ROOT,
        "%7s %15s %15s %12s %12s",
        "threads",
        "product GFLOP/s",
        "FMA GFLOP/s",
        "copy GB/s",
        "triad GB/s");
  }
}
