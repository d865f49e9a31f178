package org.basisar.bar.cli;

import java.util.List;
import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParseResult;

/** What only a MAR network has. */
final class MarOptions {
  /** Their names. */
  static final List<String> NAMES =
      List.of(
          "--buffer",
          "--head-width",
          "--head-layers",
          "--mask-ratio",
          "--diffusion-batch-multiplier",
          "--iterations",
          "--clip-denoised",
          "--in-order");

  @Option(
      names = "--buffer",
      paramLabel = "N",
      description = "mar: slots for the class before the tokens (default: ${DEFAULT-VALUE})")
  int buffer = 16;

  @Option(
      names = "--head-width",
      paramLabel = "N",
      description = "mar: width of the diffusion network (default: ${DEFAULT-VALUE})")
  int headWidth = 128;

  @Option(
      names = "--head-layers",
      paramLabel = "N",
      description = "mar: blocks of the diffusion network (default: ${DEFAULT-VALUE})")
  int headLayers = 3;

  @Option(
      names = "--mask-ratio",
      paramLabel = "X",
      description = "mar: least share of tokens masked in training (default: ${DEFAULT-VALUE})")
  double maskRatio = 0.7;

  @Option(
      names = "--diffusion-batch-multiplier",
      paramLabel = "N",
      description = "mar: noises drawn for each masked token (default: ${DEFAULT-VALUE})")
  int multiplier = 2;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "mar: in which a sample is revealed (default: ${DEFAULT-VALUE})")
  int iterations = 16;

  @Option(
      names = "--clip-denoised",
      paramLabel = "X",
      description =
          "mar: limit of the tokens that the sampler's steps predict, in token units; 0 for none as"
              + " the public code (default: what white is)")
  @Nullable Double clip;

  @Option(
      names = "--in-order",
      description = "mar: reveal tokens by increasing position instead of by chance")
  boolean inOrder;

  /**
   * The network of these options.
   *
   * @param white the greatest number in a token
   */
  MarSettings settings(
      int tokens,
      int tokenDimension,
      int width,
      int heads,
      int layers,
      int classes,
      double dropout,
      double temperature,
      double white) {
    return new MarSettings(
        new MarConfig(
            tokens,
            tokenDimension,
            width,
            heads,
            layers,
            headWidth,
            headLayers,
            buffer,
            classes,
            dropout),
        maskRatio,
        multiplier,
        iterations,
        temperature,
        clip != null ? clip : white,
        inOrder);
  }

  /** Refuses options of this kind for another network. */
  static void refuseTyped(ParseResult result) {
    List<String> typed = NAMES.stream().filter(result::hasMatchedOption).toList();
    if (result.hasMatchedOption("--temperature")) {
      throw new IllegalArgumentException(
          "--temperature needs --model mar or --tokens discrete; leave it out");
    }
    if (!typed.isEmpty()) {
      throw new IllegalArgumentException(
          "only --model mar has " + String.join(", ", typed) + "; leave it out");
    }
  }
}
