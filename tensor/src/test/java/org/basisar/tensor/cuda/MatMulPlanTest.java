package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.Gemm;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** How many library calls a product takes; DeviceKitTest checks the numbers. */
final class MatMulPlanTest {
  private static Gemm[] plan(boolean transposeLeft, int[] left, int[] right, int... out) {
    Device before = Device.use(Device.named("sim"));
    try (Scope _ = Scope.open()) {
      return MatMulPlan.gemms(
          new Matrix.MatMul(transposeLeft, false),
          Tensor.zeros(DType.F32, left),
          Tensor.zeros(DType.F32, right),
          Tensor.zeros(DType.F32, out));
    } finally {
      Device.use(before);
    }
  }

  @Test
  void sharedRightOperandMakesOneProductWithMoreRows() {
    Gemm[] gemms = plan(false, new int[] {2, 3, 5, 7}, new int[] {7, 11}, 2, 3, 5, 11);
    assertThat(gemms).hasSize(1);
    assertThat(gemms[0].m()).isEqualTo(30);
    assertThat(gemms[0].batch()).isEqualTo(1);
  }

  @Test
  void sharedOperandsHaveStrideZero() {
    Gemm[] left = plan(false, new int[] {5, 7}, new int[] {2, 3, 7, 11}, 2, 3, 5, 11);
    assertThat(left).hasSize(1);
    assertThat(left[0].batch()).isEqualTo(6);
    assertThat(left[0].a().batchStride()).isZero();
    assertThat(left[0].b().batchStride()).isEqualTo(77);
    Gemm[] transposed = plan(true, new int[] {6, 7, 5}, new int[] {7, 11}, 6, 5, 11);
    assertThat(transposed).hasSize(1);
    assertThat(transposed[0].batch()).isEqualTo(6);
    assertThat(transposed[0].b().batchStride()).isZero();
  }

  @Test
  void whatIsRepeatedAlongDifferentAxesIsALoop() {
    Gemm[] gemms = plan(false, new int[] {2, 1, 5, 7}, new int[] {3, 7, 11}, 2, 3, 5, 11);
    assertThat(gemms).hasSize(2);
    assertThat(gemms[1].batch()).isEqualTo(3);
    assertThat(gemms[1].a().address() - gemms[0].a().address()).isEqualTo(4 * 35);
    assertThat(gemms[1].b().address()).isEqualTo(gemms[0].b().address());
    assertThat(gemms[1].c().address() - gemms[0].c().address()).isEqualTo(4 * 3 * 55);
  }
}
