package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedDeviceTest {

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 33, 113, 1023, 5003})
  void fillsTensors(int count) {
    Device before = Device.use(Device.named("sim"));
    try {
      for (DType dtype : new DType[] {DType.F32, DType.BF16, DType.I32, DType.U8}) {
        Tensor filled = Ops.fill(Shape.of(count), dtype, 3);
        double[] expected = new double[count];
        Arrays.fill(expected, 3);

        assertThat(filled.toDoubles()).isEqualTo(expected);
      }
    } finally {
      Device.use(before);
    }
  }

  @Test
  void namesStandForOneDeviceEach() {
    assertThat(Device.named("sim")).isSameAs(Device.named("sim"));
    assertThat(Device.named("cpu")).isSameAs(Device.CPU);
    assertThatThrownBy(() -> Device.named("tpu"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("there is no device tpu");
  }
}
