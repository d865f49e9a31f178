package org.basisar.bar.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.latent.LatentImages;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.run.KnownTransforms;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** Everything that decides what is trained; the defaults suit two processor cores. */
final class TrainOptions {
  private static final List<String> FREE_ON_RESUME =
      List.of(
          "--resume",
          "--steps",
          "--device",
          "--threads",
          "--data",
          "--columns",
          "--save-seconds",
          "--forecast",
          "--vae");

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
  String data = "embedded";

  @Option(
      names = "--out",
      paramLabel = "DIR",
      description = "run folder to make (default: new under runs/)")
  @Nullable Path out;

  @Option(names = "--resume", paramLabel = "DIR", description = "go on with the run in this folder")
  @Nullable Path resume;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "default: ${DEFAULT-VALUE}")
  long seed = 1;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description = "optimiser steps (default: ${DEFAULT-VALUE})")
  long steps = 1700;

  @Option(
      names = "--model",
      description = "network: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  Backbone model = Backbone.XAR;

  /** The networks there are. */
  enum Backbone {
    /** Cells of tokens, flow matching. */
    XAR,
    /** Masked tokens, a diffusion head. */
    MAR
  }

  @Mixin final MarOptions mar = new MarOptions();

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

  @Option(
      names = "--cells",
      paramLabel = "N",
      description = "cells along each side (default: ${DEFAULT-VALUE})")
  int cells = 2;

  @Option(
      names = "--width",
      paramLabel = "N",
      description = "model width (default: ${DEFAULT-VALUE})")
  int width = 128;

  @Option(
      names = "--heads",
      paramLabel = "N",
      description = "attention heads (default: ${DEFAULT-VALUE})")
  int heads = 4;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description = "blocks in the encoder, and again in the decoder (default: ${DEFAULT-VALUE})")
  int layers = 2;

  @Option(names = "--dropout", paramLabel = "RATE", description = "default: ${DEFAULT-VALUE}")
  double dropout;

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "images per micro-batch (default: ${DEFAULT-VALUE})")
  int batch = 64;

  @Option(
      names = "--accumulation",
      paramLabel = "N",
      description = "micro-batches per step (default: ${DEFAULT-VALUE})")
  int accumulation = 1;

  @Option(names = "--learning-rate", paramLabel = "RATE", description = "default: ${DEFAULT-VALUE}")
  double learningRate = 1e-3;

  @Option(
      names = "--schedule",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  RunConfig.Schedule schedule = RunConfig.Schedule.COSINE;

  @Option(
      names = "--warmup",
      paramLabel = "N",
      description = "steps of rising rate (default: ${DEFAULT-VALUE})")
  long warmup = 100;

  @Option(names = "--weight-decay", paramLabel = "X", description = "default: ${DEFAULT-VALUE}")
  double weightDecay = 0.02;

  @Option(
      names = "--average-decay",
      paramLabel = "X",
      description = "of the weights' average (default: ${DEFAULT-VALUE})")
  double averageDecay = 0.995;

  @Option(names = "--label-dropout", paramLabel = "RATE", description = "default: ${DEFAULT-VALUE}")
  double labelDropout = 0.1;

  @Option(
      names = "--precision",
      description =
          "of products and attention: ${COMPLETION-CANDIDATES}; bf16 is for GPUs (default:"
              + " ${DEFAULT-VALUE})")
  RunConfig.Precision precision = RunConfig.Precision.FP32;

  @Option(names = "--flip", negatable = true, description = "mirror images by chance (default: no)")
  boolean flip;

  @Option(
      names = "--held-out",
      paramLabel = "N",
      description =
          "images that are never trained on, for the validation error; of files at most a tenth"
              + " (default: ${DEFAULT-VALUE})")
  int heldOut = 256;

  @Option(
      names = "--transform",
      description =
          "matrix on the tokens: ${COMPLETION-CANDIDATES}; all but LEARNED are fixed, XAR is none"
              + " (default: ${DEFAULT-VALUE})")
  TransformKind transform = TransformKind.LEARNED;

  @Option(
      names = "--start",
      converter = StartName.class,
      description =
          "first value of a learned basis: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  BasisStart start = BasisStart.IDENTITY;

  @Option(
      names = "--objective",
      description =
          "${COMPLETION-CANDIDATES} (default: residual for learned, pca and orthogonal, plain for"
              + " the others)")
  Objective.@Nullable Kind objective;

  @Option(names = "--times", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  Objective.Times times = Objective.Times.LOGIT_NORMAL_PER_CELL;

  @Option(names = "--regularizer", paramLabel = "WEIGHT", description = "default: ${DEFAULT-VALUE}")
  double regularizer = 100;

  @Option(
      names = "--projection",
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  Projection.Kind projection = Projection.Kind.SOFT;

  @Option(
      names = "--delta",
      paramLabel = "X",
      description = "band of the soft projection (default: ${DEFAULT-VALUE})")
  double delta = 0.5;

  @Option(
      names = "--basis-rate",
      paramLabel = "X",
      description = "factor on the basis' learning rate (default: ${DEFAULT-VALUE})")
  double basisRate = 3;

  @Mixin private final ReadingOptions readings = new ReadingOptions();
  @Mixin private final LatentOptions latentOptions = new LatentOptions();
  private @Nullable LatentImages latents; // once opened, if the data is that

  @Option(names = "--sampler", description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  SamplerSettings.Method sampler = SamplerSettings.Method.EULER_MARUYAMA;

  @Option(
      names = "--sampler-steps",
      paramLabel = "N",
      description = "evaluations per cell, with mar per iteration (default: 25, with mar 100)")
  @Nullable Integer samplerSteps;

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

  @Option(
      names = "--columns",
      paramLabel = "N",
      description = "final samples per class (default: ${DEFAULT-VALUE})")
  int columns = 8;

  @Option(
      names = "--save-seconds",
      paramLabel = "SECONDS",
      description = "time between checkpoints (default: ${DEFAULT-VALUE})")
  double saveSeconds = 60;

  /** Whether the user wrote this option. */
  boolean typed(String name) {
    return result().hasMatchedOption(name);
  }

  private ParseResult result() {
    return spec.commandLine().getParseResult();
  }

  /** Refuses options that a resumed run has already decided. */
  void checkResume() {
    List<String> refused = new ArrayList<>();
    result()
        .matchedOptions()
        .forEach(option -> {
          if (!FREE_ON_RESUME.contains(option.longestName())) {
            refused.add(option.longestName());
          }
        });
    if (!refused.isEmpty()) {
      throw usage(
          "--resume goes on with the run's own configuration; leave out "
              + String.join(", ", refused));
    }
  }

  ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }

  /** Refuses numbers that make no sense whatever the rest is. */
  void checkRanges() {
    range("--size", size, 4, 1024);
    range("--steps", steps, 1, Integer.MAX_VALUE);
    range("--patch", patch, 1, 1024);
    range("--cells", cells, 1, 1024);
    range("--heads", heads, 1, 1024);
    range("--width", width, 4, 1 << 14);
    range("--layers", layers, 1, 1000);
    range("--batch", batch, 1, 1 << 16);
    range("--accumulation", accumulation, 1, 1 << 16);
    range("--held-out", heldOut, 0, 1 << 16);
    range("--columns", columns, 1, 1000);
    if (!(saveSeconds >= 0)) {
      throw usage("--save-seconds must not be negative, is " + saveSeconds);
    }
  }

  private void range(String name, long value, long least, long greatest) {
    if (value < least || value > greatest) {
      throw usage(name + " must be " + least + " to " + greatest + ", is " + value);
    }
  }

  /**
   * Opens the images of a run that is resumed, wherever they lie now.
   *
   * @throws ParameterException if they are others than the run was started with
   */
  ImageSplit reopen(RunConfig.Data started, RunConfig.Image image, long startedSeed) {
    String source = typed("--data") ? data : started.source();
    if (image.latents().present()) {
      return reopenLatents(source, started, image);
    }
    ImageSplit split = ImageSplit.open(source, image.side(), startedSeed, started.heldOut());
    ImageData images = split.training();
    if (!images.classNames().equals(started.classNames())
        || images.channels() != image.channels()) {
      throw usage(
          "the data at "
              + source
              + " does not have the classes and channels that the run was started with");
    }
    return split;
  }

  private ImageSplit reopenLatents(String source, RunConfig.Data started, RunConfig.Image image) {
    LatentImages found = latentOptions.open(source, image);
    if (found == null
        || !found.classNames().equals(started.classNames())
        || found.channels() != image.channels()
        || found.side() != image.side()) {
      throw usage(source + " does not hold latents such as the run was started with");
    }
    String checksum = found.weightsChecksum();
    if (checksum != null && !checksum.equals(image.latents().checksum())) {
      throw usage(source + " holds latents of another autoencoder than the run was started with");
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

  /** When the things of a run of {@code steps} happen. */
  TrainingRun.Plan plan(long steps, String commandLine) {
    return new TrainingRun.Plan(Math.clamp(steps / 100, 1, 50), saveSeconds, columns, commandLine);
  }

  /** Opens the images and holds some out. */
  ImageSplit open() {
    return open(seed);
  }

  /** The same with the images of another seed, where the source draws them. */
  ImageSplit open(long other) {
    if (latents == null) {
      latents = openLatents();
    }
    return latents == null
        ? ImageSplit.open(data, size, other, heldOut)
        : ImageSplit.of(latents, heldOut);
  }

  private @Nullable LatentImages openLatents() {
    LatentImages found = latentOptions.open(data, null);
    if (found == null) {
      latentOptions.refuseTyped();
      return null;
    }
    if (typed("--size") && size != found.pictureSide()) {
      throw usage(
          "--size "
              + size
              + " is not the side of the pictures in "
              + data
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

  /** Opens all images to train on. */
  ImageData openAll() {
    if (latentOptions.open(data, null) != null) {
      throw usage("--tokens discrete is for pictures, and " + data + " holds latents");
    }
    return ImageSources.open(data, size, seed);
  }

  /** The configuration of a new run on these images. */
  RunConfig config(ImageData images) {
    try {
      RunConfig config =
          new RunConfig(
              new RunConfig.Data(data, images.classNames(), flip, heldOut),
              image(images),
              network(images),
              new RunConfig.Basis(
                  transform,
                  start,
                  objective(),
                  times,
                  regularizer,
                  projection,
                  delta,
                  basisRate,
                  readings.readings()),
              training(),
              new SamplerSettings(
                  sampler, samplerSteps(), guidance, firstGuidance != null ? firstGuidance : 1),
              seed);
      return config.withLostShare(KnownTransforms.lostShare(config, images));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), message(e), e);
    }
  }

  /** Images and their patches. */
  RunConfig.Image image(ImageData images) {
    RunConfig.Latents decoding =
        latents == null ? RunConfig.Latents.NONE : latentOptions.decoding(latents);
    return new RunConfig.Image(
        images.side(), images.channels(), patch, tokenScale(images), decoding);
  }

  /** The optimisation. */
  RunConfig.Training training() {
    return new RunConfig.Training(
        steps,
        batch,
        accumulation,
        learningRate,
        Math.min(learningRate, learningRate / 40),
        warmup,
        schedule,
        weightDecay,
        0.9,
        model == Backbone.XAR ? 0.96 : 0.95,
        model == Backbone.XAR ? 1 : 3,
        averageDecay,
        labelDropout,
        precision);
  }

  static String message(IllegalArgumentException e) {
    return e.getMessage() == null ? "the options do not fit together" : e.getMessage();
  }

  /** Refuses patches that do not tile the images. */
  void checkPatch() {
    if (patch < 1 || size % patch != 0) {
      throw new IllegalArgumentException(
          "--patch " + patch + " does not divide --size " + size + "; choose a divisor");
    }
  }

  private NetworkConfig network(ImageData images) {
    checkPatch();
    if (model == Backbone.MAR) {
      if (typed("--cells") || typed("--sampler") || typed("--first-guidance")) {
        throw new IllegalArgumentException(
            "--cells, --sampler and --first-guidance are for --model xar; leave them out");
      }
      return mar.settings(
          size / patch * (size / patch),
          patch * patch * images.channels(),
          width,
          heads,
          layers,
          images.classNames().size(),
          dropout,
          temperature,
          latents == null ? tokenScale(images) : greatestToken(images));
    }
    MarOptions.refuseTyped(result());
    return new XarConfig(
        size / patch,
        cells,
        patch * patch * images.channels(),
        width,
        heads,
        layers,
        XarConfig.publishedMlpWidth(width),
        images.classNames().size(),
        dropout);
  }

  /** Where A gathers energy, late tokens are small, and only steps of little noise tell of them. */
  private int samplerSteps() {
    if (samplerSteps != null) {
      return samplerSteps;
    }
    return model == Backbone.MAR ? 100 : 25;
  }

  private Objective.Kind objective() {
    if (objective != null) {
      return objective;
    }
    // The residual loss hardly weighs the last tokens, which suits bases that put little there.
    return switch (transform) {
      case LEARNED, PCA, ORTHOGONAL -> Objective.Kind.RESIDUAL;
      default -> Objective.Kind.PLAIN;
    };
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

  /** What pixels reach by themselves, latents reach in the data. */
  private double greatestToken(ImageData images) {
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
