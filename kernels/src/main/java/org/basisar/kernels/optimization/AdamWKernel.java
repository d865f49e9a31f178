package org.basisar.kernels.optimization;

import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;

/**
 * One step of AdamW on all parameters, their moving averages and bfloat16 copies, in one launch.
 * Version 1 goes element by element, version 2 by 16 bytes where all arrays of a parameter are
 * aligned.
 */
public final class AdamWKernel {
  private static final String MODULE = "optimization/adam_w";
  private static final int THREADS = 256;
  private static final int CHUNK = 16384;
  private static final int WIDTH = 7;

  private AdamWKernel() {}

  /**
   * Addresses of one parameter's arrays of {@code count} elements.
   *
   * @param copy BF16, or 0 for none; the others have the type of the step
   */
  public record Parameter(
      long weight, long gradient, long first, long second, long average, long copy, long count) {}

  /**
   * The step's numbers.
   *
   * @param mostNorm gradients of a larger norm are scaled down to it; infinity for never
   */
  public record Constants(
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double averageDecay,
      double mostNorm) {}

  /** What the kernel reads to find the arrays; to be put into device memory. */
  public static long[] table(ElementType type, List<Parameter> parameters) {
    int chunks = 0;
    for (Parameter parameter : parameters) {
      chunks += (int) Math.ceilDiv(parameter.count, (long) CHUNK);
    }
    long[] table = new long[WIDTH * chunks];
    int at = 0;
    for (Parameter parameter : parameters) {
      for (long first = 0; first < parameter.count; first += CHUNK) {
        long bytes = first * type.bytes();
        table[at++] = parameter.weight + bytes;
        table[at++] = parameter.gradient + bytes;
        table[at++] = parameter.first + bytes;
        table[at++] = parameter.second + bytes;
        table[at++] = parameter.average + bytes;
        table[at++] = parameter.copy == 0 ? 0 : parameter.copy + first * ElementType.BF16.bytes();
        table[at++] = Math.min(CHUNK, parameter.count - first);
      }
    }
    return table;
  }

  /** Chunks of a table. */
  public static int chunks(long[] table) {
    return table.length / WIDTH;
  }

  /**
   * Prepares a step.
   *
   * @param type F32 or BF16, of all but the copies
   * @param table address of a {@link #table} of {@code chunks} chunks, at least 1
   * @param control (rate, 1 − β₁ᵗ, 1 − β₂ᵗ)
   * @param norm of all gradients, one element; nothing is written if it is not finite
   */
  public static KernelLaunch prepare(
      KernelLibrary library,
      ElementType type,
      long table,
      int chunks,
      long control,
      long norm,
      Constants constants) {
    return prepare("adam_w", library, type, table, chunks, control, norm, constants);
  }

  /** Version 1 of {@link #prepare}. */
  public static KernelLaunch simple(
      KernelLibrary library,
      ElementType type,
      long table,
      int chunks,
      long control,
      long norm,
      Constants constants) {
    return prepare("simple_adam_w", library, type, table, chunks, control, norm, constants);
  }

  private static KernelLaunch prepare(
      String name,
      KernelLibrary library,
      ElementType type,
      long table,
      int chunks,
      long control,
      long norm,
      Constants constants) {
    GpuKernel kernel = library.kernel(MODULE, name + KernelLibrary.suffix(type));
    // 1 - beta is rounded once: in fp32 it would lose digits.
    Parameters parameters =
        new Parameters(kernel)
            .pointer(table)
            .pointer(control)
            .pointer(norm)
            .float32((float) constants.beta1)
            .float32((float) (1 - constants.beta1))
            .float32((float) constants.beta2)
            .float32((float) (1 - constants.beta2))
            .float32((float) constants.epsilon)
            .float32((float) constants.weightDecay)
            .float32((float) constants.averageDecay)
            .float32((float) (1 - constants.averageDecay))
            .float32((float) constants.mostNorm);
    return new KernelLaunch(kernel, Grid.linear(chunks, THREADS), parameters);
  }
}
