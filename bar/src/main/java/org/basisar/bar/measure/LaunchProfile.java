package org.basisar.bar.measure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.basisar.tensor.Program;
import org.basisar.tensor.Shape;

/**
 * Times of a captured program's launches over several replays: of each launch the median counts,
 * and launches of one operation on operands of one shape are summed to one line.
 */
public final class LaunchProfile {
  /**
   * Launches of one operation on operands of one shape, of one replay.
   *
   * @param operation its title
   * @param shapes of operands and results
   * @param calls how many launches
   * @param seconds that they take together
   * @param flops additions and multiplications of all
   * @param bytes that all have to move at least
   */
  public record Line(
      String operation, String shapes, int calls, double seconds, double flops, double bytes) {
    /** What tells it from other lines: operation and shapes. */
    public String name() {
      return operation + " " + shapes;
    }

    /** Arithmetic per second, 1e9 operations. */
    public double gigaflops() {
      return flops / seconds / 1e9;
    }

    /** Memory traffic per second, 1e9 bytes. */
    public double gigabytes() {
      return bytes / seconds / 1e9;
    }

    private Line plus(Line other) {
      return new Line(
          operation,
          shapes,
          calls + other.calls,
          seconds + other.seconds,
          flops + other.flops,
          bytes + other.bytes);
    }
  }

  private static final int SHAPES = 4;

  private final List<Program.Entry> entries;
  private final List<double[]> replays = new ArrayList<>();

  /** A profile of a program that has these launches. */
  public LaunchProfile(List<Program.Entry> entries) {
    this.entries = List.copyOf(entries);
  }

  /**
   * Takes one replay.
   *
   * @param seconds of each launch, in order
   */
  public void add(double[] seconds) {
    if (seconds.length != entries.size()) {
      throw new IllegalArgumentException(
          "the program has " + entries.size() + " launches, not " + seconds.length);
    }
    replays.add(seconds.clone());
  }

  /** Replays taken so far. */
  public int replays() {
    return replays.size();
  }

  /**
   * One line for each operation and shape, those that take longest first; empty without replays.
   */
  public List<Line> lines() {
    if (replays.isEmpty()) {
      return List.of();
    }
    Map<String, Line> lines = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      Line line = line(entries.get(i), median(i));
      lines.merge(line.name(), line, Line::plus);
    }
    return lines.values().stream()
        .sorted(Comparator.comparingDouble(Line::seconds).reversed())
        .toList();
  }

  /** What lines take together. */
  public static double seconds(List<Line> lines) {
    return lines.stream().mapToDouble(Line::seconds).sum();
  }

  private static Line line(Program.Entry entry, double seconds) {
    return new Line(
        entry.title(),
        shapes(entry.operands()) + " → " + shapes(entry.results()),
        1,
        seconds,
        entry.cost().flops(),
        entry.cost().bytes());
  }

  private static String shapes(List<Shape> shapes) {
    String first =
        shapes.stream().limit(SHAPES).map(Shape::toString).collect(Collectors.joining(" "));
    return shapes.size() <= SHAPES ? first : first + " … (" + shapes.size() + ")";
  }

  private double median(int launch) {
    double[] sorted = replays.stream().mapToDouble(replay -> replay[launch]).toArray();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }
}
