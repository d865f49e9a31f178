package org.basisar.kernels.optimization;

import java.util.Arrays;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.reduction.ReduceKind;
import org.basisar.kernels.reduction.RowReduceKernel;

/** The norm of all elements of many arrays: a part for each chunk, then their sum in order. */
public final class GlobalNormKernel {
  private static final int THREADS = 256;
  private static final int CHUNK = 32768;
  private static final int WIDTH = 2;

  private GlobalNormKernel() {}

  /**
   * What the kernel reads to find the arrays; to be put into device memory.
   *
   * @param type F32 or BF16, of all arrays
   * @param counts elements of the arrays at the addresses
   */
  public static long[] table(ElementType type, long[] addresses, long[] counts) {
    int chunks = 0;
    for (long count : counts) {
      chunks += (int) Math.ceilDiv(count, (long) CHUNK);
    }
    long[] table = new long[WIDTH * chunks];
    int at = 0;
    for (int i = 0; i < addresses.length; i++) {
      for (long first = 0; first < counts[i]; first += CHUNK) {
        table[at++] = addresses[i] + first * type.bytes();
        table[at++] = Math.min(CHUNK, counts[i] - first);
      }
    }
    return Arrays.copyOf(table, at);
  }

  /** Chunks of a table, each of which needs an F32 of scratch memory. */
  public static int chunks(long[] table) {
    return table.length / WIDTH;
  }

  /**
   * Prepares the norm.
   *
   * @param table address of a {@link #table} of {@code chunks} chunks
   * @param partial F32 [chunks], scratch
   * @param out one element of {@code type}; NaN or infinity in the arrays shows in it
   */
  public static KernelLaunch[] prepare(
      KernelLibrary library, ElementType type, long table, int chunks, long partial, long out) {
    KernelLaunch total =
        RowReduceKernel.total(library, ReduceKind.NORM, type, partial, 1, chunks, 1, out);
    if (chunks == 0) {
      return new KernelLaunch[] {total};
    }
    GpuKernel kernel =
        library.kernel("optimization/global_norm", "squares" + KernelLibrary.suffix(type));
    Parameters parameters = new Parameters(kernel).pointer(table).pointer(partial);
    return new KernelLaunch[] {
      new KernelLaunch(kernel, Grid.linear(chunks, THREADS), parameters), total
    };
  }
}
