package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Jacobi's methods on row-major matrices: slow and as accurate as double precision allows. */
final class JacobiMethods {
  private static final int MOST_SWEEPS = 60;
  private static final double NEGLIGIBLE = 1e-15;

  /** Singular values descending; column j of left, row j of right belong to value j. */
  static final class Svd {
    private final double[] values;
    private final double[] left;
    private final double[] right;

    Svd(double[] values, double[] left, double[] right) {
      this.values = values;
      this.left = left;
      this.right = right;
    }

    double[] values() {
      return values;
    }

    double[] left() {
      return left;
    }

    double[] right() {
      return right;
    }
  }

  private JacobiMethods() {}

  /** Of a square matrix, by rotating pairs of columns until all are orthogonal. */
  static Svd svd(double[] a, int n) {
    double[][] columns = new double[n][n];
    double[][] rotations = new double[n][n];
    for (int j = 0; j < n; j++) {
      rotations[j][j] = 1;
      for (int i = 0; i < n; i++) {
        columns[j][i] = a[i * n + j];
      }
    }
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < MOST_SWEEPS; sweep++) {
      rotated = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotated |= orthogonalise(columns, rotations, p, q);
        }
      }
    }
    return sorted(columns, rotations, n);
  }

  private static boolean orthogonalise(double[][] columns, double[][] rotations, int p, int q) {
    double alpha = dot(columns[p], columns[p]);
    double beta = dot(columns[q], columns[q]);
    double gamma = dot(columns[p], columns[q]);
    if (Math.abs(gamma) <= NEGLIGIBLE * Math.sqrt(alpha * beta) || gamma == 0) {
      return false;
    }
    double zeta = (beta - alpha) / (2 * gamma);
    double tangent = Math.copySign(1, zeta) / (Math.abs(zeta) + Math.hypot(1, zeta));
    double cosine = 1 / Math.hypot(1, tangent);
    rotate(columns[p], columns[q], cosine, cosine * tangent);
    rotate(rotations[p], rotations[q], cosine, cosine * tangent);
    return true;
  }

  private static void rotate(double[] x, double[] y, double cosine, double sine) {
    for (int i = 0; i < x.length; i++) {
      double u = x[i];
      double v = y[i];
      x[i] = cosine * u - sine * v;
      y[i] = sine * u + cosine * v;
    }
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  private static Svd sorted(double[][] columns, double[][] rotations, int n) {
    List<Integer> order = new ArrayList<>();
    double[] norms = new double[n];
    for (int j = 0; j < n; j++) {
      order.add(j);
      norms[j] = Math.sqrt(dot(columns[j], columns[j]));
    }
    order.sort(Comparator.comparingDouble((Integer j) -> norms[j]).reversed());
    double[] values = new double[n];
    double[] left = new double[n * n];
    double[] right = new double[n * n];
    List<double[]> basis = new ArrayList<>();
    for (int k = 0; k < n; k++) {
      int j = order.get(k);
      values[k] = norms[j];
      double[] unit = columns[j].clone();
      if (norms[j] <= NEGLIGIBLE * norms[order.getFirst()]) {
        values[k] = norms[order.getFirst()] == 0 ? 0 : norms[j];
        unit = complement(basis, n);
      } else {
        scale(unit, 1 / norms[j]);
      }
      basis.add(unit);
      for (int i = 0; i < n; i++) {
        left[i * n + k] = unit[i];
        right[k * n + i] = rotations[j][i];
      }
    }
    return new Svd(values, left, right);
  }

  private static void scale(double[] x, double factor) {
    for (int i = 0; i < x.length; i++) {
      x[i] *= factor;
    }
  }

  /** A unit vector orthogonal to all of a basis. */
  private static double[] complement(List<double[]> basis, int n) {
    double[] best = new double[n];
    double bestNorm = -1;
    for (int i = 0; i < n; i++) {
      double[] candidate = new double[n];
      candidate[i] = 1;
      // Twice, since once leaves rounding errors along the basis.
      for (int pass = 0; pass < 2; pass++) {
        for (double[] known : basis) {
          double along = dot(candidate, known);
          for (int l = 0; l < n; l++) {
            candidate[l] -= along * known[l];
          }
        }
      }
      double norm = Math.sqrt(dot(candidate, candidate));
      if (norm > bestNorm) {
        best = candidate;
        bestNorm = norm;
      }
      if (norm > 0.5) {
        break;
      }
    }
    scale(best, 1 / bestNorm);
    return best;
  }

  /**
   * Of a symmetric matrix.
   *
   * @param a overwritten by the vectors, row j for value j
   * @return the eigenvalues, ascending
   */
  static double[] symmetricEigen(double[] a, int n) {
    double[][] matrix = new double[n][n];
    double[][] vectors = new double[n][n];
    double norm = 0;
    for (int i = 0; i < n; i++) {
      vectors[i][i] = 1;
      for (int j = 0; j < n; j++) {
        matrix[i][j] = (a[i * n + j] + a[j * n + i]) / 2;
        norm = Math.max(norm, Math.abs(matrix[i][j]));
      }
    }
    boolean rotated = true;
    for (int sweep = 0; rotated && sweep < MOST_SWEEPS; sweep++) {
      rotated = false;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          rotated |= annihilate(matrix, vectors, p, q, NEGLIGIBLE * NEGLIGIBLE * norm);
        }
      }
    }
    List<Integer> order = new ArrayList<>();
    for (int j = 0; j < n; j++) {
      order.add(j);
    }
    order.sort(Comparator.comparingDouble(j -> matrix[j][j]));
    double[] values = new double[n];
    for (int k = 0; k < n; k++) {
      int j = order.get(k);
      values[k] = matrix[j][j];
      System.arraycopy(vectors[j], 0, a, k * n, n);
    }
    return values;
  }

  /** Rotates rows and columns p and q so that their common element becomes zero. */
  private static boolean annihilate(
      double[][] a, double[][] vectors, int p, int q, double negligible) {
    double off = a[p][q];
    double scale = Math.sqrt(Math.abs(a[p][p])) * Math.sqrt(Math.abs(a[q][q]));
    if (Math.abs(off) <= Math.max(negligible, 1e-17 * scale)) {
      return false;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * off);
    double tangent = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(1, theta));
    double cosine = 1 / Math.hypot(1, tangent);
    double sine = cosine * tangent;
    rotate(a[p], a[q], cosine, sine);
    for (double[] row : a) {
      double u = row[p];
      double v = row[q];
      row[p] = cosine * u - sine * v;
      row[q] = sine * u + cosine * v;
    }
    a[p][q] = 0;
    a[q][p] = 0;
    rotate(vectors[p], vectors[q], cosine, sine);
    return true;
  }
}
