package org.basisar.bench;

import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.NormOps_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * Ways to the orthogonal polar factor U·Vᵀ of a square matrix in fp64, which the engine does not
 * use: rivals of its decomposition.
 */
final class Polar {
  private static final int MOST_SWEEPS = 60;
  private static final double ENOUGH = 1e-13;

  private Polar() {}

  /**
   * By the one-sided Jacobi method: rotations of pairs of rows until all are orthogonal, so that A
   * = Jᵀ·S·W with rotations J; the factor is Jᵀ·W.
   *
   * @throws ArithmeticException if the rows do not become orthogonal
   */
  static double[] jacobi(double[] a, int n) {
    double[] rows = a.clone();
    double[] turned = new double[n * n];
    for (int i = 0; i < n; i++) {
      turned[i * n + i] = 1;
    }
    boolean done = false;
    for (int sweep = 0; !done; sweep++) {
      if (sweep == MOST_SWEEPS) {
        throw new ArithmeticException(
            "the Jacobi method did not converge in " + MOST_SWEEPS + " sweeps");
      }
      done = true;
      for (int p = 0; p < n; p++) {
        for (int q = p + 1; q < n; q++) {
          done &= rotate(rows, turned, n, p, q);
        }
      }
    }
    for (int i = 0; i < n; i++) {
      double length = Math.sqrt(dot(rows, i, i, n));
      if (!(length > 0)) {
        throw new ArithmeticException("the matrix is singular");
      }
      for (int j = 0; j < n; j++) {
        rows[i * n + j] /= length;
      }
    }
    DMatrixRMaj factor = new DMatrixRMaj(n, n);
    CommonOps_DDRM.multTransA(DMatrixRMaj.wrap(n, n, turned), DMatrixRMaj.wrap(n, n, rows), factor);
    return factor.data;
  }

  /** Makes two rows orthogonal; whether they were already. */
  private static boolean rotate(double[] rows, double[] turned, int n, int p, int q) {
    double square = dot(rows, p, p, n);
    double other = dot(rows, q, q, n);
    double mixed = dot(rows, p, q, n);
    if (Math.abs(mixed) <= ENOUGH * Math.sqrt(square * other)) {
      return true;
    }
    double ratio = (other - square) / (2 * mixed);
    double tangent = Math.copySign(1, ratio) / (Math.abs(ratio) + Math.hypot(1, ratio));
    double cosine = 1 / Math.hypot(1, tangent);
    turn(rows, n, p, q, cosine, cosine * tangent);
    turn(turned, n, p, q, cosine, cosine * tangent);
    return false;
  }

  private static double dot(double[] rows, int p, int q, int n) {
    double sum = 0;
    for (int j = 0; j < n; j++) {
      sum += rows[p * n + j] * rows[q * n + j];
    }
    return sum;
  }

  private static void turn(double[] rows, int n, int p, int q, double cosine, double sine) {
    for (int j = 0; j < n; j++) {
      double first = rows[p * n + j];
      double second = rows[q * n + j];
      rows[p * n + j] = cosine * first - sine * second;
      rows[q * n + j] = sine * first + cosine * second;
    }
  }

  /**
   * By QDWH, the dynamically weighted Halley iteration, with Cholesky decompositions: X ← (b/c)·X +
   * (a − b/c)·X·(I + c·XᵀX)⁻¹ with weights from a bound of the least singular value.
   *
   * @param least a lower bound of A's singular values, above 0
   * @throws ArithmeticException if it does not converge
   */
  static double[] qdwh(double[] a, int n, double least) {
    DMatrixRMaj x = DMatrixRMaj.wrap(n, n, a.clone());
    double most = Math.sqrt(NormOps_DDRM.normP1(x) * NormOps_DDRM.normPInf(x));
    CommonOps_DDRM.scale(1 / most, x);
    double bound = Math.min(1, least / most);
    LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.chol(n);
    DMatrixRMaj gram = new DMatrixRMaj(n, n);
    DMatrixRMaj transposed = new DMatrixRMaj(n, n);
    DMatrixRMaj solved = new DMatrixRMaj(n, n);
    for (int step = 0; step < MOST_SWEEPS; step++) {
      double square = bound * bound;
      double d = Math.cbrt(4 * (1 - square) / (square * square));
      double root = Math.sqrt(1 + d);
      double h = root + 0.5 * Math.sqrt(8 - 4 * d + 8 * (2 - square) / (square * root));
      double b = (h - 1) * (h - 1) / 4;
      double c = h + b - 1;
      CommonOps_DDRM.multInner(x, gram);
      CommonOps_DDRM.scale(c, gram);
      for (int i = 0; i < n; i++) {
        gram.add(i, i, 1);
      }
      CommonOps_DDRM.transpose(x, transposed);
      if (!solver.setA(gram)) {
        throw new ArithmeticException("QDWH: the matrix to be inverted is not positive definite");
      }
      solver.solve(transposed, solved);
      CommonOps_DDRM.transpose(solved, transposed);
      double change = 0;
      for (int i = 0; i < n * n; i++) {
        double next = b / c * x.data[i] + (h - b / c) * transposed.data[i];
        change += (next - x.data[i]) * (next - x.data[i]);
        x.data[i] = next;
      }
      bound = Math.min(1, bound * (h + b * square) / (1 + c * square));
      // The next change is about the cube of this one.
      if (Math.sqrt(change) < 1e-5 && 1 - bound < 1e-10) {
        return x.data;
      }
    }
    throw new ArithmeticException("QDWH did not converge in " + MOST_SWEEPS + " steps");
  }
}
