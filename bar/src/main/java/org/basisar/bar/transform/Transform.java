package org.basisar.bar.transform;

import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * A method of generation seen as a matrix M [N', N] on the tokens of a square grid in raster order:
 * Y = M·x for every channel, row k being the k-th basis vector (paper §3.2).
 */
public interface Transform {
  /** How a matrix behaves over a training run. */
  enum Change {
    /** It stays as it is. */
    FIXED,
    /**
     * Rows are shuffled at first, ever less often, and finally not at all; see {@link Annealing}.
     */
    ANNEALED,
    /** It is a parameter. */
    LEARNED
  }

  /** What it is called on the command line. */
  String name();

  /** Tokens along each side of the grid. */
  int grid();

  /** M, row-major [N', N]. */
  double[] matrix();

  /** Rows that are generated together or belong to one level, in order; they sum to N'. */
  int[] levels();

  /** How it changes over training. */
  default Change change() {
    return Change.FIXED;
  }

  /** N, the number of tokens. */
  default int tokens() {
    return grid() * grid();
  }

  /** N', the number of coefficients. */
  default int rows() {
    return matrix().length / tokens();
  }

  /** Number of singular values above max(N', N)·2⁻⁴⁰ times the greatest. */
  default int rank() {
    if (orthogonal()) {
      return rows();
    }
    try (Scope _ = Scope.open()) {
      double[] values =
          LinearAlgebra.svd(Tensor.of(matrix(), rows(), tokens())).singularValues().toDoubles();
      double cut = values[0] * Math.max(rows(), tokens()) * 0x1p-40;
      int rank = 0;
      for (double value : values) {
        rank += value > cut ? 1 : 0;
      }
      return rank;
    }
  }

  /** Whether all tokens can be had back exactly: rank N. */
  default boolean lossless() {
    return rank() == tokens();
  }

  /** Whether M is square and of full rank. */
  default boolean invertible() {
    return rows() == tokens() && lossless();
  }

  /** Whether M·Mᵀ = I within 10⁻⁹ in every entry; for a wide M its rows are orthonormal. */
  default boolean orthogonal() {
    double[] m = matrix();
    int tokens = tokens();
    int rows = rows();
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j <= i; j++) {
        double sum = i == j ? -1 : 0;
        for (int t = 0; t < tokens; t++) {
          sum += m[i * tokens + t] * m[j * tokens + t];
        }
        if (!(Math.abs(sum) < 1e-9)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * The matrix that decodes: Mᵀ if the rows are orthonormal, the inverse or Moore–Penrose inverse
   * otherwise. What it gives is the nearest sequence in mean square.
   *
   * @return row-major [N, N']
   */
  default double[] inverse() {
    int tokens = tokens();
    int rows = rows();
    if (orthogonal()) {
      double[] m = matrix();
      double[] transposed = new double[m.length];
      for (int k = 0; k < rows; k++) {
        for (int t = 0; t < tokens; t++) {
          transposed[t * rows + k] = m[k * tokens + t];
        }
      }
      return transposed;
    }
    try (Scope _ = Scope.open()) {
      return LinearAlgebra.pseudoInverse(Tensor.of(matrix(), rows, tokens)).toDoubles();
    }
  }

  /** Share of the energy of white tokens that decoding cannot give back: 1 − rank/N. */
  default double lostShare() {
    return 1 - (double) rank() / tokens();
  }

  /**
   * Share of the energy of tokens with this second moment that decoding cannot give back: tr((I −
   * M⁺M)·Σ) / tr Σ.
   *
   * @param moment Σ, row-major [N, N], in raster order
   */
  default double lostShare(double[] moment) {
    int tokens = tokens();
    double[] projector = Matrices.product(inverse(), matrix(), rows());
    double kept = 0;
    double all = 0;
    for (int i = 0; i < tokens; i++) {
      all += moment[i * tokens + i];
      for (int j = 0; j < tokens; j++) {
        kept += projector[i * tokens + j] * moment[j * tokens + i];
      }
    }
    return all == 0 ? 0 : 1 - kept / all;
  }

  /**
   * Where the rows lie on the grid: the mean place of the tokens that a row weighs, by the squares
   * of its weights. For a permutation the token itself, for pooling the middle of its box.
   *
   * @return grid rows and grid columns, each [N'], in tokens
   */
  default double[][] places() {
    double[] m = matrix();
    int tokens = tokens();
    double[][] places = new double[2][rows()];
    for (int k = 0; k < rows(); k++) {
      double sum = 0;
      for (int t = 0; t < tokens; t++) {
        double weight = m[k * tokens + t] * m[k * tokens + t];
        int row = t / grid();
        int column = t % grid();
        sum += weight;
        places[0][k] += weight * row;
        places[1][k] += weight * column;
      }
      for (double[] axis : places) {
        axis[k] = sum == 0 ? 0 : axis[k] / sum;
      }
    }
    return places;
  }

  /**
   * A: the same matrix for sequences in another order of the tokens, M·Pᵀ.
   *
   * @param raster for each sequence position its raster index
   * @return row-major [N', N]
   */
  default double[] onSequence(int[] raster) {
    double[] m = matrix();
    int tokens = tokens();
    double[] a = new double[m.length];
    for (int k = 0; k < rows(); k++) {
      for (int t = 0; t < tokens; t++) {
        a[k * tokens + t] = m[k * tokens + raster[t]];
      }
    }
    return a;
  }
}
