package org.basisar.tensor.cpu;

import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/**
 * A launch that is one parallel kernel. It keeps arrays and offsets, not tensors, so that running
 * it again touches no object that a scope may have closed.
 */
abstract class FastKernel extends ParallelKernel implements Launch {
  /** Elements of cheap arithmetic that are worth waking a thread for. */
  static final int CHEAP = 16_384;

  /** The same for elementary functions. */
  static final int DEAR = 4_096;

  @Override
  public void run() {
    Workers.run(this);
  }

  /** The items of {@code size} elements each that make up {@code elements} elements. */
  static int grain(int elements, int size) {
    return Math.max(1, elements / Math.max(1, size));
  }

  /** The array of an F32 tensor; its first element is at {@link Tensor#offset}. */
  static float[] floats(Tensor tensor) {
    return (float[]) tensor.storage().memory();
  }

  /** The array of an I32 tensor. */
  static int[] ints(Tensor tensor) {
    return (int[]) tensor.storage().memory();
  }

  /** Launches run one after another. */
  static Launch sequence(Launch... launches) {
    return new Sequence(launches);
  }

  private static final class Sequence implements Launch {
    private final Launch[] launches;

    Sequence(Launch[] launches) {
      this.launches = launches;
    }

    @Override
    public void run() {
      for (Launch launch : launches) {
        launch.run();
      }
    }
  }
}
