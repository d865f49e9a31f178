package org.basisar.bar.cli;

import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.xar.XarConfig;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What {@code --tokens discrete} adds to the options of training, and what it leaves unused. */
final class DiscreteOptions {
  /** Kinds of tokens. */
  enum Tokens {
    CONTINUOUS,
    DISCRETE
  }

  private static final List<String> ONLY_DISCRETE = List.of("--codes", "--order", "--group");
  private static final List<String> ONLY_CONTINUOUS =
      List.of(
          "--cells",
          "--config",
          "--first-guidance",
          "--forecast",
          "--transform",
          "--start",
          "--objective",
          "--times",
          "--regularizer",
          "--projection",
          "--delta",
          "--basis-rate",
          "--sampler",
          "--sampler-steps",
          "--model");

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--tokens",
      description =
          "${COMPLETION-CANDIDATES}; discrete trains on code indices (paper appendix E) (default:"
              + " ${DEFAULT-VALUE})")
  private Tokens tokens = Tokens.CONTINUOUS;

  @Option(
      names = "--codes",
      paramLabel = "N",
      description = "discrete: codes of the codebook (default: ${DEFAULT-VALUE})")
  private int codes = 128;

  @Option(
      names = "--order",
      description =
          "discrete: order of the codes, ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private OrderName order = OrderName.LEARNED;

  @Option(
      names = "--group",
      paramLabel = "N",
      description = "discrete: codes predicted at once (default: ${DEFAULT-VALUE})")
  private int group = 1;

  /** Whether a new run is to be on discrete tokens. */
  boolean chosen() {
    return tokens == Tokens.DISCRETE;
  }

  /** Refuses options of the other kind of tokens. */
  void check() {
    List<String> foreign = new ArrayList<>(chosen() ? ONLY_CONTINUOUS : ONLY_DISCRETE);
    if (chosen()) {
      foreign.addAll(ReadingOptions.NAMES);
      foreign.addAll(MarOptions.NAMES);
    }
    foreign.removeIf(name -> !spec.commandLine().getParseResult().hasMatchedOption(name));
    if (!foreign.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          String.join(", ", foreign)
              + (chosen() ? " does not go with" : " needs")
              + " --tokens discrete; "
              + (chosen() ? "leave it out" : "add it"));
    }
  }

  /** The configuration of a new run on these images. */
  DiscreteConfig config(TrainOptions options, ImageData images) {
    try {
      options.data.checkPatch();
      return new DiscreteConfig(
          options.data.config(images),
          options.data.image(images),
          new DiscreteConfig.Network(
              options.data.grid(),
              group,
              codes,
              options.width,
              options.heads,
              2 * options.layers,
              XarConfig.publishedMlpWidth(options.width),
              images.classNames().size(),
              options.dropout),
          order,
          options.training(),
          new DiscreteConfig.Sampling(options.sampler.temperature, options.sampler.guidance),
          options.seed);
    } catch (IllegalArgumentException e) {
      throw options.usage(TrainOptions.message(e));
    }
  }
}
