package org.basisar.bar.train;

import java.util.Arrays;
import org.basisar.bar.data.ImageData;
import org.basisar.nn.Module;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.SingularMatrixException;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The error of reconstructed images that were never trained on, a figure that runs of any basis and
 * any objective can be compared by, if their networks are of one kind.
 *
 * <p>Held-out tokens X are transformed, mixed with noise at random times, and given to the network;
 * its clean coefficients ŷ are decoded as samples are. For xAR, ŷ = ε − v̂, and the figure is mean
 * (X̂ − X)² over the images' own tokens, which are scaled to unit size: zeros in their place would
 * give about 1. Times are uniform per cell. For MAR each image has its own mask, as in training;
 * the masked coefficients are restored from times of {@link MaskedDenoising}, the others kept, and
 * the mean is taken over as many tokens as were masked.
 *
 * <p>Masks, times and noise are functions of the image's place alone, whatever is trained.
 */
public final class Validation {
  private static final int BATCH = 64;
  private static final long NOISE = 0x76616c6964L;

  private final RunConfig config;
  private final int images;
  private final float[] clean; // [images, N, C]
  private final int[] labels; // [images]

  /**
   * A judge, or null if there is nothing to judge by.
   *
   * @param heldOut images that are not trained on, null for none
   */
  public static @Nullable Validation of(RunConfig config, @Nullable ImageData heldOut) {
    return heldOut == null ? null : new Validation(config, heldOut);
  }

  Validation(RunConfig config, ImageData heldOut) {
    this.config = config;
    images = heldOut.count();
    clean = config.tokens().sample(heldOut, images);
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
    double restored = 0; // numbers
    try (Random random = new Random(NOISE);
        Restorer restorer = Restorer.of(config, model)) {
      for (int first = 0; first < images; first += BATCH) {
        random.seek(first);
        float[] part = part(first);
        int[] wanted = Arrays.copyOfRange(labels, first, Math.min(first + BATCH, images));
        Restorer.Restored batch = restore(restorer, part, wanted, random, first);
        sum += squaredError(model.decode(batch.coefficients(), wanted.length), part);
        restored += batch.share() * part.length;
      }
    } catch (SingularMatrixException e) {
      return Double.NaN;
    } finally {
      network.training(before);
    }
    return sum / restored;
  }

  private float[] part(int first) {
    int size = config.tokens().size();
    return Arrays.copyOfRange(clean, first * size, Math.min(first + BATCH, images) * size);
  }

  private Restorer.Restored restore(
      Restorer restorer, float[] part, int[] wanted, Random random, int place) {
    PixelTokens tokens = config.tokens();
    int batch = wanted.length;
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(part, batch, tokens.order().tokens(), tokens.dimension());
      return restorer.restore(x, Tensor.of(wanted, batch), random, place);
    }
  }

  private static double squaredError(double[] decoded, float[] part) {
    double sum = 0;
    for (int i = 0; i < part.length; i++) {
      double difference = decoded[i] - part[i];
      sum += difference * difference;
    }
    return sum;
  }
}
