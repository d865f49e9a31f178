package org.basisar.tensor.cpu;

/**
 * The numbers of {@link org.basisar.tensor.Random} one block at a time: Philox4x32-10 (J. Salmon et
 * al., Parallel random numbers: as easy as 1, 2, 3; SC 2011).
 */
final class PlainRandom {
  private static final long MULTIPLIER_0 = 0xD2511F53L;
  private static final long MULTIPLIER_1 = 0xCD9E8D57L;
  private static final int KEY_STEP_0 = 0x9E3779B9;
  private static final int KEY_STEP_1 = 0xBB67AE85;
  private static final int ROUNDS = 10;
  private static final long WORD = 0xffffffffL;

  private final int[] key;
  private final int[] step;
  private final int call;
  private final int[] words = new int[4];
  private long block = -1;

  /**
   * The numbers of one draw.
   *
   * @param state seed low, seed high, step low, step high
   */
  PlainRandom(double[] state, int call) {
    this.key = new int[] {(int) state[0], (int) state[1]};
    this.step = new int[] {(int) state[2], (int) state[3]};
    this.call = call;
  }

  /** Uniform number {@code element}, a multiple of 2⁻²⁴ in [0, 1). */
  double uniform(long element) {
    load(element);
    return (words[(int) (element & 3)] >>> 8) * 0x1p-24;
  }

  /**
   * Normal number {@code element}: Box–Muller on words (0, 1) and (2, 3) of its block, the cosine
   * first. Whole words are used; the radius takes its number from (0, 1], so that its logarithm is
   * finite.
   */
  double normal(long element) {
    load(element);
    int pair = (int) (element & 2);
    double radius = StrictMath.sqrt(-2 * StrictMath.log(((words[pair] & WORD) + 1) * 0x1p-32));
    double angle = 2 * StrictMath.PI * ((words[pair + 1] & WORD) * 0x1p-32);
    return radius * ((element & 1) == 0 ? StrictMath.cos(angle) : StrictMath.sin(angle));
  }

  private void load(long element) {
    if (element >>> 2 != block) {
      block = element >>> 2;
      generate(key[0], key[1], (int) block, call, step[0], step[1], words);
    }
  }

  /** The four words of one counter under one key. */
  static void generate(
      int key0, int key1, int counter0, int counter1, int counter2, int counter3, int[] words) {
    int k0 = key0;
    int k1 = key1;
    int c0 = counter0;
    int c1 = counter1;
    int c2 = counter2;
    int c3 = counter3;
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = MULTIPLIER_0 * (c0 & WORD);
      long product1 = MULTIPLIER_1 * (c2 & WORD);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += KEY_STEP_0;
      k1 += KEY_STEP_1;
    }
    words[0] = c0;
    words[1] = c1;
    words[2] = c2;
    words[3] = c3;
  }
}
