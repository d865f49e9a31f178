package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.gpu.DriverProbe;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.basisar.tensor.check.OpComparison;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every operation of the table on the simulated device, and on a real one if there is one, against
 * the fp64 reference.
 */
final class DeviceKitTest {
  static Stream<Arguments> cases() {
    List<Arguments> all = new ArrayList<>();
    for (String device : List.of("sim", "cuda")) {
      for (List<OpCase> table : List.of(OpCases.all(), OpCases.forDevices())) {
        for (OpCase opCase : table) {
          for (DType dtype : List.of(DType.F32, DType.BF16)) {
            all.add(Arguments.of(device, opCase, dtype));
          }
        }
      }
    }
    return all.stream();
  }

  private static Device device(String name) {
    assumeTrue(
        !name.equals("cuda") || !DriverProbe.probe().devices().isEmpty(),
        "no CUDA device on this machine");
    return Device.named(name);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operationAgreesWithFp64(String name, OpCase opCase, DType dtype) {
    Device device = device(name);
    long before = device.outstandingBytes();
    OpComparison comparison = OpComparison.of(opCase, dtype, device);
    assertThat(comparison.passes()).as(comparison.message()).isTrue();
    assertThat(device.outstandingBytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void runningAgainGivesTheSameBits(String name, OpCase opCase, DType dtype) {
    Device device = device(name);
    assertThat(bits(opCase, dtype, device)).isDeepEqualTo(bits(opCase, dtype, device));
  }

  private static double[][] bits(OpCase opCase, DType dtype, Device device) {
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = opCase.inputs(dtype);
      for (int i = 0; i < inputs.length; i++) {
        inputs[i] = inputs[i].to(device);
      }
      Device before = Device.use(device);
      try {
        List<double[]> values = new ArrayList<>();
        for (Tensor output : opCase.run(dtype, inputs)) {
          values.add(output.toDoubles());
        }
        return values.toArray(new double[0][]);
      } finally {
        Device.use(before);
      }
    }
  }
}
