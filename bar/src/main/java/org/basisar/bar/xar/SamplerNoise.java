package org.basisar.bar.xar;

import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;

/** Where a sampler's normal numbers come from. */
@FunctionalInterface
public interface SamplerNoise {
  /** The step index of the noise that a cell starts from. */
  int INITIAL = -1;

  /**
   * Fills independent standard normal numbers for all images of a batch.
   *
   * @param cell the cell being generated
   * @param step the step within the cell, or {@link #INITIAL}
   * @param destination [B, n, C] for a cell of n positions
   */
  void fill(int cell, int step, double[] destination);

  /**
   * Counter-based noise by image: the same image index and seed give the same picture in whatever
   * batch it is made.
   *
   * @param seed of the whole set of images
   * @param firstImage index of the batch's first image
   * @param batch images in the batch
   * @param steps steps per cell
   */
  static SamplerNoise ofImages(long seed, long firstImage, int batch, int steps) {
    return (cell, step, destination) -> {
      int each = destination.length / batch;
      try (Random random = new Random(seed)) {
        for (int image = 0; image < batch; image++) {
          random.seek(firstImage + image);
          random.call(cell * (steps + 1) + step + 1);
          try (Scope _ = Scope.open()) {
            random.normal(DType.F64, each).copyTo(destination, image * each);
          }
        }
      }
    };
  }
}
