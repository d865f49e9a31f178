package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;

/** A stand-in library seen from inside the process that uses it. */
final class StandInLibrary {
  private final SymbolLookup symbols;

  private StandInLibrary(Path file) {
    this.symbols = SymbolLookup.libraryLookup(file, Arena.global());
  }

  private static Path folder() {
    return Path.of(System.getProperty("standin.folder"));
  }

  static StandInLibrary driver() {
    return new StandInLibrary(folder().resolve("driver/libcuda.so.1"));
  }

  static StandInLibrary of(CudaLibrary library) {
    int major = Integer.getInteger("standin.major");
    return new StandInLibrary(folder().resolve("libraries").resolve(library.soname(major)));
  }

  static StandInLibrary nvtx() {
    return new StandInLibrary(folder().resolve("libraries/libnvtx3interop.so.1"));
  }

  private Object call(String function, FunctionDescriptor form, Object... arguments) {
    MethodHandle handle = Linker.nativeLinker().downcallHandle(symbols.findOrThrow(function), form);
    try {
      return handle.invokeWithArguments(arguments);
    } catch (Throwable e) {
      throw new AssertionError(function, e);
    }
  }

  /** The calls since the last {@link #clear}. */
  List<String> log() {
    MemorySegment text = (MemorySegment) call("standin_log", FunctionDescriptor.of(ADDRESS));
    return text.reinterpret(Long.MAX_VALUE).getString(0).lines().toList();
  }

  void clear() {
    call("standin_clear", FunctionDescriptor.ofVoid());
  }

  /** Lets every call of a function answer with a status; of none for an empty name. */
  void fail(String function, int status) {
    try (Arena arena = Arena.ofConfined()) {
      call(
          "standin_fail",
          FunctionDescriptor.ofVoid(ADDRESS, JAVA_INT),
          arena.allocateFrom(function),
          status);
    }
  }

  /** Objects and blocks that exist. */
  long live() {
    return (long) call("standin_live", FunctionDescriptor.of(JAVA_LONG));
  }
}
