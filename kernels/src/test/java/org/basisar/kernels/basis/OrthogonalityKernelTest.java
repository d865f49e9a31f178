package org.basisar.kernels.basis;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The Gram difference, its norm, and the certificate. */
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

  private static long run(double[] a, int n, double bound, long difference, long measures) {
    long flag = device.empty(ElementType.I32, 1);
    long counters = device.of(ElementType.I32, 10, 20);
    OrthogonalityKernel.Results results =
        new OrthogonalityKernel.Results(difference, measures, flag, counters);
    device.run(
        OrthogonalityKernel.prepare(
            device.library(),
            n,
            device.of(ElementType.F32, a),
            device.empty(ElementType.F32, OrthogonalityKernel.parts(n)),
            bound,
            results));
    double held = device.read(ElementType.I32, flag, 1)[0];
    double[] counts = device.read(ElementType.I32, counters, 2);
    assertThat(counts).containsExactly(held == 0 ? 11 : 10, held == 0 ? 20 : 21);
    return (long) held;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 31, 33, 64, 113})
  void measuresTheDistanceFromOrthonormalRows(int n) {
    double[] a = BasisReference.orthogonal(3, n);
    for (int i = 0; i < a.length; i += 7) {
      a[i] = (float) (1.25 * a[i]);
    }
    long difference = device.empty(ElementType.F32, n * n);
    long measures = device.empty(ElementType.F32, 2);
    run(a, n, 0.75, difference, measures);
    BasisReference exact = new BasisReference(Rounding.NONE);
    BasisReference naive = new BasisReference(Rounding.F32);
    double[] reference = exact.gramDifference(a, n);
    double[] rounded = naive.gramDifference(a, n);
    Rounding.F32.check(
        "difference", device.read(ElementType.F32, difference, n * n), rounded, reference, 1);
    Rounding.F32.check(
        "norm and mean",
        device.read(ElementType.F32, measures, 2),
        measures(naive.squares(rounded), n),
        measures(exact.squares(reference), n),
        1);
  }

  private static double[] measures(double squares, int n) {
    return new double[] {Math.sqrt(squares), squares / n / n};
  }

  @Test
  void certificateHoldsUpToTheBound() {
    int n = 33;
    double[] a = BasisReference.orthogonal(4, n);
    long measures = device.empty(ElementType.F32, 2);
    assertThat(run(a, n, 0.75, 0, measures)).isEqualTo(1);
    double[] stretched = a.clone();
    for (int i = 0; i < n; i++) {
      stretched[i] = (float) (Math.sqrt(1.74) * a[i]);
    }
    assertThat(run(stretched, n, 0.75, 0, measures)).isEqualTo(1);
    for (int i = 0; i < n; i++) {
      stretched[i] = (float) (Math.sqrt(1.76) * a[i]);
    }
    assertThat(run(stretched, n, 0.75, 0, measures)).isEqualTo(0);
    stretched[0] = Double.NaN;
    assertThat(run(stretched, n, 0.75, 0, measures)).isEqualTo(0);
  }
}
