package org.basisar.bar.cli;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.IntSupplier;
import org.basisar.bar.data.DataException;
import org.basisar.bar.latent.LatentCache;
import org.basisar.bar.latent.LatentImages;
import org.basisar.bar.latent.MomentFiles;
import org.basisar.bar.run.LatentPictures;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.vae.Autoencoder;
import org.basisar.bar.vae.VaeConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What training on latents needs besides. */
final class LatentOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description =
          "latents: weights of the autoencoder that made them, to see pictures with (default: where"
              + " they were when bar encode ran)")
  private @Nullable Path vae;

  @Option(
      names = "--latent-scale",
      paramLabel = "X",
      description =
          "latents: factor on them (default: 0.2325 for 16 channels for 16 x 16 pixels, as the"
              + " public code has it, else what makes them unit-sized)")
  private @Nullable Double scale;

  /** The file given, or null. */
  @Nullable Path vae() {
    return vae;
  }

  /**
   * Opens the latents at a place.
   *
   * @param started the images of the run that is to go on, or null for a new one
   * @return null if the place is no cache of latents
   * @throws DataException if it is a damaged or unfinished one
   */
  @Nullable LatentImages open(String data, RunConfig.@Nullable Image started) {
    return started == null ? open(data, this::factor) : reopen(data, started);
  }

  /** As {@link #open}, for a run that is there. */
  static @Nullable LatentImages reopen(String data, RunConfig.Image started) {
    return open(data, () -> Math.max(1, started.latents().side() / started.side()));
  }

  private int factor() {
    try (Autoencoder network = Autoencoder.open(file(null))) {
      return network.config().factor();
    }
  }

  private static @Nullable LatentImages open(String data, IntSupplier factor) {
    Path folder;
    try {
      folder = Path.of(data);
    } catch (InvalidPathException _) {
      return null; // and the sources of pictures say so
    }
    if (LatentCache.recognised(folder)) {
      return LatentCache.open(folder);
    }
    if (LatentCache.unfinished(folder)) {
      throw new DataException(
          "%s is a latent cache in the making; finish it with the bar encode that began it."
              .formatted(folder));
    }
    return MomentFiles.recognised(folder) ? MomentFiles.open(folder, factor.getAsInt()) : null;
  }

  /**
   * What turns the latents into pictures, looked at and found to fit.
   *
   * @throws org.basisar.bar.train.RunException if it is the autoencoder of other latents
   */
  RunConfig.Latents decoding(LatentImages images) {
    Path file = file(images.weights());
    String checksum = images.weightsChecksum();
    if (checksum == null) {
      try (Autoencoder network = Autoencoder.open(file)) {
        checksum = network.checksum();
      }
    }
    RunConfig.Latents latents =
        new RunConfig.Latents(
            images.pictureSide(), file.toAbsolutePath().normalize().toString(), checksum);
    LatentPictures.of(new RunConfig.Image(images.side(), images.channels(), 1, 1, latents)).close();
    return latents;
  }

  private Path file(@Nullable String noted) {
    if (vae != null) {
      return vae;
    }
    if (noted == null) {
      throw new ParameterException(
          spec.commandLine(),
          "the latents do not say which autoencoder made them; name its weights with --vae FILE");
    }
    return Path.of(noted);
  }

  /** The factor on latents. */
  double scale(LatentImages images, double unitSize) {
    if (scale != null) {
      return scale;
    }
    VaeConfig published = VaeConfig.kl16();
    boolean asPublished =
        images.channels() == published.latentChannels()
            && images.pictureSide() == images.side() * published.factor();
    return asPublished ? Autoencoder.SCALE : unitSize;
  }

  /** Refuses these options where there are no latents. */
  void refuseTyped() {
    List<String> typed =
        List.of("--vae", "--latent-scale").stream()
            .filter(spec.commandLine().getParseResult()::hasMatchedOption)
            .toList();
    if (!typed.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(),
          "only data that is a latent cache has "
              + String.join(" and ", typed)
              + "; leave it out, or give the folder that bar encode made");
    }
  }
}
