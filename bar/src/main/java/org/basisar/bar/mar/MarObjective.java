package org.basisar.bar.mar;

import java.util.Arrays;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The training objective of a MAR network on transformed tokens Y = A·X: the diffusion loss of the
 * masked tokens. Noise is drawn in the basis; gradients reach A through what the trunk sees and
 * through the noisy tokens.
 *
 * <p>{@link Objective.Times#LOGIT_NORMAL_PER_CELL}, the public code's choice, means for MAR: one
 * uniform step for each masked token and replica. The residual objective (eq. 10) is then taken
 * apart as it is for orthogonal A, Σ(N − l)·‖y_l − ŷ_l‖² + Σ l·‖y_l‖² counted from 0: the errors
 * are weighted by ᾱ/(1 − ᾱ), which makes them errors of the noise, and the energies by 1. With
 * {@link Objective.Times#UNIFORM_PER_IMAGE} it is eq. 10 literally and for any A, with that weight
 * on all of it, and a token that is not masked stands in for its own prediction.
 */
public final class MarObjective implements AutoCloseable {
  private final Objective objective;
  private final DiffusionLoss diffusion;
  private final int multiplier;
  private final Tensor lateness; // [N, 1]: l/N

  /** An objective for tensors of a dtype. */
  public MarObjective(Objective objective, MarSettings settings, DType dtype) {
    this.objective = objective;
    multiplier = settings.diffusionBatchMultiplier();
    diffusion = new DiffusionLoss(dtype);
    int tokens = settings.size().tokens();
    double[] shares = new double[tokens];
    Arrays.setAll(shares, l -> (double) l / tokens);
    lateness = Scope.outside(() -> Tensor.of(dtype, shares, tokens, 1));
  }

  private boolean perImage() {
    return objective.times() == Objective.Times.UNIFORM_PER_IMAGE;
  }

  /**
   * Draws the diffusion steps of a batch.
   *
   * @return I32 [R], R = multiplier·B·masked, replica after replica
   */
  public Tensor drawSteps(Random random, DType dtype, MaskTensors mask) {
    int rows = multiplier * mask.images();
    Shape all = Shape.of(rows, mask.masked());
    Tensor uniform =
        perImage()
            ? Ops.contiguous(Ops.expand(random.uniform(dtype, rows, 1), all))
            : random.uniform(dtype, rows, mask.masked());
    return DiffusionLoss.steps(uniform.reshape(all.size()));
  }

  /** Draws the noise of a batch, [R, C] in the dtype of the tokens [B, N, C]. */
  public Tensor drawNoise(Random random, Tensor tokens, MaskTensors mask) {
    int rows = multiplier * mask.images() * mask.masked();
    return random.normal(tokens.dtype(), rows, tokens.shape().dim(2));
  }

  /**
   * The loss of a batch.
   *
   * @param basis null trains the network on the tokens as they are (plain MAR)
   * @param x clean tokens [B, N, C] in raster order
   * @param labels I32 [B]
   * @param noise [R, C], in the basis, for one or more replicas of the masked tokens
   * @param step I32 [R]
   * @throws IllegalArgumentException if the residual loss is asked for without a basis
   */
  public Objective.Loss loss(
      MarModel model,
      @Nullable LearnedBasis basis,
      Tensor x,
      Tensor labels,
      MaskTensors mask,
      Tensor noise,
      Tensor step) {
    int count = x.shape().dim(0) * x.shape().dim(1);
    Tensor coefficients = basis == null ? x : basis.forward(x);
    Tensor y = objective.given(coefficients);
    Tensor tokens = y.reshape(count, x.shape().dim(2)); // [B·N, C]
    Tensor all =
        model
            .conditions(y, labels, mask.keptRows(), mask.restoredRows())
            .reshape(count, model.config().width());
    // The public code denoises every token and weighs those that are not masked by 0.
    Tensor clean = Ops.embedding(tokens, mask.maskedRows());
    Tensor condition = Ops.embedding(all, mask.maskedRows());
    int replicas = noise.shape().dim(0) / clean.shape().dim(0);
    DiffusionLoss.Losses losses =
        diffusion.of(
            model.head(), repeat(clean, replicas), noise, step, repeat(condition, replicas));
    if (basis == null && objective.kind() == Objective.Kind.RESIDUAL) {
      throw new IllegalArgumentException(
          "the residual objective needs a learned basis; choose the plain objective or a basis");
    }
    Tensor errors =
        switch (objective.kind()) {
          case PLAIN -> Ops.mean(losses.squaredError());
          case RESIDUAL ->
              perImage()
                  ? literal(required(basis), x, tokens, mask, losses, step)
                  : apart(coefficients, mask, replicas, losses);
        };
    Tensor whole = Ops.add(errors, Ops.mean(losses.bound()));
    return objective.whole(whole, basis, x.shape(), losses.output());
  }

  private static Tensor repeat(Tensor x, int replicas) {
    Tensor[] parts = new Tensor[replicas];
    Arrays.fill(parts, x);
    return replicas == 1 ? x : Ops.concat(0, parts);
  }

  private Tensor apart(Tensor y, MaskTensors mask, int replicas, DiffusionLoss.Losses losses) {
    int rows = mask.images() * mask.masked();
    Tensor late = Ops.embedding(lateness, mask.positions()).reshape(rows);
    Tensor weight = repeat(Ops.affine(late, -1, 1), replicas); // (N − l)/N
    Tensor errors = Ops.mean(Ops.mul(losses.squaredError(), weight));
    Tensor energies = Ops.mul(Ops.square(y), lateness.reshape(1, lateness.size(), 1));
    return Ops.add(errors, Ops.mean(energies));
  }

  /** Of the replicas the first is enough: it predicts every masked token. */
  private Tensor literal(
      LearnedBasis basis,
      Tensor x,
      Tensor tokens,
      MaskTensors mask,
      DiffusionLoss.Losses losses,
      Tensor step) {
    int images = mask.images();
    int rows = images * mask.masked();
    Tensor predicted = diffusion.restored(losses, step).slice(0, 0, rows);
    Tensor prediction =
        mask.replace(tokens.detach(), predicted).reshape(x.shape().dims()); // [B, N, C]
    // The weight belongs to an image, and the loss is quadratic: its root may go inside.
    Tensor root = Ops.contiguous(diffusion.weightRoot(step).slice(0, 0, rows));
    Tensor ofImage =
        Ops.contiguous(root.reshape(images, mask.masked()).slice(1, 0, 1)).reshape(images, 1, 1);
    return Ops.residualLoss(
        basis.matrix().tensor(), Ops.mul(x, ofImage), Ops.mul(prediction, ofImage));
  }

  private static LearnedBasis required(@Nullable LearnedBasis basis) {
    if (basis == null) {
      throw new IllegalArgumentException(
          "the residual objective needs a learned basis; choose the plain objective or a basis");
    }
    return basis;
  }

  @Override
  public void close() {
    diffusion.close();
    lateness.close();
  }
}
