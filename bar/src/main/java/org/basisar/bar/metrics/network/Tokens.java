package org.basisar.bar.metrics.network;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** From images to the tokens of a transformer, and back to one of them. */
final class Tokens {
  /** What the networks trained by Meta and torchvision take from images and divide them by. */
  static final double[] IMAGENET_MEAN = {0.485, 0.456, 0.406};

  static final double[] IMAGENET_DEVIATION = {0.229, 0.224, 0.225};

  private Tokens() {}

  /** (x/255 − mean)/deviation for [B, 3, H, W] in 0 … 255. */
  static Tensor normalised(Tensor images, double[] mean, double[] deviation) {
    double[] scale = new double[3];
    double[] shift = new double[3];
    for (int i = 0; i < 3; i++) {
      scale[i] = 1 / (255 * deviation[i]);
      shift[i] = -mean[i] / deviation[i];
    }
    DType dtype = images.dtype();
    return Ops.add(
        Ops.mul(images, Tensor.of(dtype, scale, 3, 1, 1)), Tensor.of(dtype, shift, 3, 1, 1));
  }

  /**
   * [class; patches] [B, 1 + h·w, D] of a class vector with D elements and patches [B, D, h, w].
   */
  static Tensor withClass(Tensor classVector, Tensor patches) {
    int batch = patches.shape().dim(0);
    int width = patches.shape().dim(1);
    Tensor rows = Ops.reshape(patches, batch, width, -1);
    Tensor turned = Ops.contiguous(Ops.permute(rows, List.of(0, 2, 1)));
    Tensor first = Ops.reshape(classVector, 1, 1, width);
    Tensor repeated = Ops.contiguous(Ops.expand(first, Shape.of(batch, 1, width)));
    return Ops.concat(1, repeated, turned);
  }

  /** Token {@code at} of every image, [B, D]. */
  static Tensor one(Tensor tokens, int at) {
    Tensor taken = Ops.contiguous(Ops.slice(tokens, 1, at, 1));
    return Ops.reshape(taken, tokens.shape().dim(0), tokens.shape().dim(2));
  }
}
