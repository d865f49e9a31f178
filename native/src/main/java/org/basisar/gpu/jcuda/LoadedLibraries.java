package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import org.basisar.gpu.GpuException;

/**
 * NVIDIA's libraries, loaded by absolute path in the order they need each other. They stay loaded:
 * JCuda's natives and what the libraries themselves ask for are then satisfied by them, without any
 * search path.
 */
final class LoadedLibraries {
  private final FoundLibraries found;
  private final Map<CudaLibrary, ForeignLibrary> libraries = new EnumMap<>(CudaLibrary.class);
  private final Map<CudaLibrary, String> failures = new EnumMap<>(CudaLibrary.class);

  /** Loads all that were found; one that fails is remembered and not thrown. */
  LoadedLibraries(FoundLibraries found) {
    this.found = found;
    for (CudaLibrary library : CudaLibrary.values()) {
      found
          .file(library)
          .ifPresent(file -> {
            try {
              libraries.put(library, ForeignLibrary.load(file));
            } catch (GpuException e) {
              failures.put(library, e.getMessage());
            }
          });
    }
  }

  int cudaMajor() {
    return found.cudaMajor();
  }

  /** Whether it is there and could be loaded. */
  boolean has(CudaLibrary library) {
    return libraries.containsKey(library);
  }

  /**
   * A loaded library.
   *
   * @throws GpuException if it is not there or could not be loaded
   */
  ForeignLibrary get(CudaLibrary library) {
    ForeignLibrary loaded = libraries.get(library);
    if (loaded == null) {
      throw new GpuException(why(library), 0);
    }
    return loaded;
  }

  /** Why a library is not loaded, in one sentence; empty if it is. */
  String why(CudaLibrary library) {
    if (libraries.containsKey(library)) {
      return "";
    }
    String failure = failures.get(library);
    if (failure != null) {
      return failure;
    }
    if (!found.usable()) {
      return found.remedy();
    }
    return library.soname(found.cudaMajor())
        + " was found in none of the places that bar doctor lists; install it beside cuBLAS";
  }

  /** The version that a loaded library tells of itself, without needing a device. */
  Optional<String> version(CudaLibrary library) {
    if (!has(library)) {
      return Optional.empty();
    }
    ForeignLibrary loaded = get(library);
    return switch (library) {
      case CUBLAS_LT -> sizeVersion(loaded, "cublasLtGetVersion", 10_000, 100);
      case CUDNN -> sizeVersion(loaded, "cudnnGetVersion", 10_000, 100);
      case CUBLAS -> property(loaded, "cublasGetProperty");
      case CUSPARSE -> property(loaded, "cusparseGetProperty");
      case CUSOLVER -> property(loaded, "cusolverGetProperty");
      case NV_JIT_LINK, CUSOLVER_MG -> Optional.empty();
    };
  }

  private static Optional<String> sizeVersion(
      ForeignLibrary library, String function, long major, long minor) {
    if (!library.has(function)) {
      return Optional.empty();
    }
    long version = library.callForSize(function);
    return Optional.of(version / major + "." + version % major / minor + "." + version % minor);
  }

  /** Properties 0, 1, 2 are major version, minor version and patch level. */
  private static Optional<String> property(ForeignLibrary library, String function) {
    if (!library.has(function)) {
      return Optional.empty();
    }
    StringBuilder version = new StringBuilder();
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment value = arena.allocate(JAVA_INT);
      for (int property = 0; property < 3; property++) {
        if (library.call(function, property, value) != 0) {
          return Optional.empty();
        }
        version.append(property == 0 ? "" : ".").append(value.get(JAVA_INT, 0));
      }
    }
    return Optional.of(version.toString());
  }
}
