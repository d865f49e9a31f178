package org.basisar.bar.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.run.KnownTransforms;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;
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

  @Mixin final DataOptions data = new DataOptions();

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
  double regularizer = 1;

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
  double basisRate = 1;

  @Mixin private final ReadingOptions readings = new ReadingOptions();
  @Mixin final SamplerOptions sampler = new SamplerOptions();

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
    range("--size", data.size, 4, 1024);
    range("--steps", steps, 1, Integer.MAX_VALUE);
    range("--patch", data.patch, 1, 1024);
    range("--cells", cells, 1, 1024);
    range("--heads", heads, 1, 1024);
    range("--width", width, 4, 1 << 14);
    range("--layers", layers, 1, 1000);
    range("--batch", batch, 1, 1 << 16);
    range("--accumulation", accumulation, 1, 1 << 16);
    range("--held-out", data.heldOut, 0, 1 << 16);
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

  /** When the things of a run of {@code steps} happen. */
  TrainingRun.Plan plan(long steps, String commandLine) {
    return new TrainingRun.Plan(Math.clamp(steps / 100, 1, 50), saveSeconds, columns, commandLine);
  }

  /** The configuration of a new run on these images. */
  RunConfig config(ImageData images) {
    try {
      RunConfig config =
          new RunConfig(
              data.config(images),
              data.image(images),
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
              sampler.settings(model == Backbone.MAR),
              seed);
      return config.withLostShare(KnownTransforms.lostShare(config, images));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), message(e), e);
    }
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

  private NetworkConfig network(ImageData images) {
    data.checkPatch();
    if (model == Backbone.MAR) {
      if (typed("--cells") || typed("--sampler") || typed("--first-guidance")) {
        throw new IllegalArgumentException(
            "--cells, --sampler and --first-guidance are for --model xar; leave them out");
      }
      return mar.settings(
          data.grid() * data.grid(),
          data.patch * data.patch * images.channels(),
          width,
          heads,
          layers,
          images.classNames().size(),
          dropout,
          sampler.temperature,
          data.greatestToken(images));
    }
    MarOptions.refuseTyped(result());
    return new XarConfig(
        data.grid(),
        cells,
        data.patch * data.patch * images.channels(),
        width,
        heads,
        layers,
        XarConfig.publishedMlpWidth(width),
        images.classNames().size(),
        dropout);
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
}
