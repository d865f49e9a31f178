package org.basisar.bar.train;

import java.util.List;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;

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
    XarConfig network,
    Basis basis,
    Training training,
    SamplerSettings sampling,
    long seed) {

  /**
   * The data.
   *
   * @param source as given on the command line
   * @param classNames by label
   * @param flip whether images are mirrored by chance
   */
  public record Data(String source, List<String> classNames, boolean flip) {
    /** Copies the names. */
    public Data {
      classNames = List.copyOf(classNames);
    }
  }

  /**
   * Images and their tokens; see {@link PixelTokens}.
   *
   * @param scale factor on pixels in [-1, 1]
   */
  public record Image(int side, int channels, int patch, double scale) {}

  /** Which matrix rotates the tokens. */
  public enum Transform {
    /** None: plain xAR. */
    XAR,
    /** A learned matrix. */
    LEARNED,
    /** The fixed eigenvectors of the data (paper table 10, offline). */
    PCA,
    /** A fixed random orthogonal matrix. */
    ORTHOGONAL
  }

  /**
   * The basis.
   *
   * @param start first value of a learned matrix
   * @param delta half width of the soft projection's band
   */
  public record Basis(
      Transform transform,
      BasisStart start,
      Objective.Kind objective,
      Objective.Times times,
      double regularizerWeight,
      Projection.Kind projection,
      double delta,
      double rateScale) {
    /** Checks that the objective has a basis to work with. */
    public Basis {
      if (transform == Transform.XAR && objective == Objective.Kind.RESIDUAL) {
        throw new IllegalArgumentException(
            "the residual objective needs a basis; use --objective plain with --transform xar, or"
                + " another transform");
      }
      if (!(regularizerWeight >= 0) || !(rateScale >= 0)) {
        throw new IllegalArgumentException("weights of the basis must not be negative");
      }
    }

    /** Whether A is a parameter. */
    public boolean learned() {
      return transform == Transform.LEARNED;
    }
  }

  /** Shape of the learning rate over the run. */
  public enum Schedule {
    CONSTANT,
    COSINE
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
      double labelDropout) {
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
      require(
          labelDropout >= 0 && labelDropout <= 1,
          "label dropout must be in [0, 1], is " + labelDropout);
      require(
          averageDecay >= 0 && averageDecay < 1,
          "average decay must be in [0, 1), is " + averageDecay);
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new IllegalArgumentException(message);
      }
    }
  }

  /** The tokenizer of this configuration. */
  public PixelTokens tokens() {
    return new PixelTokens(
        image.side(), image.channels(), image.patch(), network.cellsPerSide(), image.scale());
  }
}
