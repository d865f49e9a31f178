package org.basisar.gpu.jcuda;

import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * NVIDIA's libraries of one CUDA version on this machine.
 *
 * @param cudaMajor 12 or 13; 0 if cuBLAS was found nowhere
 * @param files where each library is; those that were not found are absent
 * @param reasons why the place of each was looked at
 * @param searched all places in the order they were looked at
 */
public record FoundLibraries(
    int cudaMajor,
    Map<CudaLibrary, Path> files,
    Map<CudaLibrary, String> reasons,
    List<SearchPlace> searched) {

  /** Copies. */
  public FoundLibraries {
    files = Map.copyOf(files);
    reasons = Map.copyOf(reasons);
    searched = List.copyOf(searched);
  }

  /** Looks on this machine. */
  static FoundLibraries onThisMachine(int driverVersion) {
    return in(SearchPlace.ofThisMachine(), driverVersion);
  }

  /**
   * The first place with a cuBLAS that the driver can run decides the CUDA version. The other
   * libraries of that version may come from other places.
   *
   * @param driverVersion newest CUDA version the driver supports, as in {@link
   *     org.basisar.gpu.DriverReport}; 0 if there is none, which excludes nothing
   */
  static FoundLibraries in(List<SearchPlace> places, int driverVersion) {
    List<Integer> majors =
        driverVersion == 0 || driverVersion >= 13_000 ? List.of(13, 12) : List.of(12);
    for (SearchPlace place : places) {
      for (int major : majors) {
        if (place.find(CudaLibrary.CUBLAS.soname(major)).isPresent()) {
          return collect(major, place, places);
        }
      }
    }
    return new FoundLibraries(0, Map.of(), Map.of(), places);
  }

  private static FoundLibraries collect(int major, SearchPlace first, List<SearchPlace> places) {
    Map<CudaLibrary, Path> files = new EnumMap<>(CudaLibrary.class);
    Map<CudaLibrary, String> reasons = new EnumMap<>(CudaLibrary.class);
    for (CudaLibrary library : CudaLibrary.values()) {
      String name = library.soname(major);
      SearchPlace home =
          first.find(name).isPresent()
              ? first
              : places.stream()
                  .filter(place -> place.find(name).isPresent())
                  .findFirst()
                  .orElse(null);
      if (home != null) {
        files.put(library, home.find(name).orElseThrow());
        reasons.put(library, home.reason());
      }
    }
    return new FoundLibraries(major, files, reasons, places);
  }

  /** Where a library is. */
  public Optional<Path> file(CudaLibrary library) {
    return Optional.ofNullable(files.get(library));
  }

  /** Whether matrix products are possible, the least that is needed. */
  public boolean usable() {
    return cudaMajor != 0 && files.containsKey(CudaLibrary.CUBLAS_LT);
  }

  /** One sentence on what is missing and what to do; only where not {@link #usable}. */
  String remedy() {
    String missing =
        cudaMajor == 0
            ? CudaLibrary.CUBLAS.soname(13) + " or " + CudaLibrary.CUBLAS.soname(12)
            : CudaLibrary.CUBLAS_LT.soname(cudaMajor);
    String where =
        searched.isEmpty()
            ? "in no place"
            : "in " + searched.stream().map(SearchPlace::reason).collect(Collectors.joining(", "));
    return missing
        + " was not found (looked "
        + where
        + "); install the CUDA toolkit, or name a Python environment that has NVIDIA's packages"
        + " with --cuda-python or BAR_CUDA_PYTHON, or the folders with BAR_CUDA_LIBRARIES";
  }
}
