package org.basisar.bar.train;

import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Cells;
import org.basisar.nn.Module;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.SingularMatrixException;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The error of reconstructed images that were never trained on, a figure that runs of any basis and
 * any objective can be compared by.
 *
 * <p>Held-out tokens X are transformed, mixed with noise at random times, and given to the network;
 * its clean coefficients ŷ = ε − v̂ are decoded as samples are. The figure is mean (X̂ − X)² over
 * the images' own tokens, which are scaled to unit size: zeros in their place would give about 1.
 * Times are uniform per cell, and like the noise a function of the image's place alone, whatever is
 * trained.
 */
public final class Validation {
  private static final int BATCH = 64;
  private static final long NOISE = 0x76616c6964L;

  private final PixelTokens tokens;
  private final int images;
  private final float[] clean; // [images, N, C]
  private final int[] labels; // [images]

  /**
   * A judge, or null if there is nothing to judge by or the network is none that restores all
   * tokens at once.
   *
   * @param heldOut images that are not trained on, null for none
   */
  public static @Nullable Validation of(RunConfig config, @Nullable ImageData heldOut) {
    return heldOut == null || !(config.network() instanceof XarConfig)
        ? null
        : new Validation(config, heldOut);
  }

  Validation(RunConfig config, ImageData heldOut) {
    tokens = config.tokens();
    images = heldOut.count();
    clean = tokens.sample(heldOut, images);
    labels = new int[images];
    for (int i = 0; i < images; i++) {
      labels[i] = heldOut.label(i);
    }
  }

  /**
   * The error with the weights in use now; not a number if A cannot be inverted.
   *
   * <p>Dropout is off meanwhile.
   */
  public double error(TrainedModel model) {
    Module network = model.network();
    boolean before = network.isTraining();
    network.training(false);
    double sum = 0;
    try (Random random = new Random(NOISE)) {
      for (int first = 0; first < images; first += BATCH) {
        random.seek(first);
        sum += squaredError(model, first, Math.min(BATCH, images - first), random);
      }
    } catch (SingularMatrixException e) {
      return Double.NaN;
    } finally {
      network.training(before);
    }
    return sum / clean.length;
  }

  private double squaredError(TrainedModel model, int first, int count, Random random) {
    int size = tokens.size();
    float[] part = new float[count * size];
    System.arraycopy(clean, first * size, part, 0, part.length);
    int[] wanted = new int[count];
    System.arraycopy(labels, first, wanted, 0, count);
    double[] decoded = model.decode(predict(model, part, wanted, random), count);
    double sum = 0;
    for (int i = 0; i < part.length; i++) {
      double difference = decoded[i] - part[i];
      sum += difference * difference;
    }
    return sum;
  }

  /** The network's clean coefficients [B, N, C]. */
  private double[] predict(TrainedModel model, float[] part, int[] wanted, Random random) {
    if (!(model.network() instanceof XarModel network)) {
      throw new IllegalArgumentException("the validation error is for xAR networks");
    }
    DType dtype = network.dtype();
    int batch = wanted.length;
    int count = tokens.order().tokens();
    Cells cells = network.layout().cells();
    try (Scope _ = Scope.open()) {
      Tensor x = Ops.cast(Tensor.of(part, batch, count, tokens.dimension()), dtype);
      LearnedBasis basis = model.basis();
      Tensor y = basis == null ? x : basis.forward(x);
      Tensor time = random.uniform(dtype, batch, cells.count());
      Tensor noise = random.normal(dtype, y.shape().dims());
      Tensor velocity =
          network.forward(
              Ops.interpolate(y, noise, cells.spread(time)),
              Ops.trunc(Ops.scale(time, 1000)),
              Tensor.of(wanted, batch));
      return Ops.sub(noise, velocity).toDoubles();
    }
  }
}
