package org.basisar.tensor.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.basisar.gpu.PtxSignature;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.kernels.KernelLibrary;
import org.basisar.tensor.Alternative;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the self-test runs, and that it fails where it should. */
final class SelfTestTest {
  private static final List<DType> DTYPES = List.of(DType.F32, DType.BF16);

  /** The kernels that are shipped; their names are different in all modules. */
  private static Set<String> kernels() {
    Set<String> kernels = new TreeSet<>();
    for (String module : KernelLibrary.modules()) {
      for (String kernel : PtxSignature.ofModule(KernelLibrary.ptx(module)).keySet()) {
        assertThat(kernels.add(kernel)).as("%s of %s is the only one", kernel, module).isTrue();
      }
    }
    return kernels;
  }

  @Test
  void everyKernelRunsAndAgrees() {
    try (SimulatedGpu gpu = SimulatedGpu.create()) {
      List<String> failures = new ArrayList<>();
      boolean passed =
          SelfTest.run(Device.on("test", gpu), DTYPES, line -> failures.addAll(line.failures()));
      assertThat(failures).isEmpty();
      assertThat(passed).isTrue();
      assertThat(new TreeSet<>(gpu.launchesByKernel().keySet())).isEqualTo(kernels());
    }
  }

  @Test
  void aWrongKernelFailsItsLine() {
    try (SimulatedGpu gpu = wrong("reduction/simple_reduce", "add.f32", "sub.f32")) {
      Set<String> failed = new TreeSet<>();
      boolean passed =
          SelfTest.run(
              Device.on("wrong", gpu),
              List.of(DType.F32),
              line -> {
                if (!line.failures().isEmpty()) {
                  failed.add(line.operation());
                }
              });
      assertThat(passed).isFalse();
      assertThat(failed).containsExactly("simpleReduce");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "simpleReduce, reduction/simple_reduce, setp.gt.f32, setp.lt.f32",
    "simpleReduce, reduction/simple_reduce, sqrt.rn.f32, abs.f32",
    "simpleAdamW, optimization/adam_w, sqrt.rn.f32, abs.f32",
  })
  void aWrongAlternativeIsNoticed(String name, String module, String right, String wrong) {
    try (SimulatedGpu gpu = wrong(module, right, wrong)) {
      Device device = Device.on("wrong", gpu);
      Alternative alternative =
          device.alternatives().stream()
              .filter(each -> each.name().equals(name))
              .findFirst()
              .orElseThrow();
      for (DType dtype : DTYPES) {
        assertThat(
                OpCases.all().stream()
                    .filter(opCase -> alternative.computes(opCase.op()))
                    .map(opCase -> OpComparison.of(opCase, dtype, device, alternative))
                    .anyMatch(comparison -> !comparison.passes()))
            .isTrue();
      }
    }
  }

  @Test
  void theProcessorHasNoAlternatives() {
    assertThat(Device.CPU.alternatives()).isEmpty();
  }

  private static SimulatedGpu wrong(String module, String right, String wrong) {
    assertThat(KernelLibrary.ptx(module)).contains(right);
    return SimulatedGpu.create()
        .rewrite((name, ptx) -> name.equals(module + ".ptx") ? ptx.replace(right, wrong) : ptx);
  }
}
