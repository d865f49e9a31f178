package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.Solver;
import org.basisar.gpu.jcuda.StandInProgram.Bench;

/** Decompositions, which the stand-in computes column-major as the real library does. */
final class SolverScenarios {
  private SolverScenarios() {}

  static void addTo(Map<String, Consumer<Bench>> scenarios) {
    scenarios.put("singular values", SolverScenarios::singularValues);
    scenarios.put("eigenvalues", SolverScenarios::eigenvalues);
    scenarios.put("linear systems", SolverScenarios::linearSystems);
  }

  private static double[] identity(int n) {
    double[] matrix = new double[n * n];
    for (int i = 0; i < n; i++) {
      matrix[i * n + i] = 1;
    }
    return matrix;
  }

  /** Row-major a [rows, inner] times b [inner, columns]. */
  private static double[] product(double[] a, double[] b, int rows, int inner, int columns) {
    double[] result = new double[rows * columns];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        for (int l = 0; l < inner; l++) {
          result[i * columns + j] += a[i * inner + l] * b[l * columns + j];
        }
      }
    }
    return result;
  }

  private static double[] transpose(double[] a, int rows, int columns) {
    double[] result = new double[a.length];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j < columns; j++) {
        result[j * rows + i] = a[i * columns + j];
      }
    }
    return result;
  }

  private static void singularValues(Bench bench) {
    Solver solver = bench.gpu().solver();
    for (ElementType type : List.of(ElementType.F32, ElementType.F64)) {
      double tolerance = type == ElementType.F32 ? 1e-4 : 1e-9;
      for (int n : new int[] {0, 1, 2, 7, 31}) {
        double[] a = StandInProgram.gaussian(10 + n, n * n);
        long deviceA = bench.upload(type, a);
        long values = bench.upload(type, new double[n]);
        long u = bench.upload(type, new double[n * n]);
        long vTransposed = bench.upload(type, new double[n * n]);
        solver.svd(bench.stream(), type, n, deviceA, values, u, vTransposed);
        double[] s = bench.download(type, values, n);
        double[] left = bench.download(type, u, n * n);
        double[] right = bench.download(type, vTransposed, n * n);
        double[] scaled = right.clone();
        for (int i = 0; i < n * n; i++) {
          scaled[i] *= s[i / n];
        }
        assertThat(product(left, scaled, n, n, n)).containsExactly(a, within(tolerance));
        assertThat(product(transpose(left, n, n), left, n, n, n))
            .containsExactly(identity(n), within(tolerance));
        assertThat(product(right, transpose(right, n, n), n, n, n))
            .containsExactly(identity(n), within(tolerance));
        for (int i = 1; i < n; i++) {
          assertThat(s[i]).isLessThanOrEqualTo(s[i - 1]);
        }
      }
    }
    // The room for what does not converge lies behind the workspace of 64 elements.
    assertThat(StandInLibrary.of(CudaLibrary.CUSOLVER).log())
        .contains("cusolverDnGesvd A A 31 31 64 64");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> solver.svd(bench.stream(), ElementType.BF16, 2, 0, 0, 0, 0))
        .withMessageContaining("BF16");
  }

  private static void eigenvalues(Bench bench) {
    for (ElementType type : List.of(ElementType.F32, ElementType.F64)) {
      double tolerance = type == ElementType.F32 ? 1e-4 : 1e-9;
      for (int n : new int[] {0, 1, 2, 31}) {
        double[] half = StandInProgram.gaussian(20 + n, n * n);
        double[] a = new double[n * n];
        for (int i = 0; i < n * n; i++) {
          a[i] = half[i] + half[i % n * n + i / n];
        }
        long matrix = bench.upload(type, a);
        long values = bench.upload(type, new double[n]);
        bench.gpu().solver().symmetricEigen(bench.stream(), type, n, matrix, values);
        double[] w = bench.download(type, values, n);
        double[] rows = bench.download(type, matrix, n * n);
        for (int j = 0; j < n; j++) {
          double[] vector = Arrays.copyOfRange(rows, j * n, (j + 1) * n);
          double[] expected = Arrays.stream(vector).map(x -> x).toArray();
          for (int i = 0; i < n; i++) {
            expected[i] *= w[j];
          }
          assertThat(product(a, vector, n, n, 1)).containsExactly(expected, within(tolerance));
          assertThat(j == 0 || w[j] >= w[j - 1]).isTrue();
        }
      }
    }
  }

  private static void linearSystems(Bench bench) {
    Solver solver = bench.gpu().solver();
    for (ElementType type : List.of(ElementType.F32, ElementType.F64)) {
      for (int n : new int[] {1, 2, 7, 33}) {
        int columns = n == 7 ? 1 : 5;
        double[] a = StandInProgram.gaussian(30 + n, n * n);
        for (int i = 0; i < n; i++) {
          a[i * n + i] += 3;
        }
        double[] x = StandInProgram.gaussian(40 + n, n * columns);
        long right = bench.upload(type, product(a, x, n, n, columns));
        solver.solve(bench.stream(), type, n, columns, bench.upload(type, a), right);
        assertThat(bench.download(type, right, n * columns))
            .containsExactly(x, within(type == ElementType.F32 ? 1e-2 : 1e-9));
      }
    }
    long singular = bench.upload(ElementType.F64, 1, 2, 2, 4);
    long right = bench.upload(ElementType.F64, 1, 1);
    assertThatThrownBy(() -> solver.solve(bench.stream(), ElementType.F64, 2, 1, singular, right))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("the 2 x 2 matrix is singular: pivot 2");
    solver.solve(bench.stream(), ElementType.F64, 0, 3, singular, right);
  }
}
