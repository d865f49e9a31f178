package org.basisar.gpu.jcuda;

import java.util.List;
import org.basisar.gpu.DriverProbe;
import org.basisar.gpu.DriverReport;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuException;

/** The entrance to the GPUs of this machine. */
public final class CudaGpus {
  private CudaGpus() {}

  /** Whether there is a device and the libraries to use it. Loads nothing of JCuda. */
  public static boolean available() {
    DriverReport driver = DriverProbe.probe();
    return driver.usable() && FoundLibraries.onThisMachine(driver.driverVersion()).usable();
  }

  /**
   * Opens a device.
   *
   * @param ordinal its number in the driver's order, from 0
   * @throws GpuException if there is no such device, or no library for it
   */
  public static Gpu open(int ordinal) {
    DriverReport driver = DriverProbe.probe();
    if (!driver.usable()) {
      throw new GpuException(
          driver.detail().substring(0, driver.detail().length() - 1)
              + "; use --device cpu, or run this on a machine with an NVIDIA GPU",
          0);
    }
    if (ordinal < 0 || ordinal >= driver.devices().size()) {
      throw new GpuException(
          "there is no GPU "
              + ordinal
              + ": the driver shows "
              + driver.devices().size()
              + ", from 0; check CUDA_VISIBLE_DEVICES",
          0);
    }
    FoundLibraries found = FoundLibraries.onThisMachine(driver.driverVersion());
    if (!found.usable()) {
      throw new GpuException(found.remedy(), 0);
    }
    return new CudaGpu(ordinal, driver.driverVersion(), new LoadedLibraries(found));
  }

  /**
   * Opens a device and tries what the engine needs of it.
   *
   * @throws GpuException if it cannot be opened
   */
  public static List<GpuChecks.Check> check(int ordinal) {
    try (Gpu gpu = open(ordinal)) {
      return GpuChecks.run(gpu);
    }
  }

  /** Everything there is to know without opening a device. Loads NVIDIA's libraries. */
  public static CudaReport report() {
    boolean nativeAccess = NativeAccess.granted();
    DriverReport driver = DriverProbe.probe();
    return CudaReport.of(
        nativeAccess, driver, FoundLibraries.onThisMachine(driver.driverVersion()));
  }
}
