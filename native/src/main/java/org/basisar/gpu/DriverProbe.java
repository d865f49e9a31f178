package org.basisar.gpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Asks the CUDA driver, where there is one, for its version and devices. Creates no context and
 * allocates nothing on a device, so it may run before anything else decides to use the GPU. Needs
 * nothing but the driver itself: neither JCuda nor the CUDA toolkit.
 */
public final class DriverProbe {
  /** The driver's C function names a device in at most this many bytes, terminator included. */
  private static final int NAME_BYTES = 256;

  private DriverProbe() {}

  /** Probes this machine. Never throws for want of a driver or a device; the report says so. */
  public static DriverReport probe() {
    String os = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    return probe(os.startsWith("windows") ? "nvcuda.dll" : "libcuda.so.1");
  }

  /** Probes the driver library with this file name. */
  static DriverReport probe(String library) {
    try (Arena arena = Arena.ofConfined()) {
      SymbolLookup symbols;
      try {
        // For good: a driver that was initialised and then unloaded may not come up again.
        symbols = SymbolLookup.libraryLookup(library, Arena.global());
      } catch (IllegalArgumentException _) {
        return new DriverReport(
            false, "No CUDA driver: the library " + library + " cannot be loaded.", 0, List.of());
      }
      return new Driver(library, symbols, arena).report();
    }
  }

  /** A loaded driver library, and the arena for what it fills in. */
  private record Driver(String library, SymbolLookup symbols, Arena arena) {

    DriverReport report() {
      MemorySegment cell = arena.allocate(JAVA_INT);
      // Before cuInit, as the one call that a driver without a device still answers.
      int version = call("cuDriverGetVersion", cell) == 0 ? cell.get(JAVA_INT, 0) : 0;
      int status = call("cuInit", 0);
      if (status != 0) {
        return found(version, "but cuInit failed: " + describe(status), List.of());
      }
      status = call("cuDeviceGetCount", cell);
      if (status != 0) {
        return found(version, "but cuDeviceGetCount failed: " + describe(status), List.of());
      }
      int count = cell.get(JAVA_INT, 0);
      List<String> names = new ArrayList<>();
      MemorySegment name = arena.allocate(NAME_BYTES);
      for (int ordinal = 0; ordinal < count; ordinal++) {
        // A device handle equals its ordinal by custom only, hence the look-up.
        status = call("cuDeviceGet", cell, ordinal);
        if (status == 0) {
          status = call("cuDeviceGetName", name, NAME_BYTES, cell.get(JAVA_INT, 0));
        }
        if (status != 0) {
          return found(version, "but device " + ordinal + " failed: " + describe(status), names);
        }
        names.add(name.getString(0));
      }
      return found(
          version, count == 0 ? "but no device is visible" : count + " device(s) visible", names);
    }

    private DriverReport found(int version, String outcome, List<String> names) {
      String supports =
          version == 0
              ? "unknown version"
              : "up to CUDA " + version / 1000 + "." + version % 1000 / 10;
      return new DriverReport(
          true, "CUDA driver " + library + " (" + supports + "): " + outcome + ".", version, names);
    }

    /** The driver's own text for one of its status codes. */
    private String describe(int status) {
      if (status == MISSING) {
        return "the library has no such function";
      }
      MemorySegment text = arena.allocate(ADDRESS);
      String number = "CUDA error " + status;
      if (call("cuGetErrorString", status, text) != 0) {
        return number;
      }
      MemorySegment chars = text.get(ADDRESS, 0);
      return chars.equals(MemorySegment.NULL)
          ? number
          : number + ", " + chars.reinterpret(Long.MAX_VALUE).getString(0);
    }

    /**
     * Calls a function that returns a status, with C {@code int} and pointer arguments; {@link
     * #MISSING} if the library does not have it.
     */
    private int call(String function, Object... arguments) {
      Optional<MemorySegment> address = symbols.find(function);
      if (address.isEmpty()) {
        return MISSING;
      }
      MemoryLayout[] parameters = new MemoryLayout[arguments.length];
      for (int i = 0; i < arguments.length; i++) {
        parameters[i] = arguments[i] instanceof MemorySegment ? ADDRESS : JAVA_INT;
      }
      MethodHandle handle =
          Linker.nativeLinker()
              .downcallHandle(address.get(), FunctionDescriptor.of(JAVA_INT, parameters));
      try {
        return (int) handle.invokeWithArguments(arguments);
      } catch (Throwable e) {
        // A C function throws nothing; what arrives here is a mistake in the lines above.
        throw new AssertionError("calling " + function, e);
      }
    }
  }

  /** Stands for the status of a function that the library lacks; CUDA's own are not negative. */
  private static final int MISSING = -1;
}
