package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Named ranges on the time line of NVIDIA's profilers. Off unless the system property {@code
 * bar.nvtx} is {@code true} and an NVTX library is found; off, a range costs one comparison.
 */
public final class Nvtx {
  /** The libraries with the functions, the newer first. */
  private static final List<String> LIBRARIES =
      List.of("libnvtx3interop.so.1", "libnvToolsExt.so.1");

  private static final Range OFF = () -> {};

  private static final @Nullable Nvtx INSTANCE = Boolean.getBoolean("bar.nvtx") ? open() : null;

  private final MethodHandle push;
  private final MethodHandle pop;

  private Nvtx(ForeignLibrary library) {
    push = library.bind("nvtxRangePushA", FunctionDescriptor.of(JAVA_INT, ADDRESS));
    pop = library.bind("nvtxRangePop", FunctionDescriptor.of(JAVA_INT));
  }

  /** A range that ends when it is closed, on the thread that opened it. */
  @FunctionalInterface
  public interface Range extends AutoCloseable {
    @Override
    void close();
  }

  private static @Nullable Nvtx open() {
    List<SearchPlace> places = SearchPlace.ofThisMachine();
    for (String name : LIBRARIES) {
      for (SearchPlace place : places) {
        Optional<Path> file = place.find(name);
        if (file.isPresent()) {
          return new Nvtx(ForeignLibrary.load(file.get()));
        }
      }
    }
    System.getLogger(Nvtx.class.getName())
        .log(
            System.Logger.Level.WARNING,
            "bar.nvtx is set, but none of {0} was found; install NVIDIA''s package nvtx",
            LIBRARIES);
    return null;
  }

  /** Whether ranges are recorded. */
  public static boolean enabled() {
    return INSTANCE != null;
  }

  /** Opens a range. */
  public static Range range(String name) {
    if (INSTANCE == null) {
      return OFF;
    }
    INSTANCE.begin(name);
    return INSTANCE::end;
  }

  private void begin(String name) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment text = arena.allocateFrom(name);
      int _ = (int) push.invokeExact(text);
    } catch (Throwable e) {
      // A C function throws nothing; what arrives here is a mistake in the lines above.
      throw new AssertionError("calling nvtxRangePushA", e);
    }
  }

  private void end() {
    try {
      int _ = (int) pop.invokeExact();
    } catch (Throwable e) {
      throw new AssertionError("calling nvtxRangePop", e);
    }
  }
}
