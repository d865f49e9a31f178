package org.basisar.bar.train;

import java.util.SplittableRandom;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.mar.MarModel;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.mar.MaskTensors;
import org.basisar.bar.mar.MaskedDenoising;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Cells;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Restores clean coefficients from noisy ones in one evaluation of one kind of network. */
sealed interface Restorer extends AutoCloseable {
  /** What was restored. */
  final class Restored {
    private final double[] coefficients;
    private final double share;

    Restored(double[] coefficients, double share) {
      this.coefficients = coefficients;
      this.share = share;
    }

    /** All coefficients, [B, N', C]. */
    double[] coefficients() {
      return coefficients;
    }

    /** The share of them that the network had to restore, 0 to 1. */
    double share() {
      return share;
    }
  }

  /**
   * Mixes tokens with noise and restores them.
   *
   * @param tokens [B, N, C]
   * @param labels I32 [B]
   * @param random at a place that belongs to these images
   * @param place of the first of them
   */
  Restored restore(Tensor tokens, Tensor labels, Random random, int place);

  @Override
  void close();

  /** A restorer with the network of a model. */
  static Restorer of(RunConfig config, TrainedModel model) {
    if (model.network() instanceof XarModel xar) {
      return new OfXar(xar, model.basis());
    }
    if (model.network() instanceof MarModel mar && config.network() instanceof MarSettings own) {
      return new OfMar(own, mar, model.basis(), new MaskedDenoising(mar.dtype()));
    }
    throw new IllegalArgumentException(
        "there is no validation error for " + model.network().getClass().getSimpleName());
  }

  private static Tensor transformed(Tensor tokens, DType dtype, @Nullable LearnedBasis basis) {
    Tensor x = Ops.cast(tokens, dtype);
    return basis == null ? x : basis.forward(x);
  }

  /** All tokens at once, ŷ = ε − v̂; times are uniform per cell. */
  record OfXar(XarModel network, @Nullable LearnedBasis basis) implements Restorer {
    @Override
    public Restored restore(Tensor tokens, Tensor labels, Random random, int place) {
      try (Scope _ = Scope.open()) {
        DType dtype = network.dtype();
        Cells cells = network.layout().cells();
        Tensor y = transformed(tokens, dtype, basis);
        Tensor time = random.uniform(dtype, y.shape().dim(0), cells.count());
        Tensor noise = random.normal(dtype, y.shape().dims());
        Tensor velocity =
            network.forward(
                Ops.interpolate(y, noise, cells.spread(time)),
                Ops.trunc(Ops.scale(time, 1000)),
                labels);
        return new Restored(Ops.sub(noise, velocity).toDoubles(), 1);
      }
    }

    @Override
    public void close() {}
  }

  /** Masked tokens; as many and as chosen as in training. */
  record OfMar(
      MarSettings settings,
      MarModel network,
      @Nullable LearnedBasis basis,
      MaskedDenoising denoising)
      implements Restorer {
    private static final long MASKS = 0x72657374L;

    @Override
    public Restored restore(Tensor tokens, Tensor labels, Random random, int place) {
      int images = tokens.shape().dim(0);
      SplittableRandom host = new SplittableRandom(BatchSource.mix(MASKS, place));
      int masked = settings.drawMasked(host);
      int[][] orders = new int[images][];
      for (int image = 0; image < images; image++) {
        orders[image] = settings.drawOrder(host);
      }
      try (Scope _ = Scope.open();
          MaskTensors mask = new MaskTensors(settings.size(), images, masked)) {
        mask.set(orders);
        Tensor y = transformed(tokens, network.dtype(), basis);
        Tensor noise = random.normal(y.dtype(), images * masked, y.shape().dim(2));
        int[] steps = denoising.drawSteps(host, images * masked);
        Tensor restored =
            denoising.restored(network, y, labels, mask, noise, Tensor.of(steps, steps.length));
        return new Restored(restored.toDoubles(), (double) masked / settings.size().tokens());
      }
    }

    @Override
    public void close() {
      denoising.close();
    }
  }
}
