package org.basisar.kernels.elementwise;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.ElementLoop;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.Packs;

/**
 * The product inside a gated MLP, the gated residual, and the interpolation of tokens with noise,
 * for F32 and BF16. Rows are [tokens, width]; {@code perGate} tokens share a row of gates.
 */
public final class GateKernel {
  private static final String MODULE = "elementwise/gate";
  private static final int COLUMNS = 32;
  private static final int SLICES = 8;

  private GateKernel() {}

  private static GpuKernel kernel(KernelLibrary library, String name, ElementType type) {
    return library.kernel(MODULE, name + KernelLibrary.suffix(type));
  }

  /**
   * y = gelu(gate) · value.
   *
   * @return one launch, or two: whole packs of 16 bytes, then the rest
   */
  public static List<KernelLaunch> gatedGelu(
      KernelLibrary library, ElementType type, long gate, long value, long y, long count) {
    return packed(library, "gated_gelu", type, count, gate, value, y);
  }

  /** The gradients of {@link #gatedGelu} with respect to gate and value. */
  public static List<KernelLaunch> gatedGeluGradient(
      KernelLibrary library,
      ElementType type,
      long gate,
      long value,
      long dy,
      long gateGradient,
      long valueGradient,
      long count) {
    return packed(
        library, "gated_gelu_gradient", type, count, gate, value, dy, gateGradient, valueGradient);
  }

  private static List<KernelLaunch> packed(
      KernelLibrary library, String name, ElementType type, long count, long... arrays) {
    List<KernelLaunch> launches = new ArrayList<>();
    long packs = Packs.fit(type, 0, arrays) ? count / Packs.size(type) : 0;
    if (packs > 0) {
      launches.add(loop(kernel(library, name + "_fast", type), packs, 0, arrays));
    }
    long done = packs * Packs.size(type);
    if (done < count) {
      launches.add(loop(kernel(library, name, type), count - done, done * type.bytes(), arrays));
    }
    return launches;
  }

  private static KernelLaunch loop(GpuKernel kernel, long count, long skip, long... arrays) {
    Parameters parameters = new Parameters(kernel);
    for (long array : arrays) {
      parameters.pointer(array + skip);
    }
    return new KernelLaunch(kernel, ElementLoop.grid(count), parameters.int64(count));
  }

  /** out = x + gate · y. */
  public static KernelLaunch residual(
      KernelLibrary library,
      ElementType type,
      long x,
      long y,
      long gate,
      long out,
      long tokens,
      int width,
      int perGate) {
    boolean fast = Packs.fit(type, width, x, y, gate, out);
    GpuKernel kernel = kernel(library, fast ? "gate_residual_fast" : "gate_residual", type);
    long count = tokens * width / (fast ? Packs.size(type) : 1);
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel)
            .pointer(x)
            .pointer(y)
            .pointer(gate)
            .pointer(out)
            .int64(count)
            .int32(width)
            .int32(perGate));
  }

  /**
   * The gradients of {@link #residual} with respect to y and gate.
   *
   * @param gates rows of gates, at least 1
   */
  public static KernelLaunch residualGradient(
      KernelLibrary library,
      ElementType type,
      long y,
      long gate,
      long outGradient,
      long yGradient,
      long gateGradient,
      int gates,
      int width,
      int perGate) {
    boolean fast = Packs.fit(type, width, y, gate, outGradient, yGradient, gateGradient);
    GpuKernel kernel =
        kernel(library, fast ? "gate_residual_gradient_fast" : "gate_residual_gradient", type);
    int columns = COLUMNS * (fast ? Packs.size(type) : 1);
    return new KernelLaunch(
        kernel,
        new Grid(gates, Grid.blocksFor(width, columns), 1, COLUMNS, SLICES, 1, 0),
        new Parameters(kernel)
            .pointer(y)
            .pointer(gate)
            .pointer(outGradient)
            .pointer(yGradient)
            .pointer(gateGradient)
            .int32(width)
            .int32(perGate));
  }

  /** out = (1 − t) · x + t · noise, {@code perTime} tokens sharing one time. */
  public static KernelLaunch interpolate(
      KernelLibrary library,
      ElementType type,
      long x,
      long noise,
      long time,
      long out,
      long tokens,
      int width,
      int perTime) {
    GpuKernel kernel = kernel(library, "interpolate", type);
    long count = tokens * width;
    return new KernelLaunch(
        kernel,
        ElementLoop.grid(count),
        new Parameters(kernel)
            .pointer(x)
            .pointer(noise)
            .pointer(time)
            .pointer(out)
            .int64(count)
            .int32(width)
            .int32(perTime));
  }
}
