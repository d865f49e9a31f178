package org.basisar.gpu.jcuda;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.DriverReport;

/**
 * What a person wants to know when the GPU does not work: driver, devices, libraries with paths and
 * versions, natives, permission.
 *
 * @param driver what the driver says
 * @param lines name and value of each finding, for printing
 */
public record CudaReport(DriverReport driver, List<Line> lines) {
  /**
   * One finding.
   *
   * @param name what it is about
   * @param value a sentence, a path or a version
   */
  public record Line(String name, String value) {}

  /** Copies the list. */
  public CudaReport {
    lines = List.copyOf(lines);
  }

  static CudaReport of(boolean nativeAccess, DriverReport driver, FoundLibraries found) {
    List<Line> lines = new ArrayList<>();
    lines.add(
        new Line(
            "native access",
            nativeAccess
                ? "granted"
                : "not granted; start Java with --enable-native-access=ALL-UNNAMED"));
    lines.add(new Line("CUDA driver", driver.detail()));
    for (String device : driver.devices()) {
      lines.add(new Line("GPU", device));
    }
    if (found.cudaMajor() == 0) {
      lines.add(new Line("CUDA", found.remedy() + "."));
    } else {
      LoadedLibraries loaded = new LoadedLibraries(found);
      for (CudaLibrary library : CudaLibrary.values()) {
        lines.add(new Line(name(library, found), describe(library, found, loaded)));
      }
      List<String> edited = JcudaNatives.edited(found.cudaMajor());
      lines.add(
          new Line(
              "JCuda",
              edited.isEmpty()
                  ? "natives as they are, for CUDA " + found.cudaMajor()
                  : "natives edited for CUDA "
                      + found.cudaMajor()
                      + ": "
                      + String.join(", ", edited)));
    }
    return new CudaReport(driver, lines);
  }

  /** {@code libcublas} of {@code libcublas.so.13}. */
  private static String name(CudaLibrary library, FoundLibraries found) {
    String soname = library.soname(found.cudaMajor());
    return soname.substring(0, soname.indexOf('.'));
  }

  private static String describe(
      CudaLibrary library, FoundLibraries found, LoadedLibraries loaded) {
    if (!loaded.has(library)) {
      return loaded.why(library) + ".";
    }
    return loaded.version(library).map(version -> version + ", ").orElse("")
        + found.files().get(library)
        + " ("
        + found.reasons().get(library)
        + ")";
  }
}
