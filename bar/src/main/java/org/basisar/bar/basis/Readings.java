package org.basisar.bar.basis;

/**
 * How the questions are answered that the paper leaves open. Every component is a switch of {@code
 * bar train}; {@link #recommended()} holds the defaults.
 *
 * <p>Two questions have one answer only, because the other readings of Algorithm 1 do not fit its
 * own equations:
 *
 * <ul>
 *   <li><b>Orientation.</b> Algorithm 1 writes {@code y = x @ A} with tokens on the last axis of x,
 *       so that the basis vectors would be columns. Here A holds the basis vectors a_k in its rows
 *       and Y = A·X on the token axis (eq. 4).
 *   <li><b>Prefixes.</b> Algorithm 1's slice of k + 1 coefficients against k basis vectors cannot
 *       be multiplied. Here the k-th reconstruction is the sum over the first k coefficients, for k
 *       = 1 … N (eq. 10).
 * </ul>
 *
 * <p>The other open questions were switches before this record was: {@link Objective.Times}, {@link
 * BasisStart}, the regulariser's weight, the basis' learning rate, and {@link Projection}.
 *
 * @param lossReduction eq. 10 sums, Algorithm 1 takes the mean
 * @param regularizerReduction §3.5 writes a norm, which is a sum; Algorithm 1 takes the mean
 * @param tokenGradient whether gradients reach A through the tokens Y
 * @param projectionEvery optimiser steps from one projection to the next; the paper does not say
 * @param weightDecay of A; the rule by shape would decay it, which pulls singular values below 1
 *     against the regulariser
 * @param norm whether A's gradient counts in the norm that gradients are clipped by
 * @param sampled which A generates: its moving average or the last one
 * @param decoding how coefficients become tokens: §3.1 writes A⁻¹, eqs. 9 and 10 Aᵀ
 */
public record Readings(
    Reduction lossReduction,
    Reduction regularizerReduction,
    TokenGradient tokenGradient,
    int projectionEvery,
    double weightDecay,
    Norm norm,
    Sampled sampled,
    Decoding decoding) {

  /** Over what a loss of one image is taken; over images it is always the mean. */
  public enum Reduction {
    /** The mean over prefixes, tokens and channels; of the regulariser over entries. */
    MEAN,
    /** The sum over them. Adam is blind to a common factor, but not to one of a single part. */
    SUM
  }

  /** The gradient that reaches A through Y: the network's input and the plain loss' target. */
  public enum TokenGradient {
    /** Flows. */
    FULL,
    /**
     * Stops at Y: only the residual loss' reconstruction and the regulariser move A, with the plain
     * loss the regulariser alone.
     */
    STOPPED
  }

  /** The norm that A's gradient is clipped by. */
  public enum Norm {
    /** The global norm over all parameters, A among them. */
    SHARED,
    /** None: A's gradient is not clipped and does not count for the others. */
    APART
  }

  /** Which A generates. */
  public enum Sampled {
    AVERAGED,
    LAST
  }

  /** How coefficients become tokens. Both are the same for an orthogonal A. */
  public enum Decoding {
    /** X = A⁻¹·Y, by LU in fp64. */
    INVERSE,
    /** X = Aᵀ·Y, off by the square of each singular value. */
    TRANSPOSE
  }

  /** Checks ranges. */
  public Readings {
    if (projectionEvery < 1) {
      throw new IllegalArgumentException(
          "the steps from one projection to the next must be at least 1, are " + projectionEvery);
    }
    if (!(weightDecay >= 0 && weightDecay < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "the weight decay of the basis must be finite and not negative, is " + weightDecay);
    }
  }

  /**
   * The answers that are trained with if nothing else is asked for. The regulariser is §3.5's norm:
   * as a mean over N² entries with weight 1 it does not keep A orthogonal.
   */
  public static Readings recommended() {
    return new Readings(
        Reduction.MEAN,
        Reduction.SUM,
        TokenGradient.FULL,
        1,
        0,
        Norm.SHARED,
        Sampled.AVERAGED,
        Decoding.INVERSE);
  }
}
