package org.basisar.bar.cli;

import java.util.List;
import org.basisar.bar.basis.Readings;
import picocli.CommandLine.Option;

/** Switches for what the paper leaves open; the defaults are {@link Readings#recommended()}. */
final class ReadingOptions {
  /** The options' names. */
  static final List<String> NAMES =
      List.of(
          "--loss-reduction",
          "--regularizer-reduction",
          "--token-gradient",
          "--projection-every",
          "--basis-decay",
          "--basis-norm",
          "--sampled-basis",
          "--decoding");

  private static final Readings USUAL = Readings.recommended();

  @Option(
      names = "--loss-reduction",
      description =
          "over prefixes, tokens and channels: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE})")
  private Readings.Reduction lossReduction = USUAL.lossReduction();

  @Option(
      names = "--regularizer-reduction",
      description =
          "over the entries of AAᵀ - I: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Readings.Reduction regularizerReduction = USUAL.regularizerReduction();

  @Option(
      names = "--token-gradient",
      description =
          "gradient to the basis through the tokens Y: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE})")
  private Readings.TokenGradient tokenGradient = USUAL.tokenGradient();

  @Option(
      names = "--projection-every",
      paramLabel = "N",
      description = "steps from one projection to the next (default: ${DEFAULT-VALUE})")
  private int projectionEvery = USUAL.projectionEvery();

  @Option(
      names = "--basis-decay",
      paramLabel = "X",
      description = "weight decay of the basis (default: ${DEFAULT-VALUE})")
  private double weightDecay = USUAL.weightDecay();

  @Option(
      names = "--basis-norm",
      description =
          "whether the basis' gradient is clipped with the others: ${COMPLETION-CANDIDATES}"
              + " (default: ${DEFAULT-VALUE})")
  private Readings.Norm norm = USUAL.norm();

  @Option(
      names = "--sampled-basis",
      description =
          "the basis that samples are drawn with: ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE})")
  private Readings.Sampled sampled = USUAL.sampled();

  @Option(
      names = "--decoding",
      description =
          "tokens from coefficients by the basis' ${COMPLETION-CANDIDATES} (default:"
              + " ${DEFAULT-VALUE})")
  private Readings.Decoding decoding = USUAL.decoding();

  Readings readings() {
    return new Readings(
        lossReduction,
        regularizerReduction,
        tokenGradient,
        projectionEvery,
        weightDecay,
        norm,
        sampled,
        decoding);
  }
}
