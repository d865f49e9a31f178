package org.basisar.bar.latent;

import java.util.List;
import java.util.SplittableRandom;
import org.basisar.bar.data.ImageData;
import org.jspecify.annotations.Nullable;

/**
 * Latents to train on: planar [C, h, w], as the autoencoder gives them and not scaled. {@link
 * #read} gives means, {@link #draw} a draw from the posterior; mirrored pictures have moments of
 * their own.
 */
public abstract sealed class LatentImages implements ImageData permits LatentCache, MomentFiles {
  private static final float LEAST_LOG_VARIANCE = -30;
  private static final float MOST_LOG_VARIANCE = 20;

  /** Height and width in pixels of the pictures that were encoded. */
  public abstract int pictureSide();

  /** The autoencoder's file as it was when the pictures were encoded; null if nobody noted it. */
  public abstract @Nullable String weights();

  /** The checksum of its weights; null if nobody noted it. */
  public abstract @Nullable String weightsChecksum();

  /** The pictures that were encoded, as a data source; null if nobody noted it. */
  public abstract @Nullable String pictures();

  /**
   * An image's moments [2C, h, w].
   *
   * @param destination receives them from its beginning on
   */
  abstract void moments(int index, boolean flip, float[] destination);

  /** Numbers of a latent. */
  final int size() {
    return channels() * side() * side();
  }

  @Override
  public final void read(int index, boolean flip, float[] destination, int offset) {
    float[] moments = new float[2 * size()];
    moments(index, flip, moments);
    System.arraycopy(moments, 0, destination, offset, size());
  }

  @Override
  public final void draw(int index, boolean flip, long seed, float[] destination, int offset) {
    int size = size();
    float[] moments = new float[2 * size];
    moments(index, flip, moments);
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < size; i++) {
      float logVariance = Math.clamp(moments[size + i], LEAST_LOG_VARIANCE, MOST_LOG_VARIANCE);
      // StrictMath: the same bits from interpreted and from compiled code.
      double deviation = StrictMath.exp(0.5 * logVariance);
      destination[offset + i] = (float) (moments[i] + deviation * random.nextGaussian());
    }
  }

  @Override
  public final boolean laborious() {
    return true;
  }

  /** The line for logs. */
  final String describe(String source) {
    List<String> names = classNames();
    return "%s: %d latents of %dx%dx%d, of pictures of %d pixels, %d %s"
        .formatted(
            source,
            count(),
            channels(),
            side(),
            side(),
            pictureSide(),
            names.size(),
            names.size() == 1 ? "class" : "classes");
  }
}
