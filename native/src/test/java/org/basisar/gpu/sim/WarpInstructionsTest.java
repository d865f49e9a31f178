package org.basisar.gpu.sim;

import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;

final class WarpInstructionsTest {
  private static final Values LANES = Operands.random("b32", 32, 3);

  private static long lane(int index) {
    return LANES.bits()[index];
  }

  private static void check(String text, IntUnaryOperator source) {
    long[] result = OneInstruction.run(text, "b32", LANES);
    for (int l = 0; l < 32; l++) {
      assertThat(result[l]).as("lane %d", l).isEqualTo(lane(source.applyAsInt(l)));
    }
  }

  @Test
  void shufflesMoveValues() {
    check("shfl.sync.bfly.b32 %d, %a, 5, 31, -1;", l -> l ^ 5);
    check("shfl.sync.up.b32 %d, %a, 3, 0, -1;", l -> l < 3 ? l : l - 3);
    check("shfl.sync.down.b32 %d, %a, 3, 31, -1;", l -> l > 28 ? l : l + 3);
    check("shfl.sync.idx.b32 %d, %a, 7, 31, -1;", l -> 7);
    // Segments of eight lanes.
    check("shfl.sync.idx.b32 %d, %a, 2, 0x181f, -1;", l -> (l & ~7) | 2);
    check("shfl.sync.down.b32 %d, %a, 2, 0x181f, -1;", l -> (l & 7) > 5 ? l : l + 2);
    check("shfl.sync.up.b32 %d, %a, 2, 0x1800, -1;", l -> (l & 7) < 2 ? l : l - 2);
  }

  @Test
  void shufflesTellWhatWasInRange() {
    long[] result =
        OneInstruction.run(
            "shfl.sync.down.b32 %t|%p, %a, 3, 31, -1; selp.u32 %d, 1, 0, %p;", "b32", LANES);

    assertThat(result).isEqualTo(IntStream.range(0, 32).mapToLong(l -> l < 29 ? 1 : 0).toArray());
  }

  @Test
  void votesCount() {
    Values parity = new Values("b32", IntStream.range(0, 32).mapToLong(l -> l & 1).toArray());
    String odd = "setp.ne.u32 %p, %a, 0;";

    long[] ballot = OneInstruction.run(odd + "vote.sync.ballot.b32 %d, %p, -1;", "b32", parity);
    long[] any = OneInstruction.run(odd + "vote.sync.any.pred %d, %p, -1;", "pred", parity);
    long[] all = OneInstruction.run(odd + "vote.sync.all.pred %d, !%p, -1;", "pred", parity);

    assertThat(ballot).containsOnly(0xaaaaaaaaL);
    assertThat(any).containsOnly(1);
    assertThat(all).containsOnly(0);
  }

  @Test
  void matchesAndReductions() {
    Values thirds = new Values("b32", IntStream.range(0, 32).mapToLong(l -> l % 3).toArray());

    long[] match = OneInstruction.run("match.any.sync.b32 %d, %a, -1;", "b32", thirds);
    long[] sum = OneInstruction.run("redux.sync.add.s32 %d, %a, -1;", "b32", thirds);
    long[] max = OneInstruction.run("redux.sync.max.u32 %d, %a, -1;", "b32", LANES);

    for (int l = 0; l < 32; l++) {
      long expected = 0;
      for (int other = l % 3; other < 32; other += 3) {
        expected |= 1L << other;
      }
      assertThat(match[l]).isEqualTo(expected);
    }
    assertThat(sum).containsOnly(31);
    assertThat(max).containsOnly(Arrays.stream(LANES.bits()).max().orElseThrow());
  }

  @Test
  void lanesLeftOutAreFaults() {
    assertThatThrownBy(() ->
            OneInstruction.run(
                "setp.lt.u32 %p, %s, 16; @%p shfl.sync.bfly.b32 %d, %a, 1, 31, -1;", "b32", LANES))
        .isInstanceOf(KernelFaultException.class)
        .hasMessageContaining("differs among them");
    assertThatThrownBy(
            () -> OneInstruction.run("shfl.sync.idx.b32 %d, %a, 1, 31, 0xffff0000;", "b32", LANES))
        .isInstanceOf(KernelFaultException.class)
        .hasMessageContaining("leaves it out");
  }

  private static Values singles(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Values(
        "b32",
        IntStream.range(0, 32)
            .mapToLong(_ -> floatToRawIntBits((float) random.nextDouble(-1, 1)) & 0xffffffffL)
            .toArray());
  }

  private static Values pairs(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return new Values(
        "b32", IntStream.range(0, 32).mapToLong(_ -> half(random) << 16 | half(random)).toArray());
  }

  private static long half(SplittableRandom random) {
    return Integer.toUnsignedLong(floatToRawIntBits((float) random.nextDouble(-1, 1))) >>> 16;
  }

  private static double element(Values pair, int lane, int which) {
    return intBitsToFloat(
        (int) (which == 0 ? pair.bits()[lane] << 16 : pair.bits()[lane] & 0xffff0000L));
  }

  /** The layout of PTX's figures: rows by lane / 4, columns by lane % 4. */
  @Test
  void bf16ProductsFollowTheLayout() {
    Values x = pairs(1);
    Values y = pairs(2);
    // Registers of A: x, y, x+1 lanes are the same; B: y, x; C: singles.
    String text =
        "{ .reg .f32 %c0, %c1, %c2, %c3; mov.b32 %c0, %c; mov.b32 %c1, %c; mov.b32 %c2, %c;"
            + " mov.b32 %c3, %c; mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32"
            + " {%c0, %c1, %c2, %c3}, {%a, %b, %b, %a}, {%b, %a}, {%c0, %c1, %c2, %c3};"
            + " mov.b32 %d, OUT; }";
    Values c = singles(3);
    for (int register = 0; register < 4; register++) {
      long[] result = OneInstruction.run(text.replace("OUT", "%c" + register), "b32", x, y, c);
      for (int lane = 0; lane < 32; lane++) {
        int row = lane / 4 + 8 * (register / 2);
        int column = lane % 4 * 2 + register % 2;
        double sum = intBitsToFloat((int) c.bits()[lane]);
        for (int k = 0; k < 16; k++) {
          // A's registers: rows 0-7 and columns 0-7, rows 8-15, columns 8-15, both.
          boolean firstOfA = row < 8 == k < 8;
          Values a = firstOfA ? x : y;
          Values b = k < 8 ? y : x;
          sum +=
              element(a, row % 8 * 4 + k % 8 / 2, k % 2)
                  * element(b, column * 4 + k % 8 / 2, k % 2);
        }
        assertThat(intBitsToFloat((int) result[lane])).isEqualTo((float) sum);
      }
    }
  }

  @Test
  void tf32ProductsFollowTheLayout() {
    Values x = singles(1);
    Values y = singles(2);
    String text =
        "{ .reg .f32 %c0, %c1, %c2, %c3; mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32"
            + " {%c0, %c1, %c2, %c3}, {%a, %b, %b, %a}, {%b, %a}, {%c, %c, %c, %c};"
            + " mov.b32 %d, %c3; }";

    long[] result = OneInstruction.run(text, "b32", x, y, x);

    for (int lane = 0; lane < 32; lane++) {
      int row = lane / 4;
      int column = lane % 4 * 2 + 1;
      double sum = intBitsToFloat((int) x.bits()[lane]);
      for (int k = 0; k < 8; k++) {
        Values a = k < 4 ? y : x;
        Values b = k < 4 ? y : x;
        sum += tf32(a, row * 4 + k % 4) * tf32(b, column * 4 + k % 4);
      }
      assertThat(intBitsToFloat((int) result[lane])).isEqualTo((float) sum);
    }
  }

  private static double tf32(Values values, int lane) {
    return intBitsToFloat((int) values.bits()[lane] & 0xffffe000);
  }
}
