package org.basisar.bar.measure;

import java.util.Locale;

/**
 * One line of a table.
 *
 * @param name what was run
 * @param shape its extents and dtype
 * @param timing how long it takes
 * @param flops additions and multiplications of one run
 * @param bytes bytes it has to move at least
 */
public record Measurement(String name, String shape, Timing timing, double flops, double bytes) {
  /** Arithmetic per second, 1e9 operations. */
  public double gigaflops() {
    return flops / timing.median() / 1e9;
  }

  /** Memory traffic per second, 1e9 bytes. */
  public double gigabytes() {
    return bytes / timing.median() / 1e9;
  }

  /** Operations for each byte that has to be moved: where it stands under a roofline. */
  public double intensity() {
    return flops / bytes;
  }

  /**
   * The share of what the device can do at most: the time that the larger of arithmetic and traffic
   * needs at the ceilings, over the time taken.
   */
  public double shareOf(Ceilings ceilings) {
    return ceilings.secondsOf(flops, bytes) / timing.median();
  }

  /** As a line of a table under {@link #heading}. */
  public String line(Ceilings ceilings) {
    return String.format(
        Locale.ROOT,
        "%-26s %-34s %10.1f %10.1f %10.1f %9.1f %9.1f %7.0f %%",
        name,
        shape,
        timing.median() * 1e6,
        timing.least() * 1e6,
        timing.most() * 1e6,
        gigaflops(),
        gigabytes(),
        100 * shareOf(ceilings));
  }

  /** The names of the columns. */
  public static String heading() {
    return String.format(
        Locale.ROOT,
        "%-26s %-34s %10s %10s %10s %9s %9s %9s",
        "what",
        "shape",
        "median µs",
        "least µs",
        "most µs",
        "GFLOP/s",
        "GB/s",
        "of roof");
  }
}
