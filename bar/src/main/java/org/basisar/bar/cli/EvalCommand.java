package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.run.RunEvaluation;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar eval}. */
@Command(
    name = "eval",
    description =
        "Measures how close a run's pictures come to real ones, in the features of a small"
            + " classifier that is trained on the same data and kept in the run folder.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvalCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--run", paramLabel = "DIR", required = true, description = "run folder")
  @SuppressWarnings("NullAway.Init") // required
  private Path run;

  @Option(
      names = "--data",
      paramLabel = "SOURCE",
      description = "pictures to compare with (default: the run's)")
  private @Nullable String source;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "pictures to generate (default: ${DEFAULT-VALUE})")
  private int count = 500;

  @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    engine.apply();
    if (count < 8 || count > 100_000) {
      throw new ParameterException(spec.commandLine(), "--count must be 8 to 100000, is " + count);
    }
    RunFolder folder = RunFolder.open(run);
    RunConfig config = folder.config();
    ImageSplit split = split(config);
    PrintWriter out = spec.commandLine().getOut();
    ConsoleListener listener = new ConsoleListener(out);
    Map<String, Double> figures;
    try (TrainedModel model = TrainedModel.blank(config)) {
      folder.restoreAverages(model).forEach(listener::message);
      figures =
          RunEvaluation.evaluate(
              config,
              model,
              split.training(),
              split.heldOut(),
              count,
              seed,
              run.resolve("features"),
              listener);
    }
    figures.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %.5f%n", name, value));
    Path file = run.resolve("evaluation.json");
    RunEvaluation.write(file, figures);
    out.println("written: " + file);
    out.flush();
    return 0;
  }

  /** The run's images, split as in training; other images are all there to compare with. */
  private ImageSplit split(RunConfig config) {
    int side = config.image().side();
    return source != null
        ? new ImageSplit(ImageSources.open(source, side, config.seed()), null)
        : ImageSplit.open(config.data().source(), side, config.seed(), config.data().heldOut());
  }
}
