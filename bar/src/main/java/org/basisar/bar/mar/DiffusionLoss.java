package org.basisar.bar.mar;

import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * The loss of the denoising network: squared error of the noise, plus the variational bound, which
 * teaches the variance alone. Token by token; masked tokens count.
 */
public final class DiffusionLoss implements AutoCloseable {
  /** Half a bin of a picture of 256 levels in [-1, 1], by which the last step is discretised. */
  private static final double HALF_BIN = 1.0 / 255;

  private static final double END_BINS = 0.999;
  private static final double LEAST_PROBABILITY = 1e-12;

  private final Tensor table; // [1000, 8]

  /** The loss for tensors of a dtype. */
  public DiffusionLoss(DType dtype) {
    DiffusionSchedule schedule = DiffusionSchedule.cosine();
    table =
        Scope.outside(
            () -> Tensor.of(dtype, schedule.table(), schedule.steps(), DiffusionSchedule.COLUMNS));
  }

  /**
   * Losses of single tokens.
   *
   * @param squaredError of the noise, [R]
   * @param bound the variational bound in bits per number, [R]
   * @param output of the network, [R, 2C]
   * @param noisy what the network saw, [R, C]
   */
  public record Losses(Tensor squaredError, Tensor bound, Tensor output, Tensor noisy) {
    /** (Σ mask·(squared error + bound)) / Σ mask, a scalar; mask is [R] of 0 and 1. */
    public Tensor masked(Tensor mask) {
      Tensor total = Ops.sum(Ops.mul(Ops.add(squaredError, bound), mask));
      return Ops.div(total, Ops.sum(mask));
    }
  }

  /**
   * Computes both parts.
   *
   * @param clean tokens [R, C]; gradients flow to them through what the network sees
   * @param noise [R, C]
   * @param step I32 [R], 0 to 999
   * @param condition [R, D]
   */
  public Losses of(
      DiffusionNetwork network, Tensor clean, Tensor noise, Tensor step, Tensor condition) {
    int rows = clean.shape().dim(0);
    DType dtype = clean.dtype();
    Tensor[] columns = Ops.split(Ops.embedding(table, step), 1, DiffusionSchedule.COLUMNS);
    Tensor noisy = Ops.add(Ops.mul(columns[0], clean), Ops.mul(columns[1], noise));
    Tensor time = Ops.cast(step, dtype);
    Tensor output = network.forward(noisy, time, condition);
    Tensor[] halves = Ops.split(output, 1, 2);
    Tensor squaredError = Ops.mean(Ops.square(Ops.sub(noise, halves[0])), 1);
    // The bound trains the variance only: everything else in it is held.
    Tensor heldClean = clean.detach();
    Tensor heldNoisy = noisy.detach();
    Tensor predicted =
        Ops.sub(Ops.mul(columns[6], heldNoisy), Ops.mul(columns[7], halves[0].detach()));
    Tensor mean = posteriorMean(columns, predicted, heldNoisy);
    Tensor share = Ops.affine(halves[1], 0.5, 0.5);
    Tensor spread = Ops.sub(columns[5], columns[4]); // log β − log β̃, [R, 1]
    Tensor logVariance = Ops.add(Ops.mul(share, spread), columns[4]);
    Tensor divergence =
        divergence(posteriorMean(columns, heldClean, heldNoisy), columns[4], mean, logVariance);
    Tensor surprise = surprise(heldClean, mean, Ops.scale(logVariance, 0.5));
    Tensor zero = Ops.fillLike(time, 0);
    Tensor first = Ops.compare(CompareKind.EQUAL, time, zero);
    Tensor bound =
        Ops.where(
            first,
            Ops.scale(Ops.mean(surprise, 1), 1 / Math.log(2)),
            Ops.scale(Ops.mean(divergence, 1), 1 / Math.log(2)));
    return new Losses(squaredError, bound.reshape(rows), output, noisy);
  }

  private static Tensor posteriorMean(Tensor[] columns, Tensor clean, Tensor noisy) {
    return Ops.add(Ops.mul(columns[2], clean), Ops.mul(columns[3], noisy));
  }

  /** Kullback–Leibler divergence of two normal distributions, [R, C]. */
  private static Tensor divergence(
      Tensor mean, Tensor logVariance, Tensor otherMean, Tensor otherLogVariance) {
    Tensor logRatio = Ops.sub(otherLogVariance, logVariance);
    Tensor apart = Ops.square(Ops.sub(mean, otherMean));
    Tensor terms =
        Ops.add(
            Ops.add(logRatio, Ops.exp(Ops.neg(logRatio))),
            Ops.mul(apart, Ops.exp(Ops.neg(otherLogVariance))));
    return Ops.affine(terms, 0.5, -0.5);
  }

  /** Minus the logarithm of the probability of the bin that the clean number lies in, [R, C]. */
  private static Tensor surprise(Tensor clean, Tensor mean, Tensor logDeviation) {
    Tensor scale = Ops.exp(Ops.neg(logDeviation));
    Tensor centred = Ops.sub(clean, mean);
    Tensor upper = cumulative(Ops.mul(scale, Ops.affine(centred, 1, HALF_BIN)));
    Tensor lower = cumulative(Ops.mul(scale, Ops.affine(centred, 1, -HALF_BIN)));
    Tensor inside = logOf(Ops.sub(upper, lower));
    Tensor leftEnd = logOf(upper);
    Tensor rightEnd = logOf(Ops.affine(lower, -1, 1));
    Tensor atLeft = Ops.compare(CompareKind.LESS, clean, Ops.fillLike(clean, -END_BINS));
    Tensor atRight = Ops.compare(CompareKind.GREATER, clean, Ops.fillLike(clean, END_BINS));
    return Ops.neg(Ops.where(atLeft, leftEnd, Ops.where(atRight, rightEnd, inside)));
  }

  private static Tensor logOf(Tensor probability) {
    return Ops.log(Ops.clamp(probability, LEAST_PROBABILITY, Double.MAX_VALUE));
  }

  /** The tanh approximation of the normal distribution, as in the public code. */
  private static Tensor cumulative(Tensor x) {
    Tensor cubic = Ops.mul(x, Ops.affine(Ops.square(x), 0.044715, 1));
    return Ops.affine(Ops.tanh(Ops.scale(cubic, Math.sqrt(2 / Math.PI))), 0.5, 0.5);
  }

  /**
   * The clean tokens that predicted noise stands for (paper eq. 12), [R, C].
   *
   * @param step that the losses were computed with, I32 [R]
   */
  public Tensor restored(Losses losses, Tensor step) {
    Tensor[] columns = Ops.split(Ops.embedding(table, step), 1, DiffusionSchedule.COLUMNS);
    Tensor predicted = Ops.split(losses.output(), 1, 2)[0];
    return Ops.sub(Ops.mul(columns[6], losses.noisy()), Ops.mul(columns[7], predicted));
  }

  /** √(ᾱ/(1−ᾱ)), which makes an error of a restored token one of the noise, [R, 1]. */
  public Tensor weightRoot(Tensor step) {
    Tensor[] columns = Ops.split(Ops.embedding(table, step), 1, DiffusionSchedule.COLUMNS);
    return Ops.div(columns[0], columns[1]);
  }

  /** Draws steps 0 to 999 from uniform numbers [R]. */
  public static Tensor steps(Tensor uniform) {
    Tensor scaled = Ops.scale(uniform, DiffusionSchedule.STEPS);
    return Ops.cast(Ops.clamp(Ops.trunc(scaled), 0, DiffusionSchedule.STEPS - 1), DType.I32);
  }

  @Override
  public void close() {
    table.close();
  }
}
