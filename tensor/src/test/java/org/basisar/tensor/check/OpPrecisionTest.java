package org.basisar.tensor.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of the table in fp32 and bfloat16 against fp64. */
final class OpPrecisionTest {
  static List<OpCase> cases() {
    return OpCases.all();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fp32IsCloseToFp64(OpCase opCase) {
    OpComparison comparison = OpComparison.of(opCase, DType.F32);
    assertThat(comparison.passes()).as(comparison.message()).isTrue();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bfloat16IsFp64Rounded(OpCase opCase) {
    OpComparison comparison = OpComparison.of(opCase, DType.BF16);
    assertThat(comparison.passes()).as(comparison.message()).isTrue();
  }

  @Test
  void resultsAreFiniteAndMostlyNotZero() {
    int zero = 0;
    for (OpCase opCase : OpCases.all()) {
      try (Scope _ = Scope.open()) {
        boolean allZero = true;
        for (Tensor result : opCase.run(DType.F64, opCase.inputs(DType.F64))) {
          for (double value : result.toDoubles()) {
            assertThat(value).as(opCase.name()).isFinite();
            allZero &= value == 0;
          }
        }
        zero += allZero ? 1 : 0;
      }
    }
    // Results without elements, sums of nothing, and the few that must vanish.
    assertThat(zero).isLessThan(OpCases.all().size() / 4);
  }
}
