package org.basisar.bar.metrics.network;

import java.util.function.Function;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** Small networks with seeded weights, and images for them. */
final class Networks {
  private Networks() {}

  /** What a network makes of images in a dtype, and its weights in fp64. */
  static final class Result {
    private final double[][] features;
    private final PlainWeights weights;

    Result(double[][] features, PlainWeights weights) {
      this.features = features;
      this.weights = weights;
    }

    double[][] features() {
      return features;
    }

    PlainWeights weights() {
      return weights;
    }
  }

  static <N extends ImageNetwork> Result features(
      DType dtype, Function<Setup, N> network, PlainImage... images) {
    try (Scope _ = Scope.open();
        Random random = new Random(77);
        N made = network.apply(new Setup(dtype, random, random))) {
      Tensor[] features = made.features(batch(dtype, images));
      double[][] values = new double[features.length][];
      for (int i = 0; i < values.length; i++) {
        values[i] = features[i].toDoubles();
      }
      return new Result(values, new PlainWeights(made));
    }
  }

  static Tensor batch(DType dtype, PlainImage... images) {
    int size = images[0].values.length;
    double[] values = new double[images.length * size];
    for (int i = 0; i < images.length; i++) {
      System.arraycopy(images[i].values, 0, values, i * size, size);
    }
    return Tensor.of(
        dtype, values, images.length, images[0].channels, images[0].height, images[0].width);
  }

  /** Whole values 0 … 255 that vary smoothly and not so smoothly. */
  static PlainImage image(int height, int width, int seed) {
    PlainImage image = new PlainImage(3, height, width);
    for (int i = 0; i < image.values.length; i++) {
      int x = i % width;
      int y = i / width % height;
      int c = i / (width * height);
      double value =
          128 + 80 * Math.sin(0.21 * x + 0.1 * c * y + seed) + (i * 7919L + seed * 31L) % 47;
      image.values[i] = Math.clamp(Math.rint(value), 0, 255);
    }
    return image;
  }

  /** The number of parameters of a network. */
  static long count(Function<Setup, ? extends Module> network) {
    try (Random random = new Random(1);
        Module made = network.apply(new Setup(DType.F32, random, random))) {
      return made.parameterCount();
    }
  }
}
