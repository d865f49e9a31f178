package org.basisar.bar.basis;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The training objective of a flow network on transformed tokens.
 *
 * <p>Noise is added in the basis: Y_t = (1 − t)·Y + t·ε (eqs. 19, 23). Gradients reach A through
 * the network's input, through the target, and explicitly through the reconstruction of the
 * residual loss; the first two can be stopped.
 *
 * @param kind plain or residual
 * @param times how times are drawn
 * @param regularizerWeight factor on the regulariser, 1 in the paper
 * @param readings reductions and the gradient through the tokens
 */
public record Objective(Kind kind, Times times, double regularizerWeight, Readings readings) {

  /** An objective with the recommended readings. */
  public Objective(Kind kind, Times times, double regularizerWeight) {
    this(kind, times, regularizerWeight, Readings.recommended());
  }

  /** What is minimised (paper table 7). */
  public enum Kind {
    /** mean (Ŷ − Y)², eqs. 8 and 27: the flow loss in the basis. */
    PLAIN,
    /** mean over prefixes of (X − Σ_{l≤k} ŷ_l a_l)², eq. 10. */
    RESIDUAL
  }

  /** How times are drawn. */
  public enum Times {
    /** sigmoid of a normal number, one per image and cell (the public xAR code). */
    LOGIT_NORMAL_PER_CELL,
    /** One uniform number per image (the paper's Algorithm 1). */
    UNIFORM_PER_IMAGE
  }

  /** The velocity network as the objective sees it. */
  @FunctionalInterface
  public interface Network {
    /**
     * Predicts noise − tokens.
     *
     * @param noisy [B, N, C]
     * @param timeIndex trunc(1000·t), [B, cells]
     */
    Tensor velocity(Tensor noisy, Tensor timeIndex);

    /**
     * Times of cells made times of runs of equally many positions, for cells that are not equal.
     *
     * @param time [B, cells]
     * @return [B, G] with G dividing the positions
     */
    default Tensor spread(Tensor time) {
      return time;
    }
  }

  /**
   * The parts of a loss, all scalars but the last. Whatever is minimised, objective and regulariser
   * are told as means.
   *
   * @param total what is minimised
   * @param objective plain or residual loss, a mean
   * @param regularizer mean (A·Aᵀ − I)², null without a learned basis
   * @param velocity the network's prediction [B, N, C]
   */
  public record Loss(
      Tensor total, Tensor objective, @Nullable Tensor regularizer, Tensor velocity) {}

  /** Draws times [B, cells]. */
  public Tensor drawTimes(Random random, DType dtype, int batch, int cells) {
    return switch (times) {
      case LOGIT_NORMAL_PER_CELL -> Ops.sigmoid(random.normal(dtype, batch, cells));
      case UNIFORM_PER_IMAGE ->
          Ops.contiguous(Ops.expand(random.uniform(dtype, batch, 1), Shape.of(batch, cells)));
    };
  }

  /**
   * The loss of a batch.
   *
   * @param basis null trains the network on the tokens as they are (plain xAR)
   * @param x clean tokens [B, N, C] in sequence order
   * @param noise standard normal [B, N', C], in the basis
   * @param time [B, cells]
   * @throws IllegalArgumentException if the residual loss is asked for without a basis
   */
  public Loss loss(
      Network network, @Nullable LearnedBasis basis, Tensor x, Tensor noise, Tensor time) {
    return loss(network, basis, null, x, noise, time);
  }

  /**
   * The loss of a batch whose coefficients have changed places, as RAR has it.
   *
   * @param order I32 [N'], for each place of the sequence the row of A that is there; null leaves
   *     the rows where they are
   */
  public Loss loss(
      Network network,
      @Nullable LearnedBasis basis,
      @Nullable Tensor order,
      Tensor x,
      Tensor noise,
      Tensor time) {
    Tensor a = basis == null ? null : rows(basis, order);
    Tensor spread = network.spread(time);
    LearnedBasis.Coefficients noised =
        a == null
            ? new LearnedBasis.Coefficients(x, Ops.interpolate(x, noise, spread))
            : coefficients(a, x, noise, spread);
    if (a != null && kind == Kind.RESIDUAL) {
      // Neither the residual loss nor any gradient reads Y again: its memory serves the network.
      noised.clean().close();
    }
    Tensor timeIndex = Ops.trunc(Ops.scale(time, 1000));
    Tensor velocity = network.velocity(noised.noisy(), timeIndex);
    Tensor objective =
        switch (kind) {
          case PLAIN -> Ops.mean(Ops.square(Ops.sub(velocity, Ops.sub(noise, noised.clean()))));
          case RESIDUAL -> residual(a, x, Ops.sub(noise, velocity));
        };
    return whole(objective, basis, noised.clean().shape(), velocity);
  }

  private LearnedBasis.Coefficients coefficients(Tensor a, Tensor x, Tensor noise, Tensor time) {
    LearnedBasis.Coefficients both = LearnedBasis.noised(a, x, noise, time);
    return stopped()
        ? new LearnedBasis.Coefficients(both.clean().detach(), both.noisy().detach())
        : both;
  }

  /**
   * A loss from a plain or residual one by the readings' reductions.
   *
   * @param objective a mean
   * @param tokens [B, N', C]
   * @param prediction of the network
   */
  public Loss whole(
      Tensor objective, @Nullable LearnedBasis basis, Shape tokens, Tensor prediction) {
    double factor = lossFactor(tokens.dim(1), tokens.dim(2));
    Tensor reduced = factor == 1 ? objective : Ops.scale(objective, factor);
    if (basis == null || !basis.learned()) {
      return new Loss(reduced, objective, null, prediction);
    }
    Tensor regularizer = basis.regularizer();
    Tensor total = Ops.add(reduced, Ops.scale(regularizer, regularizerFactor(tokens.dim(1))));
    return new Loss(total, objective, regularizer, prediction);
  }

  private boolean stopped() {
    return readings.tokenGradient() == Readings.TokenGradient.STOPPED;
  }

  /** Tokens Y = A·X as the network is given them: with the gradient to A, or without. */
  public Tensor given(Tensor y) {
    return stopped() ? y.detach() : y;
  }

  /**
   * What is minimised, from its parts as they are told.
   *
   * @param objective a mean
   * @param regularizer a mean
   * @param tokens N', coefficients of an image
   * @param dimension C
   */
  public double total(double objective, double regularizer, int tokens, int dimension) {
    return lossFactor(tokens, dimension) * objective + regularizerFactor(tokens) * regularizer;
  }

  private double lossFactor(int tokens, int dimension) {
    double entries = (double) tokens * dimension;
    return switch (readings.lossReduction()) {
      case MEAN -> 1;
      case SUM -> kind == Kind.PLAIN ? entries : tokens * entries;
    };
  }

  private double regularizerFactor(int tokens) {
    return switch (readings.regularizerReduction()) {
      case MEAN -> regularizerWeight;
      case SUM -> regularizerWeight * tokens * tokens;
    };
  }

  private static Tensor rows(LearnedBasis basis, @Nullable Tensor order) {
    Tensor a = basis.matrix().tensor();
    return order == null ? a : Ops.gather(a, 0, order);
  }

  private static Tensor residual(@Nullable Tensor a, Tensor x, Tensor prediction) {
    if (a == null) {
      throw new IllegalArgumentException(
          "the residual objective needs a basis; choose the plain objective or a basis");
    }
    return Ops.residualLoss(a, x, prediction);
  }
}
