package org.basisar.bar.transform;

import java.util.Arrays;

/** The few operations on row-major fp64 matrices that the constructions need. */
final class Matrices {
  private Matrices() {}

  static double[] identity(int size) {
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = 1;
    }
    return values;
  }

  /** The product of left [m, inner] and right [inner, n]. */
  static double[] product(double[] left, double[] right, int inner) {
    int m = left.length / inner;
    int n = right.length / inner;
    double[] product = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int k = 0; k < inner; k++) {
        double factor = left[i * inner + k];
        if (factor != 0) {
          for (int j = 0; j < n; j++) {
            product[i * n + j] += factor * right[k * n + j];
          }
        }
      }
    }
    return product;
  }

  /** m ⊗ m for m [rows, columns]: the operator along both sides of a grid in raster order. */
  static double[] both(double[] m, int columns) {
    int rows = m.length / columns;
    double[] both = new double[rows * rows * columns * columns];
    int at = 0;
    for (int u = 0; u < rows; u++) {
      for (int v = 0; v < rows; v++) {
        for (int i = 0; i < columns; i++) {
          for (int j = 0; j < columns; j++) {
            both[at++] = m[u * columns + i] * m[v * columns + j];
          }
        }
      }
    }
    return both;
  }

  /** Matrices of the same width below each other. */
  static double[] stack(double[]... parts) {
    double[] stacked = new double[Arrays.stream(parts).mapToInt(part -> part.length).sum()];
    int at = 0;
    for (double[] part : parts) {
      System.arraycopy(part, 0, stacked, at, part.length);
      at += part.length;
    }
    return stacked;
  }
}
