package org.basisar.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.basisar.bar.measure.Ceilings;
import org.basisar.tensor.DType;
import org.basisar.tensor.Op;
import org.basisar.tensor.cpu.Workers;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;

/**
 * Runs benchmarks several times in turn (A B A B), each time in a fresh JVM, and prints medians and
 * spreads as Markdown: contestants that differ by less than the machine's mood are not told apart
 * by running one after the other.
 */
public final class Rounds {
  /** What {@link LabCost#tooLong} can leave out. */
  private static final List<String> SLOW =
      List.of(
          "ResidualBenchmark.scan",
          "ResidualBenchmark.prefixProducts",
          "ResidualBenchmark.literalAlgorithm1",
          "TorchResidualBenchmark.torchPrefixProducts",
          "TorchResidualBenchmark.torchLiteralAlgorithm1");

  private Rounds() {}

  /**
   * What was asked for.
   *
   * @param rounds how often each pattern is run
   * @param seconds of an iteration, 0 for as long as each benchmark says
   * @param parameters values of parameters by their names
   * @param patterns of benchmark names, in order
   */
  record Request(
      int rounds, double seconds, Map<String, String[]> parameters, List<String> patterns) {
    /** From the words of the command line. */
    static Request of(String... words) {
      double seconds = 0;
      Map<String, String[]> parameters = new TreeMap<>();
      List<String> patterns = new ArrayList<>();
      for (String word : Arrays.asList(words).subList(1, words.length)) {
        String[] pair = word.split("=", 2);
        if (pair.length == 1) {
          patterns.add(word);
        } else if (pair[0].equals("seconds")) {
          seconds = Double.parseDouble(pair[1]);
        } else {
          parameters.put(pair[0], pair[1].split(",", -1));
        }
      }
      return new Request(Integer.parseInt(words[0]), seconds, parameters, patterns);
    }

    /** Threads that compute. */
    int threads() {
      return Integer.parseInt(parameters.getOrDefault("threads", new String[] {"2"})[0]);
    }

    /** Whether a GPU computes, real or simulated. */
    boolean onGpu() {
      return !parameters.getOrDefault("device", new String[] {"cpu"})[0].equals("cpu");
    }
  }

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

    /** The value of a parameter, null for a name that there is none of. */
    @Nullable String parameter(String name) {
      return benchmark.getParamsKeys().contains(name) ? benchmark.getParam(name) : null;
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
   * @param arguments number of rounds, then patterns of benchmark names, values of parameters such
   *     as {@code tokens=64,256}, and perhaps {@code seconds=0.5}, the length of an iteration; each
   *     pattern's rounds are done before the next pattern's
   * @throws RunnerException if JMH cannot run
   */
  public static void main(String[] arguments) throws RunnerException {
    if (arguments.length < 2) {
      System.err.println("give the number of rounds and one or more patterns of benchmark names");
      System.exit(2);
    }
    Request request = Request.of(arguments);
    Machine.facts().forEach(System.out::println);
    Workers.configure(request.threads());
    List<String> loads = new ArrayList<>();
    List<Ceilings> ceilings = new ArrayList<>();
    Map<String, Series> all = new TreeMap<>();
    Set<String> leftOut = new TreeSet<>();
    for (String pattern : request.patterns()) {
      for (int round = 0; round < request.rounds(); round++) {
        loads.add(Machine.load());
        if (!request.onGpu()) {
          ceilings.add(Ceilings.measure(DType.F32, 1024, 1 << 24, 0.1));
        }
        run(pattern, request, all, leftOut);
      }
    }
    System.out.println("* load averages before each run: " + String.join("; ", loads));
    double product = ceilings.stream().mapToDouble(Ceilings::gigaflops).max().orElse(Double.NaN);
    double copy = ceilings.stream().mapToDouble(Ceilings::gigabytes).max().orElse(Double.NaN);
    Ceilings best = new Ceilings(product, copy);
    if (!ceilings.isEmpty()) {
      System.out.printf(
          Locale.ROOT,
          "* ceilings, the best seen before the runs: %.1f GFLOP/s (product), %.1f GB/s (copy)%n",
          product,
          copy);
    }
    if (!leftOut.isEmpty()) {
      System.out.println("* left out, since a call takes too long: " + String.join("; ", leftOut));
    }
    System.out.println();
    print(all, best);
  }

  /** Every combination of the values of parameters. */
  static List<Map<String, String>> combinations(Map<String, String[]> parameters) {
    List<Map<String, String>> all = List.of(Map.of());
    for (Map.Entry<String, String[]> parameter : parameters.entrySet()) {
      List<Map<String, String>> longer = new ArrayList<>();
      for (Map<String, String> some : all) {
        for (String value : parameter.getValue()) {
          Map<String, String> one = new TreeMap<>(some);
          one.put(parameter.getKey(), value);
          longer.add(one);
        }
      }
      all = longer;
    }
    return all;
  }

  private static void run(
      String pattern, Request request, Map<String, Series> all, Set<String> leftOut)
      throws RunnerException {
    for (Map<String, String> shape : combinations(request.parameters())) {
      try {
        run(pattern, request, shape, all, leftOut);
      } catch (NoBenchmarksException none) {
        if (leftOut.isEmpty()) {
          throw none;
        }
      }
    }
  }

  private static void run(
      String pattern,
      Request request,
      Map<String, String> shape,
      Map<String, Series> all,
      Set<String> leftOut)
      throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(pattern)
            .forks(1)
            .shouldFailOnError(true)
            .addProfiler(HeapProfiler.class)
            .output(System.getProperty("log", "/dev/null"));
    if (request.onGpu()) {
      options.exclude("\\.cpu[A-Z]");
    }
    for (String slow : SLOW) {
      if (LabCost.tooLong(slow, shape::get)) {
        options.exclude("\\." + slow.replace(".", "\\.") + "$");
        options.exclude("\\.Cold" + slow.replace(".", "\\.") + "$");
        Pattern asked = Pattern.compile(pattern);
        if (asked.matcher("." + slow).find() || asked.matcher(".Cold" + slow).find()) {
          leftOut.add(slow + " " + shape);
        }
      }
    }
    if (request.seconds() > 0) {
      TimeValue length = TimeValue.milliseconds((long) (1e3 * request.seconds()));
      options.warmupTime(length).measurementTime(length);
    }
    shape.forEach(options::param);
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
          Result<?> bytes = iteration.getSecondaryResults().get(HeapProfiler.NAME);
          if (bytes != null) {
            series.bytes().add(bytes.getScore());
          }
        }
      }
    }
  }

  private static void print(Map<String, Series> all, Ceilings ceilings) {
    System.out.println(
        "| contestant | shape | median | least | most | unit | GFLOP/s | GB/s | of roof"
            + " | heap bytes/op |");
    System.out.println("|---|---|---|---|---|---|---|---|---|---|");
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
          rates(series, median(times), ceilings),
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

  /** Rates and the share of the roof, as three cells. */
  private static String rates(Series series, double median, Ceilings ceilings) {
    Op.Cost cost = LabCost.of(series.contestant(), series::parameter);
    if (cost == null) {
      return "| |";
    }
    double seconds = series.unit().startsWith("ms") ? median / 1e3 : median / 1e6;
    double share = ceilings.secondsOf((double) cost.flops(), (double) cost.bytes()) / seconds;
    return String.format(
        Locale.ROOT,
        "%.1f | %.2f | %s",
        cost.flops() / seconds / 1e9,
        cost.bytes() / seconds / 1e9,
        Double.isNaN(share) ? "" : String.format(Locale.ROOT, "%.0f %%", 100 * share));
  }
}
