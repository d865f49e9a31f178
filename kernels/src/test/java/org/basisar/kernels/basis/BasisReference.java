package org.basisar.kernels.basis;

import java.util.Random;
import org.basisar.kernels.Rounding;

/** The paper's formulas by their definitions, naively, in some precision. */
final class BasisReference {
  private final Rounding rounding;

  BasisReference(Rounding rounding) {
    this.rounding = rounding;
  }

  /** A random orthogonal matrix [n, n] by Gram and Schmidt, rounded to fp32. */
  static double[] orthogonal(long seed, int n) {
    Random random = new Random(seed);
    double[] a = new double[n * n];
    for (int row = 0; row < n; row++) {
      for (int i = 0; i < n; i++) {
        a[row * n + i] = random.nextGaussian();
      }
      for (int before = 0; before < row; before++) {
        double along = 0;
        for (int i = 0; i < n; i++) {
          along += a[row * n + i] * a[before * n + i];
        }
        for (int i = 0; i < n; i++) {
          a[row * n + i] -= along * a[before * n + i];
        }
      }
      double square = 0;
      for (int i = 0; i < n; i++) {
        square += a[row * n + i] * a[row * n + i];
      }
      for (int i = 0; i < n; i++) {
        a[row * n + i] = (float) (a[row * n + i] / Math.sqrt(square));
      }
    }
    return a;
  }

  /** A·x for A [rows, inner] and x [images, inner, channels] with token l at place order[l]. */
  double[] transform(double[] a, double[] x, int[] order, TransformKernel.Extents e) {
    double[] y = new double[e.images() * e.rows() * e.channels()];
    for (int i = 0; i < y.length; i++) {
      int channel = i % e.channels();
      int row = i / e.channels() % e.rows();
      int image = i / e.channels() / e.rows();
      for (int l = 0; l < e.inner(); l++) {
        double token = x[(image * e.inner() + order[l]) * e.channels() + channel];
        y[i] = rounding.sum(y[i] + a[row * e.inner() + l] * token);
      }
    }
    return y;
  }

  /** A·Aᵀ − I. */
  double[] gramDifference(double[] a, int n) {
    double[] d = new double[n * n];
    for (int i = 0; i < d.length; i++) {
      for (int k = 0; k < n; k++) {
        d[i] = rounding.sum(d[i] + a[i / n * n + k] * a[i % n * n + k]);
      }
      d[i] = rounding.sum(d[i] - (i / n == i % n ? 1 : 0));
    }
    return d;
  }

  /** Sum of squares, one after the other. */
  double squares(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum = rounding.sum(sum + value * value);
    }
    return sum;
  }

  /**
   * Value [1] and gradients with respect to A, x and ŷ of the mean over k of the squares of R_k = x
   * − Σ_{l≤k} a_l ŷ_l, times a factor for the gradients.
   */
  double[][] residual(
      double[] a, double[] x, double[] prediction, int images, int n, int channels, double factor) {
    double elements = (double) n * images * n * channels;
    double scale = rounding.sum(2 * factor / elements);
    double value = 0;
    double[] ofA = new double[n * n];
    double[] ofX = new double[x.length];
    double[] ofPrediction = new double[x.length];
    for (int image = 0; image < images; image++) {
      int at = image * n * channels;
      double[][] residuals = new double[n][n * channels];
      double[] residual = new double[n * channels];
      System.arraycopy(x, at, residual, 0, residual.length);
      for (int k = 0; k < n; k++) {
        for (int i = 0; i < residual.length; i++) {
          double step = a[k * n + i / channels] * prediction[at + k * channels + i % channels];
          residual[i] = rounding.sum(residual[i] - step);
          value = rounding.sum(value + residual[i] * residual[i]);
        }
        residuals[k] = residual.clone();
      }
      double[] suffix = new double[residual.length];
      for (int l = n - 1; l >= 0; l--) {
        for (int i = 0; i < suffix.length; i++) {
          int token = i / channels;
          int p = at + l * channels + i % channels;
          suffix[i] = rounding.sum(suffix[i] + residuals[l][i]);
          ofA[l * n + token] = rounding.sum(ofA[l * n + token] - scale * suffix[i] * prediction[p]);
          ofPrediction[p] = rounding.sum(ofPrediction[p] - scale * suffix[i] * a[l * n + token]);
        }
      }
      for (int i = 0; i < suffix.length; i++) {
        ofX[at + i] = rounding.sum(scale * suffix[i]);
      }
    }
    return new double[][] {{rounding.sum(value / elements)}, ofA, ofX, ofPrediction};
  }
}
