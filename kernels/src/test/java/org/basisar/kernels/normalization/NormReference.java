package org.basisar.kernels.normalization;

import org.basisar.kernels.Rounding;

/** Normalisations and their gradients as plain loops in a precision. */
final class NormReference {
  private final Rounding r;
  private final NormKind kind;
  private final NormShape shape;
  private final double epsilon;

  NormReference(Rounding rounding, NormKind kind, NormShape shape, double epsilon) {
    this.r = rounding;
    this.kind = kind;
    this.shape = shape;
    this.epsilon = epsilon;
  }

  private double factor(double[] factor, int row, int d) {
    if (factor.length == 0) {
      return 1;
    }
    double stored = factor[row / shape.rowsPerGroup() * shape.width() + d];
    return kind == NormKind.MODULATE ? r.sum(1 + stored) : stored;
  }

  /** The normalised row, and what it was multiplied with as its last element. */
  private double[] normal(double[] x, int row) {
    int width = shape.width();
    double mean = 0;
    if (kind == NormKind.LAYER) {
      for (int d = 0; d < width; d++) {
        mean = r.sum(mean + x[row * width + d]);
      }
      mean = r.sum(mean / width);
    }
    double squares = 0;
    for (int d = 0; d < width; d++) {
      double difference = r.sum(x[row * width + d] - mean);
      squares = r.sum(squares + difference * difference);
    }
    double scale = r.sum(1 / Math.sqrt(squares / width + epsilon));
    double[] normal = new double[width + 1];
    for (int d = 0; d < width; d++) {
      normal[d] = r.sum(r.sum(x[row * width + d] - mean) * scale);
    }
    normal[width] = scale;
    return normal;
  }

  double[] forward(double[] x, double[] factor, double[] shift) {
    int width = shape.width();
    double[] out = new double[x.length];
    for (int row = 0; row < shape.rows(); row++) {
      double[] normal = normal(x, row);
      for (int d = 0; d < width; d++) {
        double bias = shift.length == 0 ? 0 : shift[row / shape.rowsPerGroup() * width + d];
        out[row * width + d] = r.stored(r.sum(normal[d] * factor(factor, row, d)) + bias);
      }
    }
    return out;
  }

  /** ∂L/∂x, ∂L/∂factor, ∂L/∂shift. */
  double[][] gradient(double[] x, double[] factor, double[] gradient) {
    int width = shape.width();
    double[] ofX = new double[x.length];
    double[] ofFactor = new double[shape.groups() * width];
    double[] ofShift = new double[shape.groups() * width];
    for (int row = 0; row < shape.rows(); row++) {
      double[] normal = normal(x, row);
      double mean = 0;
      double along = 0;
      for (int d = 0; d < width; d++) {
        double g = gradient[row * width + d];
        double direction = r.sum(g * factor(factor, row, d));
        mean = r.sum(mean + direction);
        along = r.sum(along + direction * normal[d]);
        int at = row / shape.rowsPerGroup() * width + d;
        ofFactor[at] = r.sum(ofFactor[at] + g * normal[d]);
        ofShift[at] = r.sum(ofShift[at] + g);
      }
      mean = kind == NormKind.LAYER ? r.sum(mean / width) : 0;
      along = r.sum(along / width);
      for (int d = 0; d < width; d++) {
        double direction = r.sum(gradient[row * width + d] * factor(factor, row, d));
        ofX[row * width + d] = r.stored(normal[width] * (direction - mean - normal[d] * along));
      }
    }
    for (int i = 0; i < ofFactor.length; i++) {
      ofFactor[i] = r.stored(ofFactor[i]);
      ofShift[i] = r.stored(ofShift[i]);
    }
    return new double[][] {ofX, ofFactor, ofShift};
  }
}
