package org.basisar.gpu;

import java.util.List;

/**
 * What {@link DriverProbe} found out about the CUDA driver of this machine.
 *
 * @param driverFound whether the driver library was loaded; it may still refuse to work
 * @param detail one sentence for a person: what was found, or which step failed and how
 * @param driverVersion newest CUDA version the driver supports, as {@code 1000 * major + 10 *
 *     minor}; 0 if unknown
 * @param devices names of the visible devices in driver order; empty if there are none
 */
public record DriverReport(
    boolean driverFound, String detail, int driverVersion, List<String> devices) {

  /** Copies the list. */
  public DriverReport {
    devices = List.copyOf(devices);
  }

  /** Whether there is a device to compute on. */
  public boolean usable() {
    return !devices.isEmpty();
  }
}
