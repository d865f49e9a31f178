package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LinearAlgebraTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor normal(long seed, int... dims) {
    try (Random random = new Random(seed)) {
      return random.normal(DType.F64, dims);
    }
  }

  private static Tensor identity(int n) {
    double[] values = new double[n * n];
    for (int i = 0; i < n; i++) {
      values[i * n + i] = 1;
    }
    return Tensor.of(values, n, n);
  }

  private static void close(Tensor actual, Tensor expected, double tolerance) {
    assertThat(actual.shape()).isEqualTo(expected.shape());
    double[] a = actual.toDoubles();
    double[] e = expected.toDoubles();
    for (int i = 0; i < a.length; i++) {
      assertThat(a[i]).isCloseTo(e[i], Offset.offset(tolerance));
    }
  }

  private static void descending(Tensor values) {
    double[] v = values.toDoubles();
    for (int i = 1; i < v.length; i++) {
      assertThat(v[i]).isLessThanOrEqualTo(v[i - 1]);
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "31,31", "64,64", "113,113", "33,5", "5,33"})
  void svdReconstructs(int m, int n) {
    Tensor a = normal(m * 1000L + n, m, n);
    LinearAlgebra.Svd svd = LinearAlgebra.svd(a);
    int r = Math.min(m, n);
    close(Ops.matmul(Ops.mul(svd.u(), svd.singularValues().reshape(1, r)), svd.vt()), a, 1e-11);
    close(Ops.matmul(svd.u(), true, svd.u(), false), identity(r), 1e-12);
    close(Ops.matmul(svd.vt(), false, svd.vt(), true), identity(r), 1e-12);
    descending(svd.singularValues());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 64, 113})
  void eigenvectorsDiagonalise(int n) {
    Tensor b = normal(n, n, n);
    Tensor a = Ops.add(b, Ops.transpose(b));
    LinearAlgebra.Eigen eigen = LinearAlgebra.symmetricEigen(a);
    Tensor scaled = Ops.mul(eigen.vectors(), eigen.values().reshape(n, 1));
    close(Ops.matmul(eigen.vectors(), true, scaled, false), a, 1e-10);
    close(Ops.matmul(eigen.vectors(), false, eigen.vectors(), true), identity(n), 1e-11);
    descending(eigen.values());
    Tensor values = LinearAlgebra.symmetricEigenvalues(a);
    close(values, eigen.values(), 1e-11);
    descending(values);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 113})
  void polarFactorIsTheNearestOrthogonal(int n) {
    Tensor a = normal(n + 5L, n, n);
    Tensor q = LinearAlgebra.polar(a);
    close(Ops.matmul(q, false, q, true), identity(n), 1e-11);
    // a = q·h with h symmetric and positive: trace(h) is the sum of singular values.
    Tensor h = Ops.matmul(q, true, a, false);
    close(h, Ops.transpose(h), 1e-10);
    assertThat(Ops.sum(Ops.mul(h, identity(n))).item())
        .isCloseTo(Ops.sum(LinearAlgebra.svd(a).singularValues()).item(), Offset.offset(1e-9));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 31, 64, 113})
  void inverseAndSolve(int n) {
    Tensor a = Ops.add(normal(n + 9L, n, n), Ops.scale(identity(n), Math.sqrt(n)));
    close(Ops.matmul(LinearAlgebra.inverse(a), a), identity(n), 1e-8);
    Tensor x = normal(3, n, 4);
    close(LinearAlgebra.solve(a, Ops.matmul(a, x)), x, 1e-8);
  }

  @Test
  void singularMatricesHaveNoInverse() {
    Tensor a = Tensor.of(new double[] {1, 2, 2, 4}, 2, 2);
    assertThatThrownBy(() -> LinearAlgebra.inverse(a))
        .isInstanceOf(SingularMatrixException.class)
        .hasMessage("inverse: the matrix of shape [2, 2] is singular to working precision");
    assertThatThrownBy(() -> LinearAlgebra.inverse(Tensor.zeros(DType.F64, 3, 3)))
        .isInstanceOf(SingularMatrixException.class);
  }

  @Test
  void illConditionedSpectraKeepTheirGreatValues() {
    int n = 12;
    double[] spectrum = new double[n];
    for (int i = 0; i < n; i++) {
      spectrum[i] = Math.pow(10, -i);
    }
    Tensor u = LinearAlgebra.qr(normal(1, n, n)).q();
    Tensor v = LinearAlgebra.qr(normal(2, n, n)).q();
    Tensor a = Ops.matmul(Ops.mul(u, Tensor.of(spectrum, 1, n)), v);
    double[] found = LinearAlgebra.svd(a).singularValues().toDoubles();
    for (int i = 0; i < n; i++) {
      assertThat(found[i]).isCloseTo(spectrum[i], Offset.offset(1e-14));
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "31,31", "33,5", "113,64"})
  void qrHasAPositiveDiagonal(int m, int n) {
    Tensor a = normal(7, m, n);
    LinearAlgebra.Qr qr = LinearAlgebra.qr(a);
    close(Ops.matmul(qr.q(), qr.r()), a, 1e-11);
    close(Ops.matmul(qr.q(), true, qr.q(), false), identity(n), 1e-12);
    double[] r = qr.r().toDoubles();
    for (int i = 0; i < n; i++) {
      assertThat(r[i * n + i]).isGreaterThan(0);
      for (int j = 0; j < i; j++) {
        assertThat(r[i * n + j]).isZero();
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1,1", "4,9", "9,4"})
  void pseudoInverseFulfilsPenrosesConditions(int m, int n) {
    // Of rank one less than full, where it can be.
    Tensor a = normal(4, m, n);
    if (Math.min(m, n) > 1) {
      a = Ops.concat(0, a.slice(0, 0, m - 1), a.slice(0, 0, 1));
    }
    Tensor p = LinearAlgebra.pseudoInverse(a);
    close(Ops.matmul(Ops.matmul(a, p), a), a, 1e-10);
    close(Ops.matmul(Ops.matmul(p, a), p), p, 1e-10);
    Tensor ap = Ops.matmul(a, p);
    close(ap, Ops.transpose(ap), 1e-10);
    Tensor pa = Ops.matmul(p, a);
    close(pa, Ops.transpose(pa), 1e-10);
  }

  @Test
  void singlePrecisionComesBackInSinglePrecision() {
    LinearAlgebra.Svd svd = LinearAlgebra.svd(Tensor.of(new float[] {3, 0, 0, 4}, 2, 2));
    assertThat(svd.u().dtype()).isEqualTo(DType.F32);
    assertThat(svd.singularValues().toFloats()).containsExactly(4, 3);
  }

  @Test
  void refusesWhatIsNoMatrix() {
    assertThatThrownBy(() -> LinearAlgebra.svd(Tensor.zeros(DType.F64, 2, 2, 2)))
        .hasMessage("svd: needs a matrix, shape is [2, 2, 2]");
    assertThatThrownBy(() -> LinearAlgebra.inverse(Tensor.zeros(DType.F64, 2, 3)))
        .hasMessage("inverse: needs a square matrix, is [2, 3]");
    assertThatThrownBy(() -> LinearAlgebra.svd(Tensor.of(new double[] {1, Double.NaN, 0, 1}, 2, 2)))
        .hasMessage("svd: the matrix of shape [2, 2] holds NaN");
  }
}
