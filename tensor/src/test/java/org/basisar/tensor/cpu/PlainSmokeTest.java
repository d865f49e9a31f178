package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

final class PlainSmokeTest {
  @Test
  void computesAndGivesItsMemoryBack() {
    long before = Device.CPU.outstandingBytes();
    try (Scope _ = Scope.open();
        Random random = new Random(7)) {
      Tensor left = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor right = Ops.fill(Shape.of(3, 2), DType.F32, 0.5);
      assertThat(Ops.matmul(left, right).toFloats()).containsExactly(3, 3, 7.5f, 7.5f);
      assertThat(Ops.matmul(left, false, left, true).toFloats()).containsExactly(14, 32, 32, 77);
      assertThat(Ops.mean(Ops.transpose(left), 1).toFloats()).containsExactly(2.5f, 3.5f, 4.5f);
      double[] normal = random.normal(DType.F64, 100_000).toDoubles();
      double sum = 0;
      double squares = 0;
      for (double value : normal) {
        sum += value;
        squares += value * value;
      }
      assertThat(sum / normal.length).isBetween(-0.015, 0.015);
      assertThat(squares / normal.length).isBetween(0.98, 1.02);
    }
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }
}
