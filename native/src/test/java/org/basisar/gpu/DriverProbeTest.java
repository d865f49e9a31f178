package org.basisar.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

final class DriverProbeTest {

  @Test
  void thisMachineGetsAConsistentReport() {
    DriverReport report = DriverProbe.probe();

    assertThat(report.detail()).endsWith(".");
    if (report.driverFound()) {
      assertThat(report.driverVersion()).isGreaterThanOrEqualTo(10_000);
    } else {
      assertThat(report.detail()).startsWith("No CUDA driver");
      assertThat(report.driverVersion()).isZero();
      assertThat(report.devices()).isEmpty();
    }
    assertThat(report.usable()).isEqualTo(!report.devices().isEmpty());
    assertThat(report.devices()).noneMatch(String::isBlank);
  }

  @Test
  void aMissingLibraryIsNamed() {
    DriverReport report = DriverProbe.probe("libnosuchdriver.so.1");

    assertThat(report.driverFound()).isFalse();
    assertThat(report.detail())
        .isEqualTo("No CUDA driver: the library libnosuchdriver.so.1 cannot be loaded.");
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aLibraryThatIsNoDriverIsReportedNotThrown() {
    // The C library is loaded in every process, and exports none of the driver's functions.
    DriverReport report = DriverProbe.probe("libc.so.6");

    assertThat(report.driverFound()).isTrue();
    assertThat(report.usable()).isFalse();
    assertThat(report.detail())
        .contains("libc.so.6", "cuInit failed", "the library has no such function");
  }
}
