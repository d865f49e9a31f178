package org.basisar.gpu;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.invoke.MethodHandle;

/**
 * Undoes what the launcher does to standard error. The launcher passes it through a filter that
 * drops the JVM's line about incubator modules, and hands over the true standard error under the
 * file descriptor that the system property {@code bar.stderr} names.
 */
public final class StandardError {
  private static final int STANDARD_ERROR = 2;

  private StandardError() {}

  /**
   * Makes file descriptor 2 the true standard error again, so that what is written last cannot
   * linger in the filter after the program has ended. Call it first in {@code main}. Does nothing
   * where the program was started in another way.
   */
  public static void restore() {
    Integer kept = Integer.getInteger("bar.stderr");
    if (kept == null) {
      return;
    }
    System.err.flush();
    Linker linker = Linker.nativeLinker();
    MethodHandle dup2 =
        linker.downcallHandle(
            linker.defaultLookup().findOrThrow("dup2"),
            FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT));
    try {
      // If the descriptor is not open, this fails, and the filter stays: harmless.
      int _ = (int) dup2.invokeExact(kept.intValue(), STANDARD_ERROR);
    } catch (Throwable e) {
      // A C function throws nothing; what arrives here is a mistake in the lines above.
      throw new AssertionError("calling dup2", e);
    }
  }
}
