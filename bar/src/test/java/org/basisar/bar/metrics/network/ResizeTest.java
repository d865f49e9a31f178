package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.DType;
import org.basisar.tensor.Scope;
import org.junit.jupiter.api.Test;

final class ResizeTest {
  @Test
  void bilinearTakesNoHalfPixels() {
    PlainImage image = new PlainImage(1, 2, 3, new double[] {0, 10, 20, 100, 110, 120});
    try (Scope _ = Scope.open()) {
      double[] large = Resize.bilinear(Networks.batch(DType.F64, image), 4, 6).toDoubles();
      double[] row = {0, 5, 10, 15, 20, 20};
      for (int i = 0; i < large.length; i++) {
        double below = Math.min(i / 6 * 50, 100);
        assertThat(large[i]).isCloseTo(row[i % 6] + below, within(1e-12));
      }
    }
  }

  @Test
  void bicubicIsPillows() {
    int[] sizes = {5, 7, 13, 9, 31, 40, 64, 64};
    for (int i = 0; i < sizes.length; i += 2) {
      PlainImage image = Networks.image(33, 29, 2);
      try (Scope _ = Scope.open()) {
        double[] sized =
            Resize.bicubic(Networks.batch(DType.F64, image), sizes[i], sizes[i + 1]).toDoubles();
        PlainImage wide = lines(image, sizes[i + 1]);
        PlainImage expected = turned(lines(turned(wide), sizes[i]));
        assertThat(sized).containsExactly(expected.values, within(0.0));
      }
    }
  }

  /** Rows at another width: every pixel a sum over all, weighed by Keys' kernel. */
  private static PlainImage lines(PlainImage image, int width) {
    PlainImage result = new PlainImage(3, image.height, width);
    double scale = (double) image.width / width;
    double reach = Math.max(scale, 1);
    for (int i = 0; i < result.values.length; i++) {
      double centre = (i % width + 0.5) * scale;
      double sum = 0;
      double weights = 0;
      for (int x = 0; x < image.width; x++) {
        double t = Math.abs((x + 0.5 - centre) / reach);
        double weight =
            t < 1
                ? 1.5 * t * t * t - 2.5 * t * t + 1
                : t < 2 ? -0.5 * t * t * t + 2.5 * t * t - 4 * t + 2 : 0;
        weights += weight;
        sum += weight * image.values[i / width * image.width + x];
      }
      result.values[i] = Math.clamp(Math.floor(sum / weights + 0.5), 0, 255);
    }
    return result;
  }

  private static PlainImage turned(PlainImage image) {
    int height = image.width;
    int width = image.height;
    PlainImage result = new PlainImage(image.channels, height, width);
    for (int c = 0; c < image.channels; c++) {
      for (int y = 0; y < image.height; y++) {
        for (int x = 0; x < image.width; x++) {
          result.values[(c * height + x) * width + y] = image.at(c, y, x);
        }
      }
    }
    return result;
  }
}
