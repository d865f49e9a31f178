package org.basisar.kernels.basis;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Gram difference, its norm and its mean square. */
final class OrthogonalityKernelTest {
  private static DeviceData device;

  @BeforeAll
  static void open() {
    device = new DeviceData();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 33, 64, 113})
  void measuresTheDistanceFromOrthonormalRows(int n) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      double[] a = BasisReference.orthogonal(3, n);
      for (int i = 0; i < a.length; i++) {
        a[i] = Rounding.of(type).stored(i % 7 == 0 ? 1.25 * a[i] : a[i]);
      }
      OrthogonalityKernel.Results results =
          new OrthogonalityKernel.Results(
              device.empty(ElementType.F32, 1),
              device.empty(ElementType.F32, 1),
              device.empty(ElementType.F32, n * n));
      device.run(
          OrthogonalityKernel.prepare(
              device.library(),
              type,
              n,
              device.of(type, a),
              device.empty(ElementType.F32, OrthogonalityKernel.parts(n)),
              results));
      BasisReference exact = new BasisReference(Rounding.NONE);
      BasisReference naive = new BasisReference(Rounding.F32);
      double[] reference = exact.gramDifference(a, n);
      double[] rounded = naive.gramDifference(a, n);
      check("difference", results.difference(), rounded, reference);
      double roundedSquares = naive.squares(rounded);
      double squares = exact.squares(reference);
      check("norm", results.norm(), value(Math.sqrt(roundedSquares)), value(Math.sqrt(squares)));
      check("mean", results.mean(), value(roundedSquares / n / n), value(squares / n / n));
    }
  }

  private static double[] value(double value) {
    return new double[] {value};
  }

  private static void check(String what, long address, double[] naive, double[] reference) {
    double[] actual = device.read(ElementType.F32, address, reference.length);
    Rounding.F32.check(what, actual, naive, reference, 1);
  }
}
