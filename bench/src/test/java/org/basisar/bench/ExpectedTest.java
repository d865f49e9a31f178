package org.basisar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNoException;

import java.util.Arrays;
import org.basisar.tensor.cpu.Gemm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The checks before the timing accept right results and reject wrong ones. */
final class ExpectedTest {
  @Test
  void rejectsAWrongProductAndAcceptsTheRightOne() {
    GemmCase shape = GemmCase.NT_2048_256_256;
    float[] a = shape.a().values();
    float[] b = shape.b().values();
    float[] c = new float[shape.m() * shape.n()];
    new Gemm(false, true, shape.m(), shape.n(), shape.k())
        .a(a, 0, shape.k())
        .b(b, 0, shape.k())
        .c(c, 0, shape.n())
        .execute();
    assertThatNoException().isThrownBy(() -> Expected.gemm(shape, a, b, c));
    for (int i = 0; i < c.length; i++) {
      c[i] *= 1.001f;
    }
    assertThatIllegalStateException()
        .isThrownBy(() -> Expected.gemm(shape, a, b, c))
        .withMessageContaining("element (0, ");
  }

  @ParameterizedTest
  @EnumSource(AttentionCase.class)
  void attentionBenchmarkPassesItsOwnCheck(AttentionCase shape) {
    AttentionBenchmark benchmark = new AttentionBenchmark();
    benchmark.threads = 2;
    benchmark.shape = shape;
    assertThatNoException().isThrownBy(benchmark::prepare);
  }

  @Test
  void normBenchmarkPassesItsOwnCheck() {
    NormModulateBenchmark benchmark = new NormModulateBenchmark();
    benchmark.threads = 2;
    assertThatNoException().isThrownBy(benchmark::prepare);
  }

  @Test
  void rejectsNumbersThatAreNone() {
    double[] expected = {1, 2};
    double[] actual = {0, 1, Double.NaN};
    assertThatIllegalStateException()
        .isThrownBy(() -> Expected.near("result", expected, actual, 1, 1e-3))
        .withMessage("result at 1 is NaN, but must be 2.0 within 0.001");
  }

  @Test
  void firstWeightsHaveTheShapesAndCountOfTheNetwork() {
    StepCase step = StepCase.ofBatch(1);
    long elements =
        step.weights().values().stream()
            .mapToLong(weight -> Arrays.stream(weight.dims()).reduce(1, Math::multiplyExact))
            .sum();
    assertThat(elements).isEqualTo(step.config().parameterCount());
  }
}
