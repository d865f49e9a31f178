package org.basisar.bar.cli;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** What {@code bar train} and {@code bar demo} have in common: all but what they are for. */
@Command(mixinStandardHelpOptions = true, sortOptions = false)
abstract sealed class TrainingCommand implements Callable<Integer>
    permits TrainCommand, DemoCommand {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Mixin private final TrainOptions options = new TrainOptions();
  @Mixin private final ConfigurationOptions configuration = new ConfigurationOptions();
  @Mixin private final DiscreteOptions discrete = new DiscreteOptions();
  @Mixin private final EngineOptions engine = new EngineOptions();
  private List<String> typed = List.of();

  final void typed(List<String> words) {
    typed = words;
  }

  @Override
  public final Integer call() throws IOException {
    engine.apply();
    new Training(options, configuration, discrete, typed, spec.commandLine().getOut()).run();
    return 0;
  }
}
