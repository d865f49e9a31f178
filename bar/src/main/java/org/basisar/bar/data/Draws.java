package org.basisar.bar.data;

/**
 * The random choices of one procedural image: a counter-based generator keyed by (seed, index), so
 * image {@code index} is the same whichever images were drawn before it, on every machine. The
 * mixing function is the 64-bit finaliser of SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Draws {
  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final long key;
  private long counter;

  Draws(long seed, long index) {
    this.key = mix(mix(seed + GOLDEN_GAMMA) ^ mix(index * GOLDEN_GAMMA + 1));
  }

  /** A number in [0, 1) with 53 random bits. */
  double unit() {
    counter++;
    return (mix(key + counter * GOLDEN_GAMMA) >>> 11) * 0x1.0p-53;
  }

  /** A number in [low, high). */
  double between(double low, double high) {
    return low + (high - low) * unit();
  }

  /** An integer in [0, bound). */
  int below(int bound) {
    return (int) (unit() * bound);
  }

  private static long mix(long value) {
    long mixed = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
    return mixed ^ (mixed >>> 31);
  }
}
