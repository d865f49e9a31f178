package org.basisar.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import java.util.SplittableRandom;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Op;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The laboratory's contestants agree with fp64, and what it computes besides is right. */
final class LaboratoryTest {
  @AfterEach
  void backToTheProcessor() {
    Device.use(Device.CPU);
  }

  private static <T extends LabBenchmark> T sized(T benchmark, int tokens, int channels) {
    benchmark.threads = 2;
    benchmark.tokens = tokens;
    benchmark.channels = channels;
    benchmark.batch = 3;
    return benchmark;
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "32, 16", "60, 5", "16, 48"})
  void transformsPassTheirChecksAndRun(int tokens, int channels) {
    TransformBenchmark benchmark = sized(new TransformBenchmark(), tokens, channels);
    benchmark.prepare();
    benchmark.engine();
    benchmark.fusedNoise();
    benchmark.separateNoise();
    benchmark.fusedNoiseOrder();
    benchmark.separateNoiseOrder();
    benchmark.bf16Storage();
    benchmark.cpuImageByImage();
    benchmark.cpuSideBySide();
    benchmark.cpuProductAlone();
  }

  @Test
  void onTheSimulatedGpuTooButForHostArrays() {
    TransformBenchmark benchmark = sized(new TransformBenchmark(), 16, 3);
    benchmark.device = "sim";
    benchmark.prepare();
    benchmark.bf16Storage();
    assertThatIllegalStateException()
        .isThrownBy(benchmark::cpuSideBySide)
        .withMessageContaining("runs on the processor only");
  }

  @ParameterizedTest
  @CsvSource({"4, 1", "16, 3", "33, 5"})
  void residualLossesPassTheirChecksAndRun(int tokens, int channels) {
    ResidualBenchmark benchmark = sized(new ResidualBenchmark(), tokens, channels);
    benchmark.prepare();
    benchmark.closedForm();
    benchmark.closedFormValue();
    benchmark.scan();
    benchmark.prefixProducts();
    benchmark.literalAlgorithm1();
  }

  @Test
  void algorithm1IsRefusedWhereItDoesNotFit() {
    ResidualBenchmark benchmark = sized(new ResidualBenchmark(), 16, 3);
    benchmark.batch = 1 << 20;
    benchmark.prepare();
    assertThatIllegalStateException()
        .isThrownBy(benchmark::literalAlgorithm1)
        .withMessageContaining("choose a smaller batch");
  }

  @Test
  void projectionsAgree() {
    ProjectionBenchmark benchmark = sized(new ProjectionBenchmark(), 33, 1);
    benchmark.prepare();
    benchmark.decomposition();
    benchmark.jacobi();
    benchmark.newtonSchulz();
    benchmark.qdwh();
    assertThat(benchmark.certificate()).isBetween(0.1, 2.0);
  }

  @Test
  void bothSamplersMakeTheSameTokens() {
    SamplerBenchmark benchmark = sized(new SamplerBenchmark(), 16, 3);
    benchmark.width = 32;
    benchmark.prepare();
    benchmark.cachedKeys();
    benchmark.wholeSequence();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 31, 33})
  void polarFactorsOfMatricesFarFromOrthogonal(int n) {
    SplittableRandom random = new SplittableRandom(n);
    double[] a = random.doubles((long) n * n, -1, 1).toArray();
    for (int i = 0; i < n; i++) {
      a[i * n + i] += 2;
    }
    Tensor matrix = Tensor.of(a, n, n);
    double[] factor = LinearAlgebra.polar(matrix).toDoubles();
    double[] values = LinearAlgebra.svd(matrix).singularValues().toDoubles();
    assertThat(Polar.jacobi(a, n)).containsExactly(factor, within(1e-9));
    assertThat(Polar.qdwh(a, n, 0.5 * values[n - 1])).containsExactly(factor, within(1e-9));
  }

  @Test
  void aSingularMatrixHasNoUniqueFactor() {
    double[] singular = {1, 1, 1, 1};
    assertThatExceptionOfType(ArithmeticException.class)
        .isThrownBy(() -> Polar.jacobi(singular, 2));
  }

  @Test
  void theCaseIsAsItSays() {
    TokenCase of = new TokenCase(32, 3, 2);
    Tensor a = LabBenchmark.tensor(DType.F64, of.basis());
    double[] values = LinearAlgebra.svd(a).singularValues().toDoubles();
    assertThat(values[0]).isBetween(1.0, 1.4);
    assertThat(values[31]).isBetween(0.6, 1.0);
    int[] order = of.order();
    int[] places = of.places();
    for (int i = 0; i < 32; i++) {
      assertThat(order[places[i]]).isEqualTo(i);
    }
    assertThat(order).containsExactlyInAnyOrder(places).isNotEqualTo(places);
  }

  @Test
  void costsAreThoseOfTheContestantsOwnWay() {
    Map<String, String> shape = Map.of("tokens", "8", "channels", "3", "batch", "5");
    Op.Cost transform = LabCost.of("ColdTransformBenchmark.engine", shape::get);
    assertThat(transform).isEqualTo(new Op.Cost(2 * 64 * 15, 4 * (2 * 8 * 15 + 64)));
    assertThat(LabCost.of("TorchTransformBenchmark.torchBroadcast", shape::get))
        .isEqualTo(transform);
    assertThat(LabCost.of("TransformBenchmark.bf16Storage", shape::get))
        .isEqualTo(new Op.Cost(2 * 64 * 15, 2 * (2 * 8 * 15 + 64)));
    Op.Cost prefixes = LabCost.of("ResidualBenchmark.prefixProducts", shape::get);
    // Sum over k of 2·N·k·B·C, and twice that for the gradients.
    assertThat(prefixes)
        .isEqualTo(
            new Op.Cost(
                3 * 2 * 8 * 15 * (1 + 2 + 3 + 4 + 5 + 6 + 7 + 8), 4 * (4 * 8 * 15 + 2 * 64)));
    assertThat(LabCost.of("TorchResidualBenchmark.torchPrefixProducts", shape::get))
        .isEqualTo(prefixes);
    assertThat(LabCost.of("ProjectionBenchmark.jacobi", shape::get)).isNull();
    assertThat(LabCost.of("GemmBenchmark.engine", Map.of("shape", "NT_2048_256_256")::get))
        .isEqualTo(
            new Op.Cost(
                GemmCase.NT_2048_256_256.flops(), 4 * (2048 * 256 + 256 * 256 + 2048 * 256)));
  }

  @Test
  void slowWaysAreLeftOutWhereACallTakesTooLong() {
    Map<String, String> small = Map.of("tokens", "256", "channels", "16", "batch", "64");
    Map<String, String> large = Map.of("tokens", "1024", "channels", "16", "batch", "16");
    for (String slow : new String[] {"prefixProducts", "literalAlgorithm1"}) {
      assertThat(LabCost.tooLong("ResidualBenchmark." + slow, small::get)).isFalse();
      assertThat(LabCost.tooLong("ColdResidualBenchmark." + slow, large::get)).isTrue();
    }
    assertThat(LabCost.tooLong("TorchResidualBenchmark.torchPrefixProducts", large::get)).isTrue();
    assertThat(LabCost.tooLong("ResidualBenchmark.scan", large::get)).isFalse();
    assertThat(LabCost.tooLong("ResidualBenchmark.closedForm", large::get)).isFalse();
    assertThat(LabCost.tooLong("TransformBenchmark.engine", large::get)).isFalse();
    Map<String, String[]> values = Map.of("a", new String[] {"1", "2"}, "b", new String[] {"3"});
    assertThat(Rounds.combinations(values))
        .containsExactlyInAnyOrder(Map.of("a", "1", "b", "3"), Map.of("a", "2", "b", "3"));
    assertThat(Rounds.combinations(Map.of())).containsExactly(Map.of());
  }

  @Test
  void roundsUnderstandPatternsAndParameters() {
    Rounds.Request request =
        Rounds.Request.of("3", "Transform", "tokens=64,256", "seconds=0.5", "Residual");
    assertThat(request.rounds()).isEqualTo(3);
    assertThat(request.patterns()).containsExactly("Transform", "Residual");
    assertThat(request.parameters().get("tokens")).containsExactly("64", "256");
    assertThat(request.seconds()).isEqualTo(0.5);
    assertThat(request.threads()).isEqualTo(2);
    assertThat(request.onGpu()).isFalse();
    assertThat(Rounds.Request.of("1", "device=sim").onGpu()).isTrue();
  }

  @Test
  void theSweepIsLargerThanAnyCache() {
    assertThat(Sweep.parse("48K")).isEqualTo(48 << 10);
    assertThat(Sweep.parse("105M")).isEqualTo(105 << 20);
    assertThat(Sweep.parse("12")).isEqualTo(12);
    assertThat(Sweep.parse("much")).isZero();
    assertThat(Sweep.bytes()).isBetween(64L << 20, 512L << 20);
  }
}
