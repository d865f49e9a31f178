package org.basisar.gpu;

/**
 * Dense decompositions of row-major matrices of F32 or F64 on the device. Not for capture: a
 * decomposition may allocate workspace and synchronise.
 */
public interface Solver {
  /**
   * A = U · diag(s) · Vᵀ of a square matrix.
   *
   * @param a [n, n], overwritten
   * @param singularValues [n], descending
   * @param u [n, n], column j the left vector of singular value j
   * @param vTransposed [n, n], row j the right vector
   */
  void svd(
      GpuStream stream,
      ElementType type,
      int n,
      long a,
      long singularValues,
      long u,
      long vTransposed);

  /**
   * Eigenvalues and vectors of a symmetric matrix.
   *
   * @param a [n, n], overwritten by the vectors: row j belongs to eigenvalue j
   * @param values [n], ascending
   */
  void symmetricEigen(GpuStream stream, ElementType type, int n, long a, long values);

  /**
   * Solves A · X = B by LU with pivoting.
   *
   * @param a [n, n], overwritten by the factors
   * @param b [n, columns], overwritten by X
   * @throws GpuException if A is singular
   */
  void solve(GpuStream stream, ElementType type, int n, int columns, long a, long b);

  /** The library and its version, for reports. */
  String version();
}
