package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.basisar.bar.ablation.Ablation;
import org.basisar.bar.ablation.AblationTable;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar ablate}. */
@Command(
    name = "ablate",
    description =
        "Trains the arms of the paper's ablation tables and compares them; the same command goes on"
            + " where it was stopped.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class AblateCommand implements Callable<Integer> {
  /** What the arms or the list of seeds decide. */
  private static final List<String> DECIDED =
      List.of("--transform", "--start", "--objective", "--projection", "--seed", "--resume");

  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--table",
      paramLabel = "TABLE,…",
      split = ",",
      required = true,
      description = "2, 5, 6, 7, 10, fig7 or gallery; arms that tables share are run once")
  private List<String> tables = List.of();

  @Option(
      names = "--seeds",
      paramLabel = "N,…",
      split = ",",
      description = "one run of every arm for each (default: 1,2,3)")
  private List<Long> seeds = List.of(1L, 2L, 3L);

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "pictures to generate for an arm's figures (default: ${DEFAULT-VALUE})")
  private int count = 500;

  @Mixin private final TrainOptions options = new TrainOptions();
  @Mixin private final EngineOptions engine = new EngineOptions();
  private List<String> typed = List.of();

  void typed(List<String> words) {
    typed = words;
  }

  @Override
  public Integer call() throws IOException {
    engine.apply();
    List<AblationTable> chosen = check();
    PrintWriter out = spec.commandLine().getOut();
    Path folder = options.out != null ? options.out : Path.of("ablation");
    Map<Long, ImageSplit> opened = new HashMap<>();
    ImageSplit first = opened.computeIfAbsent(seeds.getFirst(), options.data::open);
    RunConfig base = options.config(first.training());
    out.println("data: " + first.training().describe());
    ConsoleListener listener = new ConsoleListener(out);
    boolean finished;
    try (Interrupt interrupt = new Interrupt()) {
      TrainingRun.Plan training = options.plan(options.steps, Training.commandLine(typed));
      Ablation ablation =
          new Ablation(
              new Ablation.Plan(folder, chosen, seeds, count, training),
              base,
              seed -> opened.computeIfAbsent(seed, options.data::open),
              listener,
              interrupt::requested);
      out.println("runs: " + ablation.runs() + " in " + folder.resolve("arms"));
      out.flush();
      finished = ablation.run();
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), TrainOptions.message(e), e);
    }
    if (!finished) {
      out.println("stopped and saved; go on with the same command");
    }
    for (String name : List.of("report.html", "report.md", "ablation.csv")) {
      if (Files.exists(folder.resolve(name))) {
        out.println(name + ": " + folder.resolve(name));
      }
    }
    out.flush();
    return 0;
  }

  private List<AblationTable> check() {
    options.checkRanges();
    List<String> refused = DECIDED.stream().filter(options::typed).toList();
    if (!refused.isEmpty()) {
      throw usage("the arms decide " + String.join(", ", refused) + "; leave it out");
    }
    if (options.data.heldOut == 0) {
      throw usage("--held-out must be at least 1: arms are compared by the validation error");
    }
    if (count < 8 || count > 100_000) {
      throw usage("--count must be 8 to 100000, is " + count);
    }
    if (seeds.stream().distinct().count() != seeds.size() || seeds.isEmpty()) {
      throw usage("--seeds must be different numbers, are " + seeds);
    }
    List<AblationTable> chosen = new ArrayList<>();
    for (String word : tables) {
      chosen.add(
          AblationTable.of(word)
              .orElseThrow(() ->
                  usage(
                      "--table "
                          + word
                          + " is unknown; use "
                          + String.join(
                              ", ",
                              Stream.of(AblationTable.values())
                                  .map(AblationTable::key)
                                  .toList()))));
    }
    return chosen.stream().distinct().toList();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
