package org.basisar.tensor.cpu;

/**
 * A kernel whose items are elements. They are computed in short chunks, each by a call of its own:
 * a loop over a whole tensor would run interpreted for many steps, allocating each vector, before
 * the compiler takes it for hot, where a method that is called often is compiled soon.
 */
abstract class ElementKernel extends FastKernel {
  /** Elements of a chunk: much longer than a call, and in the first-level cache. */
  static final int CHUNK = 512;

  private final int count;

  ElementKernel(int count) {
    this.count = count;
  }

  /** Computes {@code n} elements from {@code at}, at most {@link #CHUNK}. */
  abstract void chunk(int at, int n);

  @Override
  public final int items() {
    return count;
  }

  @Override
  public final void run(int from, int to) {
    for (int at = from; at < to; at += CHUNK) {
      chunk(at, Math.min(CHUNK, to - at));
    }
  }
}
