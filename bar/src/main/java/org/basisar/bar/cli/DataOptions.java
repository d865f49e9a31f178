package org.basisar.bar.cli;

import java.nio.file.Path;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.latent.LatentImages;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What is trained on, and how it is cut into tokens. */
final class DataOptions {
  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DATA",
      defaultValue = "embedded",
      description =
          "embedded, embedded:faces, embedded:shapes, a folder or zip archive of class folders, a"
              + " CIFAR-10 binary folder, an IDX folder, or a cache of latents that bar encode made"
              + " (default: ${DEFAULT-VALUE})")
  String source = "embedded";

  @Option(
      names = "--size",
      paramLabel = "PIXELS",
      description = "side of the images (default: ${DEFAULT-VALUE})")
  int size = 16;

  @Option(
      names = "--patch",
      paramLabel = "PIXELS",
      description = "side of a token (default: ${DEFAULT-VALUE})")
  int patch = 2;

  @Option(names = "--flip", negatable = true, description = "mirror images by chance (default: no)")
  boolean flip;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      description =
          "images that are never trained on, for the validation error; of files at most a tenth"
              + " (default: ${DEFAULT-VALUE})")
  int heldOut = 256;

  @Mixin private final LatentOptions latentOptions = new LatentOptions();
  private @Nullable LatentImages latents; // once opened, if the data is that

  private boolean typed(String name) {
    return spec.commandLine().getParseResult().hasMatchedOption(name);
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** The data as a run's configuration holds it. */
  RunConfig.Data config(ImageData images) {
    return new RunConfig.Data(source, images.classNames(), flip, heldOut);
  }

  /** Tokens along each side of the grid. */
  int grid() {
    return size / patch;
  }

  /**
   * Opens the images of a run that is resumed, wherever they lie now.
   *
   * @throws ParameterException if they are others than the run was started with
   */
  ImageSplit reopen(RunConfig.Data started, RunConfig.Image image, long startedSeed) {
    String wanted = typed("--data") ? source : started.source();
    if (image.latents().present()) {
      return reopenLatents(wanted, started, image);
    }
    ImageSplit split = ImageSplit.open(wanted, image.side(), startedSeed, started.heldOut());
    ImageData images = split.training();
    if (!images.classNames().equals(started.classNames())
        || images.channels() != image.channels()) {
      throw usage(
          "the data at "
              + wanted
              + " does not have the classes and channels that the run was started with");
    }
    return split;
  }

  private ImageSplit reopenLatents(String wanted, RunConfig.Data started, RunConfig.Image image) {
    LatentImages found = latentOptions.open(wanted, image);
    if (found == null
        || !found.classNames().equals(started.classNames())
        || found.channels() != image.channels()
        || found.side() != image.side()) {
      throw usage(wanted + " does not hold latents such as the run was started with");
    }
    String checksum = found.weightsChecksum();
    if (checksum != null && !checksum.equals(image.latents().checksum())) {
      throw usage(wanted + " holds latents of another autoencoder than the run was started with");
    }
    return ImageSplit.of(found, started.heldOut());
  }

  /** A run that goes on, its autoencoder where the user says. */
  RunFolder moved(RunFolder folder) {
    Path vae = latentOptions.vae();
    if (vae == null) {
      return folder;
    }
    if (!folder.config().image().latents().present()) {
      throw usage("the run is not on latents; leave out --vae");
    }
    return folder.withWeights(vae.toAbsolutePath().normalize().toString());
  }

  /**
   * Opens the images and holds some out.
   *
   * @param seed of the images, where the source draws them
   */
  ImageSplit open(long seed) {
    if (latents == null) {
      latents = openLatents();
    }
    return latents == null
        ? ImageSplit.open(source, size, seed, heldOut)
        : ImageSplit.of(latents, heldOut);
  }

  private @Nullable LatentImages openLatents() {
    LatentImages found = latentOptions.open(source, null);
    if (found == null) {
      latentOptions.refuseTyped();
      return null;
    }
    if (typed("--size") && size != found.pictureSide()) {
      throw usage(
          "--size "
              + size
              + " is not the side of the pictures in "
              + source
              + ", which is "
              + found.pictureSide()
              + "; leave it out");
    }
    size = found.side();
    if (!typed("--patch")) {
      patch = 1;
    }
    return found;
  }

  /** Refuses latents, of which there is no codebook. */
  void requirePictures() {
    if (latentOptions.open(source, null) != null) {
      throw usage("--tokens discrete is for pictures, and " + source + " holds latents");
    }
  }

  /** Images and their patches. */
  RunConfig.Image image(ImageData images) {
    RunConfig.Latents decoding =
        latents == null ? RunConfig.Latents.NONE : latentOptions.decoding(latents);
    return new RunConfig.Image(
        images.side(), images.channels(), patch, tokenScale(images), decoding);
  }

  /** Refuses patches that do not tile the images. */
  void checkPatch() {
    if (patch < 1 || size % patch != 0) {
      throw new IllegalArgumentException(
          "--patch " + patch + " does not divide --size " + size + "; choose a divisor");
    }
  }

  /** One over the root mean square of the pixels, so that tokens match the noise in size. */
  private double tokenScale(ImageData images) {
    return tokenScale(sample(images));
  }

  private double tokenScale(float[] sample) {
    double sum = 0;
    for (float value : sample) {
      sum += value * value;
    }
    double root = Math.sqrt(sum / sample.length);
    double unitSize = root < 1e-3 ? 1 : Math.round(1000 / root) / 1000.0;
    return latents == null ? unitSize : latentOptions.scale(latents, unitSize);
  }

  /** The greatest number in a token: what pixels reach by themselves, latents reach in the data. */
  double greatestToken(ImageData images) {
    if (latents == null) {
      return tokenScale(images);
    }
    float[] sample = sample(images);
    float greatest = 0;
    for (float value : sample) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    return greatest * tokenScale(sample);
  }

  private static float[] sample(ImageData images) {
    int count = Math.min(images.count(), 512);
    int size = images.channels() * images.side() * images.side();
    float[] sample = new float[count * size];
    for (int i = 0; i < count; i++) {
      images.read((int) ((long) i * images.count() / count), false, sample, i * size);
    }
    return sample;
  }
}
