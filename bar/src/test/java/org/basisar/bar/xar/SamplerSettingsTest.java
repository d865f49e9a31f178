package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class SamplerSettingsTest {
  private static int[] indices(int steps) {
    double[] times = new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, steps, 1).times();
    int[] indices = new int[steps];
    for (int i = 0; i < steps; i++) {
      indices[i] = SamplerSettings.timeIndex(times[i]);
    }
    return indices;
  }

  @Test
  void timeIndicesAreThePublishedTables() {
    assertThat(indices(40))
        .containsExactly(
            1000, 975, 950, 926, 901, 876, 852, 827, 803, 778, 753, 729, 704, 680, 655, 630, 606,
            581, 556, 532, 507, 483, 458, 433, 409, 384, 360, 335, 310, 286, 261, 236, 212, 187,
            163, 138, 113, 89, 64, 40);
    assertThat(indices(50))
        .containsExactly(
            1000, 980, 960, 941, 921, 902, 882, 862, 843, 823, 804, 784, 764, 745, 725, 706, 686,
            666, 647, 627, 608, 588, 568, 549, 529, 510, 490, 471, 451, 431, 412, 392, 373, 353,
            333, 314, 294, 275, 255, 235, 216, 196, 177, 157, 137, 118, 98, 79, 59, 40);
  }

  @Test
  void guidanceRampsOverCells() {
    SamplerSettings settings = new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 50, 2.7);
    assertThat(settings.guidance(0, 4)).isEqualTo(1);
    assertThat(settings.guidance(1, 4)).isCloseTo(1.566667, within(1e-6));
    assertThat(settings.guidance(2, 4)).isCloseTo(2.133333, within(1e-6));
    assertThat(settings.guidance(3, 4)).isCloseTo(2.7, within(1e-12));
  }

  @Test
  void eulerTimesAreEven() {
    assertThat(new SamplerSettings(SamplerSettings.Method.EULER, 4, 1).times())
        .containsExactly(1, 0.75, 0.5, 0.25, 0);
  }

  @Test
  void guidanceGoesEvenlyFromTheFirstCellsToTheLasts() {
    SamplerSettings settings = new SamplerSettings(SamplerSettings.Method.EULER, 3, 2, 5);
    assertThat(settings.guidance(0, 4)).isEqualTo(5);
    assertThat(settings.guidance(1, 4)).isEqualTo(4);
    assertThat(settings.guidance(3, 4)).isEqualTo(2);
    assertThat(settings.guidance(0, 1)).isEqualTo(2);
    assertThat(settings.withGuidance(3).firstGuidance()).isEqualTo(5);
    SamplerSettings even = new SamplerSettings(SamplerSettings.Method.EULER, 3, 2, 2);
    assertThat(even.withGuidance(3).firstGuidance()).isEqualTo(3);
    assertThat(even.withSteps(SamplerSettings.Method.EULER_MARUYAMA, 9))
        .isEqualTo(new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 9, 2, 2));
  }
}
