package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.run.DiscreteRun;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunFolder;
import org.jspecify.annotations.Nullable;

/** Starts or resumes a run on discrete tokens. */
final class DiscreteTraining {
  private final TrainOptions options;
  private final DiscreteOptions discrete;
  private final String commandLine;
  private final PrintWriter out;

  DiscreteTraining(
      TrainOptions options, DiscreteOptions discrete, String commandLine, PrintWriter out) {
    this.options = options;
    this.discrete = discrete;
    this.commandLine = commandLine;
    this.out = out;
  }

  /**
   * Trains to the end, or until interrupted.
   *
   * @param resumed the run to go on with, or null for a new one
   * @param path of a new run
   * @return whether it was interrupted
   */
  boolean run(@Nullable Path resumed, Path path) throws IOException {
    DiscreteFolder folder;
    ImageSplit split;
    if (resumed != null) {
      folder = DiscreteFolder.open(resumed);
      DiscreteConfig config = folder.config();
      split = options.data.reopen(config.data(), config.image(), config.seed());
      if (options.typed("--steps")) {
        folder = folder.withSteps(options.steps);
      }
    } else {
      RunFolder.requireNew(path);
      options.data.requirePictures();
      split = options.data.open(options.seed);
      folder = DiscreteFolder.create(path, discrete.config(options, split.training()));
    }
    out.println("data: " + split.training().describe());
    out.println("run folder: " + folder.path());
    out.flush();
    ConsoleListener listener = new ConsoleListener(out);
    try (Interrupt interrupt = new Interrupt()) {
      TrainingRun.Plan plan = options.plan(folder.config().training().steps(), commandLine);
      new DiscreteRun(folder, split, plan, listener, interrupt::requested).run(resumed != null);
      return interrupt.requested();
    }
  }
}
