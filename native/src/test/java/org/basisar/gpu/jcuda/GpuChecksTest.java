package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.sim.SimulatedGpu;
import org.junit.jupiter.api.Test;

final class GpuChecksTest {

  @Test
  void theSimulatedGpuPassesWhatItHas() {
    try (Gpu gpu = SimulatedGpu.create()) {
      List<GpuChecks.Check> checks = GpuChecks.run(gpu);

      assertThat(checks).extracting(GpuChecks.Check::name).contains("kernel", "graph");
      assertThat(checks).allMatch(GpuChecks.Check::passed);
      assertThat(checks)
          .filteredOn(check -> check.detail().startsWith("left out: "))
          .extracting(GpuChecks.Check::name)
          .isSubsetOf("convolution", "product with bias");
    }
  }
}
