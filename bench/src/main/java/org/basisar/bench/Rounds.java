package org.basisar.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;

/**
 * Runs benchmarks several times in turn (A B A B), each time in a fresh JVM, and prints medians and
 * spreads as Markdown: contestants that differ by less than the machine's mood are not told apart
 * by running one after the other.
 */
public final class Rounds {
  private static final String ALLOCATED = "gc.alloc.rate.norm";

  private Rounds() {}

  /** The figures of one contestant on one shape, over all rounds. */
  private record Series(
      BenchmarkParams benchmark, String unit, List<Double> times, List<Double> bytes) {
    String contestant() {
      String name = benchmark.getBenchmark();
      int method = name.lastIndexOf('.');
      return name.substring(name.lastIndexOf('.', method - 1) + 1);
    }

    String shape() {
      StringBuilder text = new StringBuilder();
      for (String key : benchmark.getParamsKeys()) {
        text.append(text.isEmpty() ? "" : ", ").append(key).append(' ');
        text.append(benchmark.getParam(key));
      }
      return text.toString();
    }

    /** Contestants of equal shape next to each other. */
    String order() {
      String family = contestant().replaceFirst("^Torch|^Prototype", "").replaceAll("\\..*", "");
      String method = contestant().replaceFirst(".*\\.[a-z]+", "");
      return family + " " + shape() + " " + method + " " + contestant();
    }
  }

  /**
   * Measures.
   *
   * @param arguments number of rounds, then patterns of benchmark names; each pattern's rounds are
   *     done before the next pattern's
   * @throws RunnerException if JMH cannot run
   */
  public static void main(String[] arguments) throws RunnerException {
    if (arguments.length < 2) {
      System.err.println("give the number of rounds and one or more patterns of benchmark names");
      System.exit(2);
    }
    int rounds = Integer.parseInt(arguments[0]);
    Machine.facts().forEach(System.out::println);
    List<String> loads = new ArrayList<>();
    Map<String, Series> all = new TreeMap<>();
    for (String pattern : Arrays.asList(arguments).subList(1, arguments.length)) {
      for (int round = 0; round < rounds; round++) {
        loads.add(Machine.load());
        run(pattern, all);
      }
    }
    System.out.println("* load averages before each run: " + String.join("; ", loads));
    System.out.println();
    print(all);
  }

  private static void run(String pattern, Map<String, Series> all) throws RunnerException {
    OptionsBuilder options = new OptionsBuilder();
    options.include(pattern).forks(1).shouldFailOnError(true).addProfiler(GCProfiler.class);
    options.output(System.getProperty("log", "/dev/null"));
    for (RunResult run : new Runner(options.build()).run()) {
      Series fresh =
          new Series(
              run.getParams(),
              run.getPrimaryResult().getScoreUnit(),
              new ArrayList<>(),
              new ArrayList<>());
      Series series = all.computeIfAbsent(fresh.order(), _ -> fresh);
      for (BenchmarkResult fork : run.getBenchmarkResults()) {
        for (IterationResult iteration : fork.getIterationResults()) {
          series.times().add(iteration.getPrimaryResult().getScore());
          Result<?> bytes = iteration.getSecondaryResults().get(ALLOCATED);
          if (bytes != null) {
            series.bytes().add(bytes.getScore());
          }
        }
      }
    }
  }

  private static void print(Map<String, Series> all) {
    System.out.println(
        "| contestant | shape | median | least | most | unit | GFLOP/s | heap bytes/op |");
    System.out.println("|---|---|---|---|---|---|---|---|");
    for (Series series : all.values()) {
      double[] times = sorted(series.times());
      double[] bytes = sorted(series.bytes());
      System.out.printf(
          Locale.ROOT,
          "| %s | %s | %.1f | %.1f | %.1f | %s | %s | %.0f |%n",
          series.contestant(),
          series.shape(),
          median(times),
          times[0],
          times[times.length - 1],
          series.unit(),
          rate(series, median(times)),
          median(bytes));
    }
  }

  private static double[] sorted(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    if (sorted.length == 0) {
      return Double.NaN;
    }
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private static String rate(Series series, double microseconds) {
    if (!series.contestant().contains("Gemm")) {
      return "";
    }
    long flops = GemmCase.valueOf(series.benchmark().getParam("shape")).flops();
    return String.format(Locale.ROOT, "%.0f", flops / microseconds / 1e3);
  }
}
