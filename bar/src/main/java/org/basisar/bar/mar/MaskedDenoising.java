package org.basisar.bar.mar;

import java.util.SplittableRandom;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * Masked tokens as the network restores them in one step from noisy ones: what its predictions are
 * worth in tokens, where the training loss counts noise.
 */
public final class MaskedDenoising implements AutoCloseable {
  /**
   * Greatest share of noise. Beyond it the division by the signal's share turns hardly visible
   * errors of the predicted noise into any number of the token: at the last step, 20,291 times
   * larger ones.
   */
  private static final double MOST_NOISE = 0.9;

  private final DiffusionSchedule schedule = DiffusionSchedule.cosine();
  private final DiffusionLoss diffusion;

  /** For tensors of a dtype. */
  public MaskedDenoising(DType dtype) {
    diffusion = new DiffusionLoss(dtype);
  }

  /**
   * Draws one diffusion step per row: the one whose noise and signal are closest to being mixed as
   * t to 1 − t, for t uniform in [0, 0.9]. So noise is as strong as it is for flow matching.
   *
   * @return [rows]
   */
  public int[] drawSteps(SplittableRandom random, int rows) {
    int[] steps = new int[rows];
    for (int row = 0; row < rows; row++) {
      double share = MOST_NOISE * random.nextDouble();
      steps[row] = schedule.closest(share / (1 - share));
    }
    return steps;
  }

  /**
   * Restores the masked tokens; the others stay.
   *
   * @param y clean tokens in the basis [B, N, C]
   * @param labels I32 [B]
   * @param noise [B·masked, C]
   * @param step I32 [B·masked]
   * @return [B, N, C]
   */
  public Tensor restored(
      MarModel model, Tensor y, Tensor labels, MaskTensors mask, Tensor noise, Tensor step) {
    int count = y.shape().dim(0) * y.shape().dim(1);
    Tensor tokens = y.reshape(count, y.shape().dim(2));
    Tensor conditions =
        model
            .conditions(y, labels, mask.keptRows(), mask.restoredRows())
            .reshape(count, model.config().width());
    DiffusionLoss.Losses losses =
        diffusion.of(
            model.head(),
            Ops.embedding(tokens, mask.maskedRows()),
            noise,
            step,
            Ops.embedding(conditions, mask.maskedRows()));
    return mask.replace(tokens, diffusion.restored(losses, step)).reshape(y.shape().dims());
  }

  @Override
  public void close() {
    diffusion.close();
  }
}
