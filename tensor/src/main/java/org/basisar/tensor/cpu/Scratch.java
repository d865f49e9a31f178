package org.basisar.tensor.cpu;

/**
 * Buffers that a thread keeps for its kernels, so that computing allocates nothing once the largest
 * size has been seen.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private final float[][] floats = new float[15][];
  private final double[][] doubles = new double[4][];

  private int[] ints = {};
  private int[] words = {};

  /** The words of one Philox counter. */
  final int[] block = new int[4];

  /** The lanes of one vector, which has at most so many on any machine. */
  final float[] lanes = new float[64];

  /**
   * Position in a buffer of {@link #lined} from which vectors lie within cache lines of 64 bytes,
   * where the collector places arrays as G1 does: an array of more than half a region begins at a
   * region, and its elements 16 bytes later. Vectors that lie across two lines cost a matrix
   * product about a tenth of its speed.
   */
  static final int LINE = 12;

  /** More than half a region of G1, in elements, if the region's size is the default. */
  static final int HALF_REGION = halfRegion();

  private static int halfRegion() {
    // A 2048th of the heap, rounded up to a power of 2, between 1 MiB and 32 MiB.
    long share = Math.clamp(Runtime.getRuntime().maxMemory() / 2048, 1L << 20, 32L << 20);
    long region = Long.highestOneBit(2 * share - 1);
    return (int) (region / 2 / Float.BYTES) + 1024;
  }

  private Scratch() {}

  /** The buffers of the calling thread. */
  static Scratch ofThread() {
    return OF_THREAD.get();
  }

  /** Buffer number {@code slot} with at least {@code size} elements and arbitrary contents. */
  float[] floats(int slot, int size) {
    float[] buffer = floats[slot];
    if (buffer == null || buffer.length < size) {
      buffer = new float[size];
      floats[slot] = buffer;
    }
    return buffer;
  }

  /** The same with {@code size} elements from {@link #LINE} on, and placed as is said there. */
  float[] lined(int slot, int size) {
    return floats(slot, Math.max(HALF_REGION, LINE + size));
  }

  /** Buffer number {@code slot} with at least {@code size} elements and arbitrary contents. */
  double[] doubles(int slot, int size) {
    double[] buffer = doubles[slot];
    if (buffer == null || buffer.length < size) {
      buffer = new double[size];
      doubles[slot] = buffer;
    }
    return buffer;
  }

  /** Integers, at least {@code size} of them, with arbitrary contents. */
  int[] ints(int size) {
    if (ints.length < size) {
      ints = new int[size];
    }
    return ints;
  }

  /** Integers for {@link Philox}, apart from those of {@link #ints}. */
  int[] words(int size) {
    if (words.length < size) {
      words = new int[size];
    }
    return words;
  }
}
