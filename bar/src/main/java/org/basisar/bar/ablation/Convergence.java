package org.basisar.bar.ablation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import org.basisar.bar.picture.Chart;
import org.basisar.bar.picture.Series;
import org.basisar.bar.report.Document;
import org.basisar.bar.report.RunMetrics;

/** Validation errors on the way: their curves, and when one arm reaches another's last value. */
final class Convergence {
  private static final Series.Role[] ROLES = {
    Series.Role.MAIN,
    Series.Role.SECOND,
    Series.Role.THIRD,
    Series.Role.FOURTH,
    Series.Role.FIFTH,
    Series.Role.SIXTH,
    Series.Role.SEVENTH,
    Series.Role.EIGHTH
  };

  private final Comparison comparison;
  private final List<Long> seeds;

  Convergence(Comparison comparison, List<Long> seeds) {
    this.comparison = comparison;
    this.seeds = List.copyOf(seeds);
  }

  /** The mean over seeds of every arm of a table. */
  Document.Curve curves(AblationTable table) {
    List<Series> lines = new ArrayList<>();
    for (AblationTable.Row row : table.rows()) {
      Series line = mean(row, ROLES[lines.size() % ROLES.length]);
      if (line.size() > 0) {
        lines.add(line);
      }
    }
    return new Document.Curve(
        table.key() + "-validation",
        new Chart("Validation error", "step", Chart.Scale.LOGARITHMIC, lines),
        "The mean over seeds of the validation error of the averaged weights. Lower is better;"
            + " arms with any basis and any loss can be compared by it.");
  }

  private Series mean(AblationTable.Row row, Series.Role role) {
    TreeMap<Double, List<Double>> points = new TreeMap<>();
    for (long seed : seeds) {
      Optional<ArmResult> result = comparison.result(row.arm(), seed);
      if (result.isPresent()) {
        RunMetrics metrics = result.get().metrics();
        Series line = metrics.series("validation", "", role).measured();
        for (int i = 0; i < line.size(); i++) {
          points.computeIfAbsent(line.horizontal(i), _ -> new ArrayList<>()).add(line.vertical(i));
        }
      }
    }
    double[] steps = points.keySet().stream().mapToDouble(Double::doubleValue).toArray();
    double[] values =
        points.values().stream()
            .mapToDouble(list -> list.stream().mapToDouble(v -> v).average().orElse(Double.NaN))
            .toArray();
    return new Series(row.label(), role, steps, values);
  }

  /** For every seed, when each of two arms reaches the other's last value. */
  Document.Table reached(AblationTable.Row left, AblationTable.Row right) {
    List<List<String>> rows = new ArrayList<>();
    for (long seed : seeds) {
      Optional<ArmResult> one = comparison.result(left.arm(), seed);
      Optional<ArmResult> other = comparison.result(right.arm(), seed);
      if (one.isPresent() && other.isPresent()) {
        double leftLast = one.get().metrics().last("validation");
        double rightLast = other.get().metrics().last("validation");
        rows.add(
            List.of(
                Long.toString(seed),
                Comparison.number(leftLast),
                Comparison.number(rightLast),
                when(other.get().metrics(), leftLast),
                when(one.get().metrics(), rightLast)));
      }
    }
    return new Document.Table(
        "When each reaches the other's last validation error",
        List.of(
            "seed",
            left.label() + " at the end",
            right.label() + " at the end",
            right.label() + " is there at step",
            left.label() + " is there at step"),
        rows);
  }

  private static String when(RunMetrics metrics, double value) {
    OptionalDouble step = firstStep(metrics, value);
    double last = metrics.last("step");
    return step.isPresent()
        ? String.format(
            Locale.ROOT, "%,.0f (%.0f %%)", step.getAsDouble(), 100 * step.getAsDouble() / last)
        : "never";
  }

  /** The first measured step whose validation error is at most a value. */
  static OptionalDouble firstStep(RunMetrics metrics, double value) {
    Series line = metrics.series("validation", "", Series.Role.MAIN).measured();
    for (int i = 0; i < line.size(); i++) {
      if (line.vertical(i) <= value) {
        return OptionalDouble.of(line.horizontal(i));
      }
    }
    return OptionalDouble.empty();
  }
}
