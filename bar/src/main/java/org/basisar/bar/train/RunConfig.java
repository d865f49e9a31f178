package org.basisar.bar.train;

import java.util.List;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.SequenceLayout;
import org.basisar.bar.xar.XarConfig;
import org.basisar.nn.AdamW;
import org.basisar.nn.LearningRate;
import org.basisar.tensor.DType;

/**
 * Everything that decides a run's numbers; kept in the run folder as {@code config.json}.
 *
 * @param data where images come from
 * @param image what they look like
 * @param network size of the network
 * @param basis the transform and how it is trained
 * @param training the optimisation
 * @param sampling defaults of the sampler
 * @param seed of initial values, data order and noise
 */
public record RunConfig(
    Data data,
    Image image,
    NetworkConfig network,
    Basis basis,
    Training training,
    SamplerSettings sampling,
    long seed) {
  private static final int MOST_TOKENS = 1 << 14;

  /** Checks that the parts fit together and that no tensor gets out of hand. */
  public RunConfig {
    require(
        image.side == network.gridSide() * image.patch,
        "images of "
            + image.side
            + " pixels in patches of "
            + image.patch
            + " do not make a grid of "
            + network.gridSide()
            + " tokens along each side");
    require(
        network.tokenDimension() == image.patch * image.patch * image.channels,
        "patches of "
            + image.patch
            + " pixels and "
            + image.channels
            + " channels do not make tokens of "
            + network.tokenDimension()
            + " numbers");
    require(
        network.classes() == data.classNames.size(),
        "the network has " + network.classes() + " classes, the data " + data.classNames.size());
    network.checkSampling(sampling.steps(), sampling.guidanceScale());
    require(
        network instanceof XarConfig
            || (basis.transform.square() && basis.transform != TransformKind.RAR),
        "--transform "
            + basis.transform.label()
            + " changes the sequence, which only the xar network can follow; choose another"
            + " transform or --model xar");
    basis.first().rows(network.gridSide()); // refuses grids that do not suit the transform
    long tokens = (long) network.gridSide() * network.gridSide();
    long count = Math.max(tokens, basis.transform.rows(network.gridSide()));
    require(
        count <= MOST_TOKENS,
        count
            + " tokens are more than the "
            + MOST_TOKENS
            + " that fit; choose larger patches or smaller images");
    long widest = Math.max(3L * network.width(), network.tokenDimension());
    require(
        training.batch * count * widest <= Integer.MAX_VALUE,
        "a batch of "
            + training.batch
            + " images of "
            + count
            + " positions at width "
            + network.width()
            + " is too large for one tensor; lower the batch and raise the accumulation");
  }

  /**
   * The data.
   *
   * @param source as given on the command line
   * @param classNames by label
   * @param flip whether images are mirrored by chance
   * @param heldOut images that are not trained on but judged by, if there are enough
   */
  public record Data(String source, List<String> classNames, boolean flip, int heldOut) {
    /** Data of which all is trained on. */
    public Data(String source, List<String> classNames, boolean flip) {
      this(source, classNames, flip, 0);
    }

    /** Checks the number and copies the names. */
    public Data {
      require(heldOut >= 0, "the number of images held out must not be negative, is " + heldOut);
      classNames = List.copyOf(classNames);
    }
  }

  /**
   * Images, or latents of pictures, and their tokens; see {@link PixelTokens}.
   *
   * @param scale factor on pixels in [-1, 1], or on latents
   * @param latents how latents become pictures
   */
  public record Image(int side, int channels, int patch, double scale, Latents latents) {
    /** Images that are pictures. */
    public Image(int side, int channels, int patch, double scale) {
      this(side, channels, patch, scale, Latents.NONE);
    }

    /** Height and width of the pictures that one sees. */
    public int pictureSide() {
      return latents.present() ? latents.side() : side;
    }

    /** Channels of the pictures that one sees. */
    public int pictureChannels() {
      return latents.present() ? 3 : channels;
    }

    /** Checks ranges. */
    public Image {
      require(
          side >= 1 && channels >= 1 && patch >= 1,
          "side, channels and patch must be at least 1, are "
              + side
              + ", "
              + channels
              + " and "
              + patch);
      require(scale > 0 && Double.isFinite(scale), "scale must be positive, is " + scale);
    }
  }

  /**
   * What decodes latents.
   *
   * @param side of the pictures, in pixels; 0 where images are pictures
   * @param weights the autoencoder's file
   * @param checksum of its weights
   */
  public record Latents(int side, String weights, String checksum) {
    /** Of images that are pictures. */
    public static final Latents NONE = new Latents(0, "", "");

    /** Whether there are any. */
    public boolean present() {
      return side != 0;
    }
  }

  /**
   * The basis.
   *
   * @param transform which matrix is applied to the tokens; none for xar, a trained one for learned
   * @param start first value of a learned matrix
   * @param delta half width of the soft projection's band
   * @param readings answers to what the paper leaves open
   * @param lostShare share of the images' energy that a fixed matrix loses, measured on the data
   *     when the run was started
   */
  public record Basis(
      TransformKind transform,
      BasisStart start,
      Objective.Kind objective,
      Objective.Times times,
      double regularizerWeight,
      Projection.Kind projection,
      double delta,
      double rateScale,
      Readings readings,
      double lostShare) {
    /** A basis with the recommended readings that loses nothing. */
    public Basis(
        TransformKind transform,
        BasisStart start,
        Objective.Kind objective,
        Objective.Times times,
        double regularizerWeight,
        Projection.Kind projection,
        double delta,
        double rateScale) {
      this(
          transform,
          start,
          objective,
          times,
          regularizerWeight,
          projection,
          delta,
          rateScale,
          Readings.recommended());
    }

    /** A basis that loses nothing. */
    public Basis(
        TransformKind transform,
        BasisStart start,
        Objective.Kind objective,
        Objective.Times times,
        double regularizerWeight,
        Projection.Kind projection,
        double delta,
        double rateScale,
        Readings readings) {
      this(
          transform,
          start,
          objective,
          times,
          regularizerWeight,
          projection,
          delta,
          rateScale,
          readings,
          0);
    }

    /** Checks that the objective has a basis to work with. */
    public Basis {
      if (transform == TransformKind.XAR && objective == Objective.Kind.RESIDUAL) {
        throw new IllegalArgumentException(
            "the residual objective needs a basis; use --objective plain with --transform xar, or"
                + " another transform");
      }
      require(
          objective == Objective.Kind.PLAIN || transform.square(),
          "the residual objective decodes by Aᵀ and needs as many coefficients as tokens; use"
              + " --objective plain with --transform "
              + transform.label());
      requireWeight("the regularizer", regularizerWeight);
      requireWeight("the basis rate", rateScale);
      require(delta >= 0 && delta < 1, "delta must be in [0, 1), is " + delta);
      require(lostShare >= 0 && lostShare <= 1, "lostShare must be in [0, 1], is " + lostShare);
      // Refuses the soft projection onto a band without width.
      new Projection(projection, delta);
    }

    /** The same with another transform, of which no loss is known. */
    public Basis withTransform(TransformKind other) {
      return with(other, start, objective, projection, 0);
    }

    /** The same with another first value of A. */
    public Basis withStart(BasisStart other) {
      return with(transform, other, objective, projection, lostShare);
    }

    /** The same with another loss. */
    public Basis withObjective(Objective.Kind other) {
      return with(transform, start, other, projection, lostShare);
    }

    /** The same with another projection. */
    public Basis withProjection(Projection.Kind other) {
      return with(transform, start, objective, other, lostShare);
    }

    /** The same, known to lose this share of the images' energy. */
    private Basis withLostShare(double share) {
      return with(transform, start, objective, projection, share);
    }

    private Basis with(
        TransformKind otherTransform,
        BasisStart otherStart,
        Objective.Kind otherObjective,
        Projection.Kind otherProjection,
        double otherShare) {
      return new Basis(
          otherTransform,
          otherStart,
          otherObjective,
          times,
          regularizerWeight,
          otherProjection,
          delta,
          rateScale,
          readings,
          otherShare);
    }

    /** What is minimised. */
    public Objective loss() {
      return new Objective(objective, times, regularizerWeight, readings);
    }

    /** Whether A is a parameter. */
    public boolean learned() {
      return transform == TransformKind.LEARNED;
    }

    /** Whether there is a matrix at all. */
    public boolean present() {
      return transform != TransformKind.XAR;
    }

    /** The matrix that A is, or starts as, before the first step. */
    public TransformKind first() {
      if (!learned()) {
        return transform;
      }
      // On a sequence in cell order xAR's permutation is the identity.
      return start == BasisStart.IDENTITY ? TransformKind.XAR : TransformKind.valueOf(start.name());
    }
  }

  /** Shape of the learning rate over the run. */
  public enum Schedule {
    CONSTANT,
    COSINE,
    /** Constant for three quarters of the run, then a half cosine, as in the public xAR code. */
    LATE_COSINE
  }

  /** What products and attention round their operands to; all else is fp32. */
  public enum Precision {
    FP32(DType.F32),
    BF16(DType.BF16);

    private final DType products;

    Precision(DType products) {
      this.products = products;
    }

    /** The dtype of their operands. */
    public DType products() {
      return products;
    }
  }

  /**
   * The optimisation.
   *
   * @param steps optimiser steps
   * @param batch images per micro-batch
   * @param accumulation micro-batches per optimiser step
   * @param learningRate greatest rate
   * @param floor rate that the cosine ends at
   * @param warmup steps of linear rise
   * @param averageDecay decay of the weights' moving average
   * @param labelDropout probability of training an image without its label
   * @param precision what products and attention round their operands to
   */
  public record Training(
      long steps,
      int batch,
      int accumulation,
      double learningRate,
      double floor,
      long warmup,
      Schedule schedule,
      double weightDecay,
      double beta1,
      double beta2,
      double maxNorm,
      double averageDecay,
      double labelDropout,
      Precision precision) {
    /** Checks ranges. */
    public Training {
      require(steps >= 1, "steps must be at least 1, are " + steps);
      require(batch >= 1, "batch must be at least 1, is " + batch);
      require(accumulation >= 1, "accumulation must be at least 1, is " + accumulation);
      require(
          learningRate > 0 && learningRate < 10,
          "learning rate must be positive and below 10, is " + learningRate);
      require(
          floor >= 0 && floor <= learningRate,
          "the floor " + floor + " must lie between 0 and the learning rate " + learningRate);
      require(warmup >= 0, "warm-up must not be negative, is " + warmup);
      requireWeight("the weight decay", weightDecay);
      require(
          beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1,
          "both betas must be in [0, 1), are " + beta1 + " and " + beta2);
      require(maxNorm > 0, "the greatest gradient norm must be positive, is " + maxNorm);
      require(
          labelDropout >= 0 && labelDropout <= 1,
          "label dropout must be in [0, 1], is " + labelDropout);
      require(
          averageDecay >= 0 && averageDecay < 1,
          "average decay must be in [0, 1), is " + averageDecay);
    }

    /** The same with another number of steps. */
    public Training withSteps(long other) {
      return with(other, batch, accumulation);
    }

    private Training with(long otherSteps, int otherBatch, int otherAccumulation) {
      return new Training(
          otherSteps,
          otherBatch,
          otherAccumulation,
          learningRate,
          floor,
          warmup,
          schedule,
          weightDecay,
          beta1,
          beta2,
          maxNorm,
          averageDecay,
          labelDropout,
          precision);
    }

    /** The learning rate of every step. */
    public LearningRate rates() {
      return switch (schedule) {
        case CONSTANT -> LearningRate.warmup(learningRate, warmup);
        case COSINE -> LearningRate.cosine(learningRate, Math.min(warmup, steps), steps, floor);
        case LATE_COSINE -> {
          long decay = steps * 3 / 4;
          yield LearningRate.warmupConstantCosine(
              learningRate, Math.min(warmup, decay), decay, steps, floor);
        }
      };
    }

    /** The optimiser's settings. */
    public AdamW.Settings optimizer() {
      return new AdamW.Settings(beta1, beta2, 1e-8, maxNorm, averageDecay);
    }
  }

  /** The same run with another number of steps. */
  public RunConfig withSteps(long steps) {
    return new RunConfig(data, image, network, basis, training.withSteps(steps), sampling, seed);
  }

  /** The same run with other micro-batches. */
  public RunConfig withBatch(int batch, int accumulation) {
    Training other = training.with(training.steps, batch, accumulation);
    return new RunConfig(data, image, network, basis, other, sampling, seed);
  }

  /** The same run, its transform known to lose this share of the images' energy. */
  public RunConfig withLostShare(double share) {
    return new RunConfig(
        data, image, network, basis.withLostShare(share), training, sampling, seed);
  }

  /** The same run with the autoencoder's file in another place. */
  public RunConfig withWeights(String file) {
    Latents moved = new Latents(image.latents.side, file, image.latents.checksum);
    Image other = new Image(image.side, image.channels, image.patch, image.scale, moved);
    return new RunConfig(data, other, network, basis, training, sampling, seed);
  }

  /** The same run with another basis. */
  public RunConfig withBasis(Basis other) {
    return new RunConfig(data, image, network, other, training, sampling, seed);
  }

  /** The same run with another network. */
  public RunConfig withNetwork(NetworkConfig other) {
    return new RunConfig(data, image, other, basis, training, sampling, seed);
  }

  /** The same run with another seed. */
  public RunConfig withSeed(long other) {
    return new RunConfig(data, image, network, basis, training, sampling, other);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new IllegalArgumentException(message);
    }
  }

  private static void requireWeight(String name, double value) {
    require(
        value >= 0 && Double.isFinite(value),
        name + " must be finite and not negative, is " + value);
  }

  /** The tokenizer of this configuration. */
  public PixelTokens tokens() {
    return new PixelTokens(
        image.side(), image.channels(), image.patch(), network.cellsPerSide(), image.scale());
  }

  /** The sequence that the network generates. */
  public SequenceLayout layout() {
    return TransformLayout.of(basis.transform, tokens().order());
  }
}
