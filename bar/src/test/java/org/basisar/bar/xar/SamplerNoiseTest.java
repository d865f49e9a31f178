package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;

class SamplerNoiseTest {
  private static final int EACH = 33;

  private static double[] fill(long seed, long first, int batch, int cell, int step) {
    double[] values = new double[batch * EACH];
    SamplerNoise.ofImages(seed, first, batch, 5).fill(cell, step, values);
    return values;
  }

  @Test
  void anImageHasItsNoiseInWhateverBatch() {
    double[] seven = fill(3, 0, 7, 2, 4);
    assertThat(fill(3, 2, 1, 2, 4)).isEqualTo(Arrays.copyOfRange(seven, 2 * EACH, 3 * EACH));
    assertThat(fill(3, 4, 3, 2, 4)).isEqualTo(Arrays.copyOfRange(seven, 4 * EACH, 7 * EACH));
  }

  @Test
  void everyImageCellAndStepHasItsOwn() {
    Set<Double> firsts = new HashSet<>();
    int drawn = 0;
    for (long seed = 0; seed < 2; seed++) {
      for (int cell = 0; cell < 4; cell++) {
        for (int step = SamplerNoise.INITIAL; step < 5; step++) {
          double[] values = fill(seed, 0, 3, cell, step);
          for (int image = 0; image < 3; image++) {
            firsts.add(values[image * EACH]);
            drawn++;
          }
        }
      }
    }
    assertThat(firsts).hasSize(drawn);
  }

  @Test
  void isStandardNormalAndGivesItsMemoryBack() {
    long before = Device.CPU.outstandingBytes();
    double[] values = new double[20_011];
    SamplerNoise.ofImages(1, 0, 1, 5).fill(0, 0, values);
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    assertThat(Arrays.stream(values).average().orElseThrow()).isCloseTo(0, within(0.035));
    assertThat(Arrays.stream(values).map(v -> v * v).average().orElseThrow())
        .isCloseTo(1, within(0.05));
  }
}
