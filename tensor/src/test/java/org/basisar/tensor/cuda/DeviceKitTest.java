package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.basisar.tensor.check.OpComparison;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The table of cases on the simulated device, in fp32 and bfloat16, against fp64. */
final class DeviceKitTest {
  /** The families of operations that have kernels. */
  private static final List<Class<? extends Op>> FAMILIES =
      List.of(Reduction.class, Normalization.class, Optimization.class, Matrix.class);

  static List<OpCase> cases() {
    return OpCases.all().stream()
        .filter(c -> FAMILIES.stream().anyMatch(family -> family.isInstance(c.op())))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fp32IsCloseToFp64(OpCase opCase) {
    OpComparison comparison = OpComparison.of(opCase, DType.F32, Device.named("sim"));
    assertThat(comparison.passes()).as(comparison.message()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bfloat16IsFp64Rounded(OpCase opCase) {
    OpComparison comparison = OpComparison.of(opCase, DType.BF16, Device.named("sim"));
    assertThat(comparison.passes()).as(comparison.message()).isTrue();
  }
}
