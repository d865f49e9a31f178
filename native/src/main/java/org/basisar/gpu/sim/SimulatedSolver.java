package org.basisar.gpu.sim;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Solver;

/** Decompositions in double precision, rounded to the element type at the end. */
final class SimulatedSolver implements Solver {
  private final SimulatedGpu gpu;

  SimulatedSolver(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  @Override
  public String version() {
    return "simulated solver";
  }

  /** A decomposition runs at once, after what is pending on its stream. */
  private void begin(GpuStream stream, String what) {
    gpu.refuseInCapture(what);
    stream.synchronize();
  }

  private double[] read(String what, ElementType type, long address, int count) {
    if (type != ElementType.F32 && type != ElementType.F64) {
      throw new GpuException(what + ": elements must be F32 or F64, not " + type, 7);
    }
    double[] values = new double[count];
    long bytes = (long) count * type.bytes();
    Memory memory = gpu.at(what, address, bytes);
    int offset = gpu.readable(what, memory, address, bytes);
    Elements.read(type, memory, offset, values, 0, count);
    return values;
  }

  private void write(String what, ElementType type, long address, double[] values) {
    long bytes = (long) values.length * type.bytes();
    Memory memory = gpu.at(what, address, bytes);
    int offset = gpu.writable(what, memory, address, bytes);
    Elements.write(type, memory, offset, values, 0, values.length);
  }

  @Override
  public void svd(
      GpuStream stream,
      ElementType type,
      int n,
      long a,
      long singularValues,
      long u,
      long vTransposed) {
    begin(stream, "decompose a matrix");
    synchronized (gpu) {
      double[] matrix = read("svd, matrix A", type, a, n * n);
      JacobiMethods.Svd svd = JacobiMethods.svd(matrix, n);
      write("svd, matrix A", type, a, matrix);
      write("svd, singular values", type, singularValues, svd.values());
      write("svd, matrix U", type, u, svd.left());
      write("svd, matrix V", type, vTransposed, svd.right());
    }
  }

  @Override
  public void symmetricEigen(GpuStream stream, ElementType type, int n, long a, long values) {
    begin(stream, "decompose a matrix");
    synchronized (gpu) {
      double[] matrix = read("symmetricEigen, matrix A", type, a, n * n);
      double[] eigenvalues = JacobiMethods.symmetricEigen(matrix, n);
      write("symmetricEigen, matrix A", type, a, matrix);
      write("symmetricEigen, values", type, values, eigenvalues);
    }
  }

  @Override
  public void solve(GpuStream stream, ElementType type, int n, int columns, long a, long b) {
    begin(stream, "solve a system");
    synchronized (gpu) {
      double[] matrix = read("solve, matrix A", type, a, n * n);
      double[] right = read("solve, matrix B", type, b, n * columns);
      eliminate(matrix, right, n, columns);
      write("solve, matrix A", type, a, matrix);
      write("solve, matrix B", type, b, right);
    }
  }

  /** Gaussian elimination with the greatest pivot of each column. */
  private static void eliminate(double[] a, double[] b, int n, int columns) {
    for (int k = 0; k < n; k++) {
      int pivot = k;
      for (int i = k + 1; i < n; i++) {
        if (Math.abs(a[i * n + k]) > Math.abs(a[pivot * n + k])) {
          pivot = i;
        }
      }
      if (a[pivot * n + k] == 0) {
        throw new GpuException("solve: matrix A is singular, pivot " + k + " is zero", 0);
      }
      swapRows(a, n, k, pivot);
      swapRows(b, columns, k, pivot);
      for (int i = k + 1; i < n; i++) {
        double factor = a[i * n + k] / a[k * n + k];
        a[i * n + k] = factor;
        for (int j = k + 1; j < n; j++) {
          a[i * n + j] -= factor * a[k * n + j];
        }
        for (int j = 0; j < columns; j++) {
          b[i * columns + j] -= factor * b[k * columns + j];
        }
      }
    }
    for (int k = n - 1; k >= 0; k--) {
      for (int j = 0; j < columns; j++) {
        double sum = b[k * columns + j];
        for (int i = k + 1; i < n; i++) {
          sum -= a[k * n + i] * b[i * columns + j];
        }
        b[k * columns + j] = sum / a[k * n + k];
      }
    }
  }

  private static void swapRows(double[] matrix, int columns, int first, int second) {
    for (int j = 0; j < columns; j++) {
      double value = matrix[first * columns + j];
      matrix[first * columns + j] = matrix[second * columns + j];
      matrix[second * columns + j] = value;
    }
  }
}
