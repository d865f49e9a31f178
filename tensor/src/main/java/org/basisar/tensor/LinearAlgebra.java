package org.basisar.tensor;

import java.util.Arrays;
import java.util.Comparator;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.decomposition.LUDecomposition_F64;
import org.ejml.interfaces.decomposition.QRDecomposition;
import org.ejml.interfaces.decomposition.SingularValueDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Dense decompositions of matrices in F64 or F32, computed in fp64 on the CPU; results have the
 * operand's dtype. Not differentiable.
 *
 * <p>Every method throws {@link ShapeException} for an operand that is no matrix (or not square
 * where that is needed), and {@link ArithmeticException} if a value is not finite or an iteration
 * does not converge.
 */
public final class LinearAlgebra {
  private LinearAlgebra() {}

  /**
   * a = u·diag(singularValues)·vt.
   *
   * @param u [m, r] with orthonormal columns, r = min(m, n)
   * @param singularValues [r], not negative, descending
   * @param vt [r, n] with orthonormal rows
   */
  public record Svd(Tensor u, Tensor singularValues, Tensor vt) {}

  /**
   * a = vectorsᵀ·diag(values)·vectors.
   *
   * @param values [n], descending
   * @param vectors [n, n], row i belongs to value i
   */
  public record Eigen(Tensor values, Tensor vectors) {}

  /**
   * a = q·r.
   *
   * @param q [m, n] with orthonormal columns
   * @param r [n, n] upper triangular with diagonal ≥ 0
   */
  public record Qr(Tensor q, Tensor r) {}

  /** The singular value decomposition of a matrix [m, n]. */
  public static Svd svd(Tensor a) {
    DMatrixRMaj matrix = matrix("svd", a);
    int rank = Math.min(matrix.numRows, matrix.numCols);
    SingularValueDecomposition_F64<DMatrixRMaj> svd =
        DecompositionFactory_DDRM.svd(matrix.numRows, matrix.numCols, true, true, true);
    if (!svd.decompose(matrix.copy())) {
      throw new ArithmeticException("svd: no convergence for a matrix of shape " + a.shape());
    }
    double[] values = Arrays.copyOf(svd.getSingularValues(), rank);
    DMatrixRMaj u = svd.getU(null, false);
    DMatrixRMaj vt = svd.getV(null, true);
    Integer[] order = descending(values);
    DMatrixRMaj sortedU = new DMatrixRMaj(matrix.numRows, rank);
    DMatrixRMaj sortedVt = new DMatrixRMaj(rank, matrix.numCols);
    double[] sorted = new double[rank];
    for (int i = 0; i < rank; i++) {
      int from = order[i];
      sorted[i] = values[from];
      for (int row = 0; row < matrix.numRows; row++) {
        sortedU.set(row, i, u.get(row, from));
      }
      for (int column = 0; column < matrix.numCols; column++) {
        sortedVt.set(i, column, vt.get(from, column));
      }
    }
    return new Svd(tensor(a, sortedU), vector(a, sorted), tensor(a, sortedVt));
  }

  /** Eigenvalues and vectors of a symmetric matrix [n, n]; only its symmetric part is used. */
  public static Eigen symmetricEigen(Tensor a) {
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose("symmetricEigen", a, true);
    int n = a.shape().dim(0);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = eigen.getEigenvalue(i).real;
    }
    Integer[] order = descending(values);
    DMatrixRMaj vectors = new DMatrixRMaj(n, n);
    double[] sorted = new double[n];
    for (int i = 0; i < n; i++) {
      sorted[i] = values[order[i]];
      DMatrixRMaj vector = eigen.getEigenVector(order[i]);
      for (int j = 0; j < n; j++) {
        vectors.set(i, j, vector.get(j));
      }
    }
    return new Eigen(vector(a, sorted), tensor(a, vectors));
  }

  /**
   * The eigenvalues of a symmetric matrix alone, [n] and descending; only its symmetric part is
   * used.
   */
  public static Tensor symmetricEigenvalues(Tensor a) {
    EigenDecomposition_F64<DMatrixRMaj> eigen = decompose("symmetricEigenvalues", a, false);
    int n = a.shape().dim(0);
    double[] values = new double[n];
    for (int i = 0; i < n; i++) {
      values[i] = eigen.getEigenvalue(i).real;
    }
    Arrays.sort(values);
    for (int i = 0; i < n / 2; i++) {
      double least = values[i];
      values[i] = values[n - 1 - i];
      values[n - 1 - i] = least;
    }
    return vector(a, values);
  }

  private static EigenDecomposition_F64<DMatrixRMaj> decompose(
      String what, Tensor a, boolean vectors) {
    DMatrixRMaj matrix = square(what, a);
    int n = matrix.numRows;
    DMatrixRMaj symmetric = new DMatrixRMaj(n, n);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        symmetric.set(i, j, (matrix.get(i, j) + matrix.get(j, i)) / 2);
      }
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen = DecompositionFactory_DDRM.eig(n, vectors, true);
    if (n > 0 && !eigen.decompose(symmetric)) {
      throw new ArithmeticException(what + ": no convergence for a matrix of shape " + a.shape());
    }
    return eigen;
  }

  private static Integer[] descending(double[] values) {
    Integer[] order = new Integer[values.length];
    Arrays.setAll(order, i -> i);
    Arrays.sort(order, Comparator.comparingDouble(i -> -values[i]));
    return order;
  }

  /** The orthogonal polar factor U·Vᵀ of a square matrix: the nearest orthogonal matrix. */
  public static Tensor polar(Tensor a) {
    square("polar", a);
    Svd svd = svd(a);
    return Ops.matmul(svd.u(), svd.vt());
  }

  /**
   * The inverse of a square matrix by LU with pivoting.
   *
   * @throws SingularMatrixException if it has none
   */
  public static Tensor inverse(Tensor a) {
    DMatrixRMaj matrix = square("inverse", a);
    return tensor(a, solve("inverse", a, matrix, CommonOps_DDRM.identity(matrix.numRows)));
  }

  /**
   * The solution x of a·x = b for a square matrix a [n, n] and b [n, k].
   *
   * @throws SingularMatrixException if a is singular
   */
  public static Tensor solve(Tensor a, Tensor b) {
    DMatrixRMaj matrix = square("solve", a);
    DMatrixRMaj right = matrix("solve", b);
    if (right.numRows != matrix.numRows) {
      throw new ShapeException(
          "solve: matrix " + a.shape() + " and right side " + b.shape() + " differ in rows",
          a.shape(),
          b.shape());
    }
    return tensor(a, solve("solve", a, matrix, right));
  }

  private static DMatrixRMaj solve(String what, Tensor a, DMatrixRMaj matrix, DMatrixRMaj right) {
    int n = matrix.numRows;
    DMatrixRMaj x = new DMatrixRMaj(n, right.numCols);
    if (n == 0) {
      return x;
    }
    LUDecomposition_F64<DMatrixRMaj> lu = DecompositionFactory_DDRM.lu(n, n);
    if (!lu.decompose(matrix.copy()) || smallestPivot(lu.getUpper(null)) < n * 0x1p-52) {
      throw new SingularMatrixException(
          what + ": the matrix of shape " + a.shape() + " is singular to working precision");
    }
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.lu(n);
    solver.setA(matrix.copy());
    solver.solve(right.copy(), x);
    return x;
  }

  /**
   * The least pivot in proportion to the greatest; near rounding there is no correct digit left.
   */
  private static double smallestPivot(DMatrixRMaj upper) {
    double least = Double.POSITIVE_INFINITY;
    double greatest = 0;
    for (int i = 0; i < upper.numRows; i++) {
      double pivot = Math.abs(upper.get(i, i));
      least = Math.min(least, pivot);
      greatest = Math.max(greatest, pivot);
    }
    return greatest == 0 ? 0 : least / greatest;
  }

  /**
   * QR decomposition of a matrix [m, n], m ≥ n, made unique by a diagonal of R that is not
   * negative; of a normal random matrix, Q is then uniformly distributed.
   */
  public static Qr qr(Tensor a) {
    DMatrixRMaj matrix = matrix("qr", a);
    if (matrix.numRows < matrix.numCols) {
      throw new ShapeException("qr: needs at least as many rows as columns, is " + a.shape());
    }
    QRDecomposition<DMatrixRMaj> qr = DecompositionFactory_DDRM.qr(matrix.numRows, matrix.numCols);
    if (!qr.decompose(matrix.copy())) {
      throw new ArithmeticException("qr: decomposition of " + a.shape() + " failed");
    }
    DMatrixRMaj q = qr.getQ(null, true);
    DMatrixRMaj r = qr.getR(null, true);
    for (int i = 0; i < matrix.numCols; i++) {
      if (r.get(i, i) < 0) {
        for (int j = 0; j < matrix.numCols; j++) {
          r.set(i, j, -r.get(i, j));
        }
        for (int j = 0; j < matrix.numRows; j++) {
          q.set(j, i, -q.get(j, i));
        }
      }
    }
    return new Qr(tensor(a, q), tensor(a, r));
  }

  /** The Moore–Penrose inverse [n, m] of a matrix [m, n], by the singular value decomposition. */
  public static Tensor pseudoInverse(Tensor a) {
    Svd svd = svd(a);
    double[] values = svd.singularValues().toDoubles();
    double greatest = values.length == 0 ? 0 : values[0];
    double cut = greatest * Math.max(a.shape().dim(0), a.shape().dim(1)) * 0x1p-52;
    double[] inverse = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      inverse[i] = values[i] > cut ? 1 / values[i] : 0;
    }
    Tensor scaled = Ops.mul(svd.u(), Tensor.of(a.dtype(), inverse, 1, inverse.length));
    return Ops.matmul(svd.vt(), true, scaled, true);
  }

  private static DMatrixRMaj matrix(String what, Tensor a) {
    if (a.shape().rank() != 2) {
      throw new ShapeException(what + ": needs a matrix, shape is " + a.shape(), a.shape());
    }
    if (a.dtype() != DType.F64 && a.dtype() != DType.F32) {
      throw new ShapeException(
          what + ": needs F64 or F32, is " + a.dtype() + "; cast it first", a.shape());
    }
    double[] values = a.toDoubles();
    for (double value : values) {
      if (!Double.isFinite(value)) {
        throw new ArithmeticException(
            what + ": the matrix of shape " + a.shape() + " holds " + value);
      }
    }
    return DMatrixRMaj.wrap(a.shape().dim(0), a.shape().dim(1), values);
  }

  private static DMatrixRMaj square(String what, Tensor a) {
    DMatrixRMaj matrix = matrix(what, a);
    if (matrix.numRows != matrix.numCols) {
      throw new ShapeException(what + ": needs a square matrix, is " + a.shape(), a.shape());
    }
    return matrix;
  }

  private static Tensor tensor(Tensor like, DMatrixRMaj matrix) {
    return Tensor.of(
        like.dtype(),
        Arrays.copyOf(matrix.data, matrix.getNumElements()),
        matrix.numRows,
        matrix.numCols);
  }

  private static Tensor vector(Tensor like, double[] values) {
    return Tensor.of(like.dtype(), values, values.length);
  }
}
