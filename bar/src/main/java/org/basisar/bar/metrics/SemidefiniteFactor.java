package org.basisar.bar.metrics;

/**
 * L [n, rank] with L·Lᵀ = A for a symmetric matrix A without negative eigenvalues: Cholesky's
 * factor, greatest pivots first, which ends where nothing but rounding is left. Covariances of
 * fewer images than features are of that kind.
 */
final class SemidefiniteFactor {
  private final int rank;
  private final double[] values;

  private SemidefiniteFactor(int rank, double[] values) {
    this.rank = rank;
    this.values = values;
  }

  /** Columns of the factor. */
  int rank() {
    return rank;
  }

  /** The factor, row-major [n, rank], rows in the order of A's. */
  double[] values() {
    return values;
  }

  /** Factors a row-major matrix [n, n]; only its lower triangle is read. */
  static SemidefiniteFactor of(double[] matrix, int n) {
    double[] rest = matrix.clone(); // what the columns found so far do not make up, in A's order
    double[] columns = new double[n * n]; // row k is column k of L
    boolean[] used = new boolean[n];
    double floor = 0;
    for (int i = 0; i < n; i++) {
      floor = Math.max(floor, matrix[i * n + i]);
    }
    floor *= n * 0x1p-52;
    int rank = 0;
    while (rank < n) {
      int pivot = greatest(rest, used, n);
      double value = rest[pivot * n + pivot];
      if (!(value > floor)) {
        break;
      }
      used[pivot] = true;
      double root = Math.sqrt(value);
      double[] column = new double[n];
      for (int i = 0; i < n; i++) {
        double below = i >= pivot ? rest[i * n + pivot] : rest[pivot * n + i];
        column[i] = i == pivot ? root : used[i] ? 0 : below / root;
      }
      for (int i = 0; i < n; i++) {
        if (!used[i] && column[i] != 0) {
          subtract(rest, i * n, column[i], column, i + 1);
        }
      }
      System.arraycopy(column, 0, columns, rank * n, n);
      rank++;
    }
    double[] factor = new double[n * rank];
    for (int k = 0; k < rank; k++) {
      for (int i = 0; i < n; i++) {
        factor[i * rank + k] = columns[k * n + i];
      }
    }
    return new SemidefiniteFactor(rank, factor);
  }

  private static int greatest(double[] rest, boolean[] used, int n) {
    int best = -1;
    for (int i = 0; i < n; i++) {
      if (!used[i] && (best < 0 || rest[i * n + i] > rest[best * n + best])) {
        best = i;
      }
    }
    return best;
  }

  private static void subtract(double[] rest, int row, double factor, double[] column, int count) {
    for (int j = 0; j < count; j++) {
      rest[row + j] -= factor * column[j];
    }
  }
}
