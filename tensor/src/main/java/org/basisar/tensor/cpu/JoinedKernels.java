package org.basisar.tensor.cpu;

/**
 * Kernels that are independent of each other, run as one: their items are numbered through, so that
 * many small ones keep all threads busy.
 */
final class JoinedKernels extends ParallelKernel {
  private final ParallelKernel[] parts;
  private final int[] starts;
  private final int grain;

  JoinedKernels(ParallelKernel[] parts) {
    this.parts = parts;
    starts = new int[parts.length + 1];
    int least = Integer.MAX_VALUE;
    for (int i = 0; i < parts.length; i++) {
      starts[i + 1] = Math.addExact(starts[i], parts[i].items());
      least = Math.min(least, parts[i].grain());
    }
    grain = least;
  }

  @Override
  public int items() {
    return starts[parts.length];
  }

  @Override
  public int grain() {
    return grain;
  }

  @Override
  public void run(int from, int to) {
    for (int i = 0; i < parts.length; i++) {
      int first = Math.max(from, starts[i]);
      int end = Math.min(to, starts[i + 1]);
      if (first < end) {
        parts[i].run(first - starts[i], end - starts[i]);
      }
    }
  }
}
