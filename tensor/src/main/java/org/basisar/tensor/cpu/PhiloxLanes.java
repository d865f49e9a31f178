package org.basisar.tensor.cpu;

import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * {@link Philox} for as many successive counters as a vector has 64-bit lanes. A lane holds a
 * 32-bit word; products of two words fill it.
 */
final class PhiloxLanes {
  private static final VectorSpecies<Long> SPECIES = LongVector.SPECIES_PREFERRED;

  /** Blocks of four words that one step makes. */
  static final int BLOCKS = SPECIES.length();

  private static final long WORD = 0xFFFFFFFFL;
  private static final LongVector MULTIPLIER_0 = LongVector.broadcast(SPECIES, 0xD2511F53L);
  private static final LongVector MULTIPLIER_1 = LongVector.broadcast(SPECIES, 0xCD9E8D57L);
  private static final LongVector INDEX = LongVector.zero(SPECIES).addIndex(1);

  private static final VectorShuffle<Long> LOWER = VectorShuffle.fromOp(SPECIES, lane -> lane / 2);
  private static final VectorShuffle<Long> UPPER =
      VectorShuffle.fromOp(SPECIES, lane -> BLOCKS / 2 + lane / 2);
  private static final VectorMask<Long> ODD = VectorMask.fromLong(SPECIES, 0xAAAAAAAAAAAAAAAAL);

  private PhiloxLanes() {}

  /**
   * The words of {@code steps * BLOCKS} successive blocks.
   *
   * @param block first word of the first counter
   * @param out where the words go
   * @param steps how many vectors of blocks
   */
  static void blocks(long seed, long step, int call, long block, int[] out, int offset, int steps) {
    LongVector multiplier0 = MULTIPLIER_0.and(WORD);
    LongVector multiplier1 = MULTIPLIER_1.and(WORD);
    for (int i = 0; i < steps; i++) {
      LongVector x0 = INDEX.add(block + (long) i * BLOCKS);
      LongVector x1 = LongVector.broadcast(SPECIES, call & WORD);
      LongVector x2 = LongVector.broadcast(SPECIES, step & WORD);
      LongVector x3 = LongVector.broadcast(SPECIES, step >>> 32);
      int key0 = (int) seed;
      int key1 = (int) (seed >>> 32);
      for (int round = 0; round < 10; round++) {
        LongVector product0 = x0.and(WORD).mul(multiplier0);
        LongVector product1 = x2.and(WORD).mul(multiplier1);
        x0 = product1.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, x1);
        x0 = x0.lanewise(VectorOperators.XOR, key0 & WORD);
        x1 = product1;
        x2 = product0.lanewise(VectorOperators.LSHR, 32).lanewise(VectorOperators.XOR, x3);
        x2 = x2.lanewise(VectorOperators.XOR, key1 & WORD);
        x3 = product0;
        key0 += Philox.WEYL_0;
        key1 += Philox.WEYL_1;
      }
      LongVector low = x0.and(WORD).or(x1.lanewise(VectorOperators.LSHL, 32));
      LongVector high = x2.and(WORD).or(x3.lanewise(VectorOperators.LSHL, 32));
      int at = offset + i * 4 * BLOCKS;
      LongVector first = low.rearrange(LOWER).blend(high.rearrange(LOWER), ODD);
      LongVector second = low.rearrange(UPPER).blend(high.rearrange(UPPER), ODD);
      first.reinterpretAsInts().intoArray(out, at);
      second.reinterpretAsInts().intoArray(out, at + 2 * BLOCKS);
    }
  }
}
