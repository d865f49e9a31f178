package org.basisar.bar.cli;

import org.basisar.bar.xar.SamplerSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How the run's own pictures are sampled. */
final class SamplerOptions {
  @Option(names = "--sampler", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  SamplerSettings.Method method = SamplerSettings.Method.EULER_MARUYAMA;

  @Option(
      names = "--sampler-steps",
      paramLabel = "N",
      description = "evaluations per cell, with mar per iteration (default: 25, with mar 100)")
  @Nullable Integer steps;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE",
      description = "guidance scale of the last cell (default: ${DEFAULT-VALUE})")
  double guidance = 2;

  @Option(
      names = "--first-guidance",
      paramLabel = "SCALE",
      description =
          "xar: guidance scale of the first cell, from where it changes evenly (default:"
              + " --guidance; 1, as published, with --config and in ablate)")
  @Nullable Double firstGuidance;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description =
          "mar: factor on the noise of the sampler's steps; discrete: of the codes'"
              + " probabilities, 0 for the likeliest (default: ${DEFAULT-VALUE})")
  double temperature = 1;

  /**
   * The settings of a run on continuous tokens.
   *
   * @param mar whether the network is MAR's
   */
  SamplerSettings settings(boolean mar) {
    // Where A gathers energy, late tokens are small, and only steps of little noise tell of them.
    int count = steps != null ? steps : mar ? 100 : 25;
    return new SamplerSettings(method, count, guidance, firstGuidance != null ? firstGuidance : 1);
  }
}
