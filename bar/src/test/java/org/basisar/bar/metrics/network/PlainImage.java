package org.basisar.bar.metrics.network;

/** An image [channels, height, width] and what networks do with it, in plain loops of fp64. */
final class PlainImage {
  final int channels;
  final int height;
  final int width;
  final double[] values;

  PlainImage(int channels, int height, int width, double[] values) {
    this.channels = channels;
    this.height = height;
    this.width = width;
    this.values = values;
  }

  PlainImage(int channels, int height, int width) {
    this(channels, height, width, new double[channels * height * width]);
  }

  double at(int c, int y, int x) {
    return values[(c * height + y) * width + x];
  }

  private boolean inside(int y, int x) {
    return y >= 0 && y < height && x >= 0 && x < width;
  }

  /** Cross-correlation; the bias may be empty. */
  PlainImage filtered(
      double[] weight, double[] bias, int kh, int kw, int stride, int padY, int padX) {
    int out = weight.length / (channels * kh * kw);
    int newHeight = (height + 2 * padY - kh) / stride + 1;
    int newWidth = (width + 2 * padX - kw) / stride + 1;
    PlainImage result = new PlainImage(out, newHeight, newWidth);
    for (int o = 0; o < out; o++) {
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          double sum = bias.length == 0 ? 0 : bias[o];
          for (int c = 0; c < channels; c++) {
            for (int i = 0; i < kh; i++) {
              for (int j = 0; j < kw; j++) {
                int sourceY = y * stride + i - padY;
                int sourceX = x * stride + j - padX;
                if (inside(sourceY, sourceX)) {
                  sum += weight[((o * channels + c) * kh + i) * kw + j] * at(c, sourceY, sourceX);
                }
              }
            }
          }
          result.values[(o * newHeight + y) * newWidth + x] = sum;
        }
      }
    }
    return result;
  }

  /** The layer of Inception whose keys begin so. */
  PlainImage layer(
      PlainWeights weights, String key, int kh, int kw, int stride, int padY, int padX) {
    PlainImage x =
        filtered(weights.get(key + ".conv.weight"), new double[0], kh, kw, stride, padY, padX);
    double[] mean = weights.get(key + ".bn.running_mean");
    double[] variance = weights.get(key + ".bn.running_var");
    double[] weight = weights.get(key + ".bn.weight");
    double[] bias = weights.get(key + ".bn.bias");
    for (int i = 0; i < x.values.length; i++) {
      int c = i / (x.height * x.width);
      double normal = (x.values[i] - mean[c]) / Math.sqrt(variance[c] + 0.001);
      x.values[i] = Math.max(0, normal * weight[c] + bias[c]);
    }
    return x;
  }

  PlainImage rectified() {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]);
    }
    return this;
  }

  /** The greatest or the mean of the pixels inside the image under a window. */
  PlainImage pooled(boolean greatest, int size, int stride, int padding) {
    int newHeight = (height + 2 * padding - size) / stride + 1;
    int newWidth = (width + 2 * padding - size) / stride + 1;
    PlainImage result = new PlainImage(channels, newHeight, newWidth);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < newHeight; y++) {
        for (int x = 0; x < newWidth; x++) {
          double most = Double.NEGATIVE_INFINITY;
          double sum = 0;
          int count = 0;
          for (int i = 0; i < size; i++) {
            for (int j = 0; j < size; j++) {
              int sourceY = y * stride + i - padding;
              int sourceX = x * stride + j - padding;
              if (inside(sourceY, sourceX)) {
                most = Math.max(most, at(c, sourceY, sourceX));
                sum += at(c, sourceY, sourceX);
                count++;
              }
            }
          }
          result.values[(c * newHeight + y) * newWidth + x] = greatest ? most : sum / count;
        }
      }
    }
    return result;
  }

  /** As TensorFlow 1 does it without aligned corners or half pixels. */
  PlainImage bilinear(int newHeight, int newWidth) {
    PlainImage result = new PlainImage(channels, newHeight, newWidth);
    for (int c = 0; c < channels; c++) {
      for (int y = 0; y < newHeight; y++) {
        float sourceY = y * ((float) height / newHeight); // positions are binary32 there
        int top = (int) sourceY;
        int bottom = Math.min(top + 1, height - 1);
        for (int x = 0; x < newWidth; x++) {
          float sourceX = x * ((float) width / newWidth);
          int left = (int) sourceX;
          int right = Math.min(left + 1, width - 1);
          double share = sourceX - left;
          double above = at(c, top, left) + (at(c, top, right) - at(c, top, left)) * share;
          double below = at(c, bottom, left) + (at(c, bottom, right) - at(c, bottom, left)) * share;
          result.values[(c * newHeight + y) * newWidth + x] =
              above + (below - above) * (sourceY - top);
        }
      }
    }
    return result;
  }

  static PlainImage joined(PlainImage... parts) {
    int channels = 0;
    for (PlainImage part : parts) {
      channels += part.channels;
    }
    PlainImage result = new PlainImage(channels, parts[0].height, parts[0].width);
    int at = 0;
    for (PlainImage part : parts) {
      System.arraycopy(part.values, 0, result.values, at, part.values.length);
      at += part.values.length;
    }
    return result;
  }
}
