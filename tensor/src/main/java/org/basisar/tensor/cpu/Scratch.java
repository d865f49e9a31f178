package org.basisar.tensor.cpu;

import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * Buffers that a thread keeps for its kernels, so that computing allocates nothing once the largest
 * size has been seen. Kernels keep no other work space, so that {@link #bytes} is all of it.
 *
 * <p>What the threads of a launch share lies in the buffers of the thread that runs the launch,
 * from {@link #WORK} and {@link #PARTIAL} on, which no kernel takes for a thread of its own.
 */
final class Scratch {
  private static final ThreadLocal<Scratch> OF_THREAD = ThreadLocal.withInitial(Scratch::new);

  private static final List<WeakReference<Scratch>> ALL = new CopyOnWriteArrayList<>();

  /** The first of three buffers that a launch's threads share. */
  static final int WORK = 15;

  /** The buffer of fp64 numbers that a launch's threads share: sums yet to be added up. */
  static final int PARTIAL = 4;

  private final float[][] floats = new float[18][];
  private final double[][] doubles = new double[5][];

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

  private Scratch() {
    ALL.removeIf(reference -> reference.get() == null);
    ALL.add(new WeakReference<>(this));
  }

  /** Bytes that the buffers of all threads take. */
  static long bytes() {
    long sum = 0;
    for (WeakReference<Scratch> reference : ALL) {
      Scratch scratch = reference.get();
      sum += scratch == null ? 0 : scratch.ownBytes();
    }
    return sum;
  }

  private long ownBytes() {
    long elements = ints.length + (long) words.length;
    for (float[] buffer : floats) {
      elements += buffer == null ? 0 : buffer.length;
    }
    for (double[] buffer : doubles) {
      elements += buffer == null ? 0 : 2L * buffer.length;
    }
    return Integer.BYTES * elements;
  }

  /** Lets go of all threads' buffers. A kernel that is running keeps what it has taken. */
  static void release() {
    for (WeakReference<Scratch> reference : ALL) {
      Scratch scratch = reference.get();
      if (scratch != null) {
        Arrays.fill(scratch.floats, null);
        Arrays.fill(scratch.doubles, null);
        scratch.ints = new int[0];
        scratch.words = new int[0];
      }
    }
  }

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
