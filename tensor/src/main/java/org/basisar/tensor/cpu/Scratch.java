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
