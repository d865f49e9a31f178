package org.basisar.bar.metrics;

/**
 * The generator that the field's evaluators draw orders from (Matsumoto and Nishimura 1998, 32
 * bits), seeded and used as NumPy's legacy RandomState does it, so that splits and subsets are the
 * same ones.
 */
final class MersenneTwister {
  private static final int SIZE = 624;
  private static final int SHIFT = 397;

  private final int[] state = new int[SIZE];
  private int next = SIZE;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < SIZE; i++) {
      state[i] = 1812433253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  private int nextBits() {
    if (next == SIZE) {
      for (int i = 0; i < SIZE; i++) {
        int mixed = (state[i] & 0x80000000) | (state[(i + 1) % SIZE] & 0x7fffffff);
        int twisted = (mixed >>> 1) ^ ((mixed & 1) == 0 ? 0 : 0x9908b0df);
        state[i] = state[(i + SHIFT) % SIZE] ^ twisted;
      }
      next = 0;
    }
    int bits = state[next++];
    bits ^= bits >>> 11;
    bits ^= (bits << 7) & 0x9d2c5680;
    bits ^= (bits << 15) & 0xefc60000;
    return bits ^ (bits >>> 18);
  }

  /** A number from 0 to {@code most}, both included. */
  private int nextUpTo(int most) {
    int mask = -1 >>> Integer.numberOfLeadingZeros(most);
    int value;
    do {
      value = nextBits() & mask;
    } while (value > most);
    return value;
  }

  /** The numbers 0 … count − 1 in random order. */
  int[] permutation(int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = i;
    }
    for (int i = count - 1; i >= 1; i--) {
      int other = nextUpTo(i);
      int held = order[i];
      order[i] = order[other];
      order[other] = held;
    }
    return order;
  }
}
