package org.basisar.bar.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.concurrent.atomic.AtomicLong;
import org.basisar.tensor.Device;
import org.junit.jupiter.api.Test;

/** The arithmetic of measurements; no test says how fast anything is. */
final class MeasurementTest {
  private static Measurement of(double seconds, double flops, double bytes) {
    return new Measurement("it", "[1] f32", new Timing(seconds, seconds, seconds), flops, bytes);
  }

  @Test
  void theTighterCeilingIsTheRoof() {
    Ceilings ceilings = new Ceilings(100, 10);
    assertThat(of(1, 50e9, 1e9).shareOf(ceilings)).isCloseTo(0.5, within(1e-12));
    assertThat(of(1, 1e9, 8e9).shareOf(ceilings)).isCloseTo(0.8, within(1e-12));
    assertThat(of(0.5, 50e9, 0).gigaflops()).isCloseTo(100, within(1e-9));
    assertThat(of(0.5, 0, 2e9).gigabytes()).isCloseTo(4, within(1e-9));
  }

  @Test
  void everyRunIsCountedAndTheMedianLiesBetween() {
    AtomicLong runs = new AtomicLong();
    Timing timing = Timing.of(Device.CPU, 1e-4, runs::incrementAndGet);
    assertThat(runs.get()).isGreaterThan(5);
    assertThat(timing.median()).isBetween(timing.least(), timing.most());
  }
}
