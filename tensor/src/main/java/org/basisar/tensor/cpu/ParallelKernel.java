package org.basisar.tensor.cpu;

/**
 * A computation over the items {@code [0, items())} that {@link Workers} may cut into contiguous
 * ranges.
 *
 * <p>The result must not depend on where the cuts are: an item's outputs are written by that item
 * alone, in an order fixed by the item. A kernel object is made once and run many times; running it
 * allocates nothing.
 */
public abstract class ParallelKernel {

  /** For subclasses. */
  protected ParallelKernel() {}

  /** Number of items; 0 means there is nothing to do. */
  public abstract int items();

  /** Fewest items worth a thread of their own, so that small work stays on the caller. */
  public int grain() {
    return 1;
  }

  /**
   * Computes the items {@code [from, to)}. Called on several threads at once with disjoint ranges.
   *
   * @param from first item
   * @param to one past the last item
   */
  public abstract void run(int from, int to);
}
