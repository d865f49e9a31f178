package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.basisar.gpu.GpuException;

/**
 * A loaded C library whose functions are called by name, for what JCuda does not reach. Arguments
 * are {@code int} ({@link Integer}), {@code size_t} and handles ({@link Long}) and pointers ({@link
 * MemorySegment}).
 */
final class ForeignLibrary {
  private final String name;
  private final SymbolLookup symbols;
  private final Map<String, MethodHandle> handles = new ConcurrentHashMap<>();

  private ForeignLibrary(String name, SymbolLookup symbols) {
    this.name = name;
    this.symbols = symbols;
  }

  /**
   * Loads a library for the rest of the process. From then on whoever asks for the same soname gets
   * this one, from whichever folder it came.
   *
   * @throws GpuException if it cannot be loaded
   */
  static ForeignLibrary load(Path file) {
    try {
      return new ForeignLibrary(
          String.valueOf(file.getFileName()), SymbolLookup.libraryLookup(file, Arena.global()));
    } catch (IllegalArgumentException _) {
      throw new GpuException(
          file + " cannot be loaded; run ldd on it to see which library it misses", 0);
    }
  }

  /**
   * Loads a library by the name that the system's loader knows it by.
   *
   * @throws GpuException if it cannot be loaded
   */
  static ForeignLibrary load(String soname) {
    try {
      return new ForeignLibrary(soname, SymbolLookup.libraryLookup(soname, Arena.global()));
    } catch (IllegalArgumentException _) {
      throw new GpuException(soname + " cannot be loaded; install the package it belongs to", 0);
    }
  }

  /** Whether the library has this function. */
  boolean has(String function) {
    return symbols.find(function).isPresent();
  }

  /** A function of this form, for callers that call it often. */
  MethodHandle bind(String function, FunctionDescriptor form) {
    MemorySegment address =
        symbols
            .find(function)
            .orElseThrow(() ->
                new GpuException(
                    name + " has no function " + function + "; install a newer one", 0));
    return Linker.nativeLinker().downcallHandle(address, form);
  }

  /** Calls a function that returns an {@code int}. */
  int call(String function, Object... arguments) {
    return (int) invoke(function, JAVA_INT, arguments);
  }

  /** Calls a function that returns a {@code size_t}. */
  long callForSize(String function, Object... arguments) {
    return (long) invoke(function, JAVA_LONG, arguments);
  }

  private Object invoke(String function, MemoryLayout result, Object... arguments) {
    MethodHandle handle =
        handles.computeIfAbsent(function, _ -> bind(function, form(result, arguments)));
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      // A C function throws nothing; what arrives here is a mistake of the caller.
      throw new AssertionError("calling " + function, e);
    }
  }

  private static FunctionDescriptor form(MemoryLayout result, Object... arguments) {
    MemoryLayout[] parameters = new MemoryLayout[arguments.length];
    for (int i = 0; i < arguments.length; i++) {
      parameters[i] =
          switch (arguments[i]) {
            case Integer _ -> JAVA_INT;
            case Long _ -> JAVA_LONG;
            case MemorySegment _ -> ADDRESS;
            default -> throw new IllegalArgumentException("no C form for " + arguments[i]);
          };
    }
    return FunctionDescriptor.of(result, parameters);
  }
}
