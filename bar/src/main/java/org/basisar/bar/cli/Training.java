package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.report.RunMetrics;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;

/** Starts or resumes a run from options; what demo and train have in common. */
final class Training {
  private final TrainOptions options;
  private final ConfigurationOptions configuration;
  private final DiscreteOptions discrete;
  private final String commandLine;
  private final PrintWriter out;

  Training(
      TrainOptions options,
      ConfigurationOptions configuration,
      DiscreteOptions discrete,
      List<String> typed,
      PrintWriter out) {
    this.options = options;
    this.configuration = configuration;
    this.discrete = discrete;
    this.commandLine = commandLine(typed);
    this.out = out;
  }

  /** What was typed, as it could be typed again. */
  static String commandLine(List<String> typed) {
    return "bin/bar " + typed.stream().map(Training::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return word.matches("[A-Za-z0-9_@%+=:,./-]+") ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  /** Trains to the end, or until interrupted; prints where things are. */
  void run() throws IOException {
    configuration.apply(options);
    options.checkRanges();
    Path before = options.resume;
    if (before == null) {
      discrete.check();
    }
    if (before != null ? DiscreteFolder.holds(before) : discrete.chosen()) {
      if (before != null) {
        options.checkResume();
      }
      Path made = before != null ? before : options.out != null ? options.out : freshPath();
      DiscreteTraining other = new DiscreteTraining(options, discrete, commandLine, out);
      finish(made, other.run(before, made));
      return;
    }
    boolean resume = options.resume != null;
    RunFolder folder;
    ImageSplit split;
    double expected; // seconds of a step, if they were forecast
    if (options.resume != null) {
      options.checkResume();
      folder = RunFolder.open(options.resume);
      RunConfig config = folder.config();
      split = options.data.reopen(config.data(), config.image(), config.seed());
      if (options.typed("--steps")) {
        folder = folder.withSteps(options.steps);
      }
      folder = options.data.moved(folder);
      long left = folder.config().training().steps() - folder.stepsDone();
      expected = configuration.tell(folder.config(), left, out);
      if (configuration.forecastOnly()) {
        return;
      }
    } else {
      Path path = options.out != null ? options.out : freshPath();
      RunFolder.requireNew(path);
      split = options.data.open(options.seed);
      configuration.schedule(options, split.training().count());
      RunConfig config = options.config(split.training());
      configuration.requireGrid(options, config);
      expected = configuration.tell(config, config.training().steps(), out);
      if (configuration.forecastOnly()) {
        return;
      }
      folder = RunFolder.create(path, config);
    }
    out.println("data: " + split.training().describe());
    out.println("run folder: " + folder.path());
    out.flush();
    ConsoleListener listener = new ConsoleListener(out);
    try (Interrupt interrupt = new Interrupt()) {
      TrainingRun.Plan plan = options.plan(folder.config().training().steps(), commandLine);
      new TrainingRun(folder, split, plan, listener, interrupt::requested).run(resume);
      compare(folder, expected);
      finish(folder.path(), interrupt.requested());
    }
  }

  private void compare(RunFolder folder, double expected) throws IOException {
    if (Double.isNaN(expected)) {
      return;
    }
    RunConfig.Training training = folder.config().training();
    double[] rates =
        Arrays.stream(
                RunMetrics.read(folder.path().resolve("metrics.csv")).column("imagesPerSecond"))
            .filter(Double::isFinite)
            .sorted()
            .toArray();
    if (rates.length > 0) {
      double images = (double) training.batch() * training.accumulation();
      out.println(
          "time per step: "
              + ConfigurationOptions.time(images / rates[rates.length / 2])
              + " measured, "
              + ConfigurationOptions.time(expected)
              + " forecast");
    }
  }

  private static Path freshPath() {
    String stamp =
        LocalDateTime.now(java.time.ZoneId.systemDefault())
            .format(DateTimeFormatter.ofPattern("yyyyMMdd-HHmmss"));
    Path path = Path.of("runs", stamp);
    for (int i = 2; Files.exists(path); i++) {
      path = Path.of("runs", stamp + "-" + i);
    }
    return path;
  }

  private void finish(Path path, boolean interrupted) {
    if (interrupted) {
      out.println(
          "stopped and saved; go on with: bin/bar train --resume " + quoted(path.toString()));
    } else {
      print("samples", path.resolve("samples/final.png"));
      print("by prefix", path.resolve("samples/prefix-final.png"));
      print("basis", path.resolve("basis/final.png"));
      print("order", path.resolve("basis/order.png"));
      print("report", path.resolve("report.html"));
    }
    out.flush();
  }

  private void print(String what, Path file) {
    if (Files.exists(file)) {
      out.printf("%-10s %s%n", what + ":", file);
    }
  }
}
