package org.basisar.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.sim.KernelFaultException;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.kernels.DeviceData;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Mistakes put into the PTX of the tensor-core kernels: the simulator or the result must tell. */
final class SeededFlashBugsTest {

  @ParameterizedTest(name = "{0}: {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          flash          | a barrier is left out        | bar\\.sync\\s+0;                  | ``
          flash          | copies are not awaited       | cp\\.async\\.wait_group \\d+;       | ``
          flash          | copies are never committed   | cp\\.async\\.commit_group;        | ``
          flash          | a tile is not transposed     | \\.trans\\.shared                 | .shared
          flash          | halves are of another type   | f32\\.bf16\\.bf16\\.f32           | f32.f16.f16.f32
          flash          | the greatest is the least    | max\\.f32                         | min.f32
          flash          | the sum subtracts            | add\\.f32                         | sub.f32
          flash_gradient | a barrier is left out        | bar\\.sync\\s+0;                  | ``
          flash_gradient | copies are not awaited       | cp\\.async\\.wait_group \\d+;       | ``
          flash_gradient | a tile is not transposed     | \\.trans\\.shared                 | .shared
          flash_gradient | a difference adds            | sub\\.f32                         | add.f32
          flash_gradient | halves are of another type   | f32\\.bf16\\.bf16\\.f32           | f32.f16.f16.f32
          """)
  void everyBugIsNoticed(String module, String what, String from, String to) {
    SimulatedGpu gpu = SimulatedGpu.create().instructionLimit(1_000_000);
    gpu.rewrite((name, ptx) -> {
      if (!name.equals("attention/" + module + ".ptx")) {
        return ptx;
      }
      String wrong = ptx.replaceAll(from, to);
      assertThat(wrong).as(what + ": the mistake can be made").isNotEqualTo(ptx);
      return wrong;
    });
    try (DeviceData device = new DeviceData(gpu)) {
      AttentionShape shape = new AttentionShape(1, 1, 64, 99, 99, 33);
      AttentionProblem problem = new AttentionProblem(ElementType.BF16, shape, 0);
      // Loads it, which must not fail.
      device
          .library()
          .kernel("attention/" + module, module.equals("flash") ? "flash_64" : "flash_delta");
      assertThatThrownBy(() -> problem.check(device, true))
          .isInstanceOfAny(KernelFaultException.class, AssertionError.class);
    }
  }
}
