package org.basisar.bar.ablation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Figures of arms over seeds, and their differences within seeds. */
final class Comparison {
  private final List<ArmResult> results;
  private final List<Long> seeds;

  /**
   * A comparison.
   *
   * @param results of the arms and seeds that are finished
   */
  Comparison(List<ArmResult> results, List<Long> seeds) {
    this.results = List.copyOf(results);
    this.seeds = List.copyOf(seeds);
  }

  /**
   * Mean and spread of some numbers.
   *
   * @param count how many there are
   * @param mean not a number if there are none
   * @param spread standard deviation from the mean of all seeds there could be (n − 1), not a
   *     number for fewer than two
   * @param positive how many are above zero
   */
  record Summary(int count, double mean, double spread, int positive) {
    static Summary of(List<Double> numbers) {
      List<Double> finite = numbers.stream().filter(Double::isFinite).toList();
      int count = finite.size();
      double mean = finite.stream().mapToDouble(Double::doubleValue).average().orElse(Double.NaN);
      double squares = finite.stream().mapToDouble(x -> (x - mean) * (x - mean)).sum();
      int positive = (int) finite.stream().filter(x -> x > 0).count();
      return new Summary(
          count, mean, count < 2 ? Double.NaN : Math.sqrt(squares / (count - 1)), positive);
    }

    /** Mean ± spread. */
    String written() {
      if (count == 0) {
        return "–";
      }
      return count < 2 ? number(mean) : number(mean) + " ± " + number(spread);
    }

    /** As a difference, with its sign. */
    String writtenDifference() {
      return count > 0 && mean > 0 ? "+" + written() : written();
    }
  }

  /** The seeds of an arm that are finished, in order. */
  Optional<ArmResult> result(Arm arm, long seed) {
    return results.stream()
        .filter(result -> result.arm().equals(arm.name()) && result.seed() == seed)
        .findFirst();
  }

  /** A figure of an arm over its seeds. */
  Summary summary(Arm arm, Figure figure) {
    List<Double> values = new ArrayList<>();
    for (long seed : seeds) {
      result(arm, seed).ifPresent(result -> values.add(result.figure(figure.name())));
    }
    return Summary.of(values);
  }

  /** How much higher a figure is with an arm than with another, within each seed. */
  Summary difference(Arm arm, Arm other, Figure figure) {
    List<Double> values = new ArrayList<>();
    for (long seed : seeds) {
      Optional<ArmResult> left = result(arm, seed);
      Optional<ArmResult> right = result(other, seed);
      if (left.isPresent() && right.isPresent()) {
        values.add(left.get().figure(figure.name()) - right.get().figure(figure.name()));
      }
    }
    return Summary.of(values);
  }

  /**
   * Whether arms come in a given order by a figure, in a sentence.
   *
   * @param order best first, by the paper
   */
  String verdict(List<AblationTable.Row> order, Figure figure) {
    boolean everySeed = true;
    boolean onAverage = true;
    int seedsCompared = Integer.MAX_VALUE;
    List<String> parts = new ArrayList<>();
    for (int i = 0; i + 1 < order.size(); i++) {
      AblationTable.Row better = order.get(i);
      AblationTable.Row worse = order.get(i + 1);
      Summary gap =
          figure.lowerIsBetter()
              ? difference(worse.arm(), better.arm(), figure)
              : difference(better.arm(), worse.arm(), figure);
      seedsCompared = Math.min(seedsCompared, gap.count());
      if (gap.count() == 0) {
        continue;
      }
      everySeed &= gap.positive() == gap.count();
      onAverage &= gap.mean() > 0;
      parts.add(
          "%s before %s in %d of %d seeds (gap %s)"
              .formatted(
                  better.label(),
                  worse.label(),
                  gap.positive(),
                  gap.count(),
                  gap.writtenDifference()));
    }
    if (parts.isEmpty() || seedsCompared == 0) {
      return "By " + figure.title() + " it cannot be said: it was not measured for all arms.";
    }
    String judgement =
        everySeed
            ? "the paper's order is kept in every seed"
            : onAverage
                ? "the paper's order is kept on average, but not in every seed"
                : "the paper's order is not kept";
    return "By " + figure.title() + " " + judgement + ": " + String.join("; ", parts) + ".";
  }

  /** A number with four figures that say something. */
  static String number(double value) {
    double magnitude = Math.abs(value);
    if (!Double.isFinite(value)) {
      return "–";
    }
    if (magnitude != 0 && (magnitude < 1e-4 || magnitude >= 1e6)) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    int digits = magnitude >= 1000 ? 0 : magnitude >= 100 ? 1 : magnitude >= 10 ? 2 : 4;
    return String.format(Locale.ROOT, "%." + digits + "f", value);
  }
}
