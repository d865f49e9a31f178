package org.basisar.bar.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;

/**
 * The published networks and how they were trained: network, tokens, objective, schedule and
 * sampler for the options of {@code bar train}. What the paper leaves open is as the public code of
 * xAR and MAR has it.
 *
 * @param mar whether the network is MAR's instead of xAR's
 * @param basis whether a basis is learned
 * @param size of the network
 * @param pixels 256 or 512, the side of the pictures whose latents have 16×16 or 32×32 tokens
 */
record NamedConfiguration(boolean mar, boolean basis, Size size, int pixels) {
  /** Images of an optimiser step. */
  static final int STEP_IMAGES = 2048;

  /** Passes over the data. */
  static final int EPOCHS = 800;

  private static final int WARMUP_EPOCHS = 100;
  private static final int PIXEL_PATCH = 4;

  /** The three sizes. */
  enum Size {
    B(768, 12, 8, 12, 1024, 6, 2.7, 2.9, 64),
    L(1024, 16, 16, 16, 1280, 8, 2.3, 3.0, 32),
    H(1280, 16, 20, 20, 1536, 12, 2.2, 3.2, 16);

    private final int width;
    private final int heads;
    private final int xarLayers;
    private final int marLayers;
    private final int headWidth;
    private final int headLayers;
    private final double xarGuidance;
    private final double marGuidance;
    private final int batch;

    Size(
        int width,
        int heads,
        int xarLayers,
        int marLayers,
        int headWidth,
        int headLayers,
        double xarGuidance,
        double marGuidance,
        int batch) {
      this.width = width;
      this.heads = heads;
      this.xarLayers = xarLayers;
      this.marLayers = marLayers;
      this.headWidth = headWidth;
      this.headLayers = headLayers;
      this.xarGuidance = xarGuidance;
      this.marGuidance = marGuidance;
      this.batch = batch;
    }
  }

  /** All of them, smallest first. */
  static List<NamedConfiguration> all() {
    List<NamedConfiguration> all = new ArrayList<>();
    for (int pixels : new int[] {256, 512}) {
      for (Size size : Size.values()) {
        all.add(new NamedConfiguration(false, true, size, pixels));
        all.add(new NamedConfiguration(false, false, size, pixels));
        all.add(new NamedConfiguration(true, true, size, pixels));
        all.add(new NamedConfiguration(true, false, size, pixels));
      }
    }
    return all;
  }

  /** The configuration of a name. */
  static Optional<NamedConfiguration> of(String name) {
    return all().stream().filter(one -> one.name().equalsIgnoreCase(name.strip())).findFirst();
  }

  /** Network, size and resolution, e.g. {@code bar-b-256}. */
  String name() {
    String network = mar ? basis ? "bar-mar" : "mar" : basis ? "bar" : "xar";
    return network + "-" + size.name().toLowerCase(Locale.ROOT) + "-" + pixels;
  }

  /** Tokens along each side. */
  int grid() {
    return pixels / 16;
  }

  /**
   * Sets what the user did not type, but for what depends on the data's size.
   *
   * @param latents whether the data are latents, of which a token is one place
   */
  void apply(TrainOptions options, boolean latents) {
    set(options, "--model", () -> options.model = model());
    set(options, "--patch", () -> options.data.patch = latents ? 1 : PIXEL_PATCH);
    set(options, "--size", () -> options.data.size = grid() * options.data.patch);
    set(options, "--width", () -> options.width = size.width);
    set(options, "--heads", () -> options.heads = size.heads);
    set(options, "--layers", () -> options.layers = mar ? size.marLayers : size.xarLayers);
    set(options, "--dropout", () -> options.dropout = 0.1);
    set(options, "--learning-rate", () -> options.learningRate = mar ? 8e-4 : 4e-4);
    set(options, "--weight-decay", () -> options.weightDecay = 0.02);
    set(options, "--average-decay", () -> options.averageDecay = 0.9999);
    set(options, "--label-dropout", () -> options.labelDropout = 0.1);
    set(options, "--flip", () -> options.data.flip = true);
    set(options, "--transform", () -> options.transform = transform());
    set(options, "--sampler-steps", () -> options.sampler.steps = mar ? 100 : 50);
    set(
        options,
        "--guidance",
        () -> options.sampler.guidance = mar ? size.marGuidance : size.xarGuidance);
    if (mar) {
      set(options, "--buffer", () -> options.mar.buffer = 64);
      set(options, "--head-width", () -> options.mar.headWidth = size.headWidth);
      set(options, "--head-layers", () -> options.mar.headLayers = size.headLayers);
      set(options, "--diffusion-batch-multiplier", () -> options.mar.multiplier = 4);
      // The paper's number; the authors' own figures are at one token an iteration.
      set(options, "--iterations", () -> options.mar.iterations = 64);
      if (latents) {
        set(options, "--clip-denoised", () -> options.mar.clip = 0.0);
      }
    }
    divide(options);
  }

  private TrainOptions.Backbone model() {
    return mar ? TrainOptions.Backbone.MAR : TrainOptions.Backbone.XAR;
  }

  private TransformKind transform() {
    return basis ? TransformKind.LEARNED : TransformKind.XAR;
  }

  /** Micro-batches that add up to a step. */
  private void divide(TrainOptions options) {
    boolean batchTyped = options.typed("--batch");
    if (options.typed("--accumulation")) {
      if (!batchTyped) {
        require(options, "--accumulation", options.accumulation);
        options.batch = STEP_IMAGES / options.accumulation;
      }
      return;
    }
    if (batchTyped) {
      require(options, "--batch", options.batch);
    } else {
      options.batch = Math.max(1, pixels == 256 ? size.batch : size.batch / 4);
    }
    options.accumulation = STEP_IMAGES / options.batch;
  }

  private void require(TrainOptions options, String option, int value) {
    if (value < 1 || STEP_IMAGES % value != 0) {
      throw options.usage(
          option
              + " "
              + value
              + " does not divide the "
              + STEP_IMAGES
              + " images of a step of "
              + name()
              + "; give a power of two up to "
              + STEP_IMAGES
              + ", or both --batch and --accumulation");
    }
  }

  /** Turns epochs into steps, for data of so many images. */
  void schedule(TrainOptions options, int images) {
    long stepsPerEpoch =
        Math.max(1, images / Math.max(1, (long) options.batch * options.accumulation));
    set(
        options,
        "--schedule",
        () ->
            options.schedule = mar ? RunConfig.Schedule.CONSTANT : RunConfig.Schedule.LATE_COSINE);
    set(options, "--steps", () -> options.steps = EPOCHS * stepsPerEpoch);
    set(options, "--warmup", () -> options.warmup = WARMUP_EPOCHS * stepsPerEpoch);
  }

  private static void set(TrainOptions options, String option, Runnable setting) {
    if (!options.typed(option)) {
      setting.run();
    }
  }
}
