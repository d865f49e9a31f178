package org.basisar.bar.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bar train}. */
@Command(
    name = "train",
    description = "Trains a model on images and draws samples, basis and report.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class TrainCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final TrainOptions options = new TrainOptions();
  @Mixin private final EngineOptions engine = new EngineOptions();
  private List<String> typed = List.of();

  void typed(List<String> words) {
    typed = words;
  }

  @Override
  public Integer call() throws IOException {
    engine.apply();
    new Training(options, typed, spec.commandLine().getOut()).run();
    return 0;
  }
}
