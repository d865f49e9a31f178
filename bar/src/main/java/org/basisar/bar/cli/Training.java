package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.stream.Collectors;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;

/** Starts or resumes a run from options; what demo and train have in common. */
final class Training {
  private final TrainOptions options;
  private final DiscreteOptions discrete;
  private final String commandLine;
  private final PrintWriter out;

  Training(TrainOptions options, DiscreteOptions discrete, List<String> typed, PrintWriter out) {
    this.options = options;
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
    if (options.resume != null) {
      options.checkResume();
      folder = RunFolder.open(options.resume);
      RunConfig config = folder.config();
      split = options.reopen(config.data(), config.image(), config.seed());
      if (options.typed("--steps")) {
        folder = folder.withSteps(options.steps);
      }
    } else {
      Path path = options.out != null ? options.out : freshPath();
      RunFolder.requireNew(path);
      split = options.open();
      folder = RunFolder.create(path, options.config(split.training()));
    }
    out.println("data: " + split.training().describe());
    out.println("run folder: " + folder.path());
    out.flush();
    ConsoleListener listener = new ConsoleListener(out);
    try (Interrupt interrupt = new Interrupt()) {
      TrainingRun.Plan plan = options.plan(folder.config().training().steps(), commandLine);
      new TrainingRun(folder, split, plan, listener, interrupt::requested).run(resume);
      finish(folder.path(), interrupt.requested());
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
