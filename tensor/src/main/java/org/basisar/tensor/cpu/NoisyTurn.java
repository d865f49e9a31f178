package org.basisar.tensor.cpu;

import org.basisar.tensor.Tensor;

/**
 * y [images, rows, channels] from a product [rows, images, channels], and (1 − t)·y + t·noise of
 * each group of tokens while they are in the cache. An item is a group.
 */
final class NoisyTurn extends GroupKernel {
  private final int images;
  private final int perImage;
  private final float[] product;
  private final float[] noise;
  private final int noiseOffset;
  private final float[] time;
  private final int timeOffset;
  private final float[] y;
  private final int yOffset;
  private final float[] noisy;
  private final int noisyOffset;

  NoisyTurn(float[] product, Tensor noise, Tensor time, Tensor y, Tensor noisy) {
    super(y.shape(), time.shape());
    images = y.shape().dim(0);
    perImage = time.shape().dim(1);
    this.product = product;
    this.noise = floats(noise);
    noiseOffset = noise.offset();
    this.time = floats(time);
    timeOffset = time.offset();
    this.y = floats(y);
    yOffset = y.offset();
    this.noisy = floats(noisy);
    noisyOffset = noisy.offset();
  }

  @Override
  public int items() {
    return groups;
  }

  @Override
  public int grain() {
    return grain(CHEAP, tokens * (width + 16));
  }

  @Override
  public void run(int from, int to) {
    int block = tokens * width;
    for (int item = from; item < to; item++) {
      int image = item / perImage;
      int row = item % perImage * tokens;
      int at = item * block;
      for (int token = 0; token < tokens; token++) {
        System.arraycopy(
            product,
            ((row + token) * images + image) * width,
            y,
            yOffset + at + token * width,
            width);
      }
      float t = time[timeOffset + item];
      for (int i = 0; i < block; i += ElementKernel.CHUNK) {
        int here = at + i;
        int n = Math.min(ElementKernel.CHUNK, block - i);
        RowGates.interpolate(
            y, yOffset + here, noise, noiseOffset + here, t, noisy, noisyOffset + here, n);
      }
    }
  }
}
