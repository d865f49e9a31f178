package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/** {@link RotaryKernel} by 16 bytes at a time, for what {@link #fits} says; arguments as there. */
public final class RotaryPacksKernel {
  private static final int THREADS = 128;

  private RotaryPacksKernel() {}

  /** Whether heads are whole packs of 16 bytes and every address is a multiple of them. */
  public static boolean fits(ElementType type, int headWidth, long... addresses) {
    return Packs.fit(type, headWidth, addresses);
  }

  /** Splits joined rows and rotates query and key. */
  public static KernelLaunch split(
      KernelLibrary library,
      ElementType type,
      long joined,
      long cosine,
      long sine,
      RotaryKernel.Parts out,
      long rows,
      int tokens,
      int width,
      int headWidth) {
    GpuKernel kernel = kernel(library, "rotary_split_packs", type);
    Parameters parameters = RotaryKernel.ofSplit(kernel, joined, cosine, sine, out);
    return finish(kernel, parameters, rows, tokens, width, headWidth);
  }

  /** Rotates gradients back and joins them. */
  public static KernelLaunch join(
      KernelLibrary library,
      ElementType type,
      RotaryKernel.Parts gradients,
      long cosine,
      long sine,
      long joined,
      long rows,
      int tokens,
      int width,
      int headWidth) {
    GpuKernel kernel = kernel(library, "rotary_join_packs", type);
    Parameters parameters = RotaryKernel.ofJoin(kernel, gradients, cosine, sine, joined);
    return finish(kernel, parameters, rows, tokens, width, headWidth);
  }

  private static GpuKernel kernel(KernelLibrary library, String name, ElementType type) {
    return library.kernel("attention/rotary_packs", name + KernelLibrary.suffix(type));
  }

  private static KernelLaunch finish(
      GpuKernel kernel, Parameters parameters, long rows, int tokens, int width, int headWidth) {
    parameters.int32(tokens).int32(width).int32(headWidth);
    return new KernelLaunch(kernel, Grid.linear(Math.toIntExact(rows), THREADS), parameters);
  }
}
