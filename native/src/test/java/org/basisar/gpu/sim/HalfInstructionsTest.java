package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.basisar.gpu.sim.OneInstruction.Values;
import org.junit.jupiter.api.Test;

final class HalfInstructionsTest {
  private static final int COUNT = 4096;

  private static double value(long bits) {
    return Float.intBitsToFloat((int) bits << 16);
  }

  @Test
  void fmaIsRoundedOnce() {
    Values a = Operands.random("b16", COUNT, 1);
    Values b = Operands.random("b16", COUNT, 2);
    Values c = Operands.random("b16", COUNT, 3);

    long[] result = OneInstruction.run("fma.rn.bf16 %d, %a, %b, %c;", "b16", a, b, c);

    int compared = 0;
    for (int i = 0; i < COUNT; i++) {
      double x = value(a.bits()[i]);
      double y = value(b.bits()[i]);
      double z = value(c.bits()[i]);
      double got = value(result[i]);
      if (Double.isFinite(x * y + z) && Double.isFinite(got) && Math.abs(got) > 1e-30) {
        BigDecimal exact = new BigDecimal(x).multiply(new BigDecimal(y)).add(new BigDecimal(z));
        BigDecimal error = exact.subtract(new BigDecimal(got)).abs();
        double spacing = Math.scalb(1.0, Math.getExponent(got) - 7);
        assertThat(error).isLessThanOrEqualTo(new BigDecimal(spacing / 2));
        compared++;
      }
    }
    assertThat(compared).isGreaterThan(COUNT / 3);
  }

  @Test
  void pairsAreTwoHalves() {
    Values a = Operands.random("b32", COUNT, 1);
    Values b = Operands.random("b32", COUNT, 2);

    for (String name :
        new String[] {"max.bf16", "min.bf16", "neg.bf16", "abs.bf16", "add.f16", "mul.f16"}) {
      String operands = name.startsWith("n") || name.startsWith("ab") ? " %d, %a;" : " %d, %a, %b;";
      long[] pair = OneInstruction.run(name + "x2" + operands, "b32", a, b);
      long[] low = OneInstruction.run(name + operands, "b16", half(a, 0), half(b, 0));
      long[] high = OneInstruction.run(name + operands, "b16", half(a, 16), half(b, 16));
      for (int i = 0; i < COUNT; i++) {
        assertThat(pair[i]).as(name).isEqualTo(high[i] << 16 | low[i]);
      }
    }
  }

  private static Values half(Values pairs, int shift) {
    long[] bits = pairs.bits().clone();
    for (int i = 0; i < bits.length; i++) {
      bits[i] = bits[i] >>> shift & 0xffff;
    }
    return new Values("b16", bits);
  }

  @Test
  void largerAndSmallerKnowNans() {
    Values a = new Values("b16", 0x3f80, 0x7fc0, 0x3f80, 0x7fc0, 0xbf80, 0x8000);
    Values b = new Values("b16", 0x4000, 0x3f80, 0x7fc0, 0xffc0, 0x3f80, 0x0000);

    assertThat(OneInstruction.run("max.bf16 %d, %a, %b;", "b16", a, b))
        .containsExactly(0x4000, 0x3f80, 0x3f80, 0x7fff, 0x3f80, 0x0000);
    assertThat(OneInstruction.run("min.bf16 %d, %a, %b;", "b16", a, b))
        .containsExactly(0x3f80, 0x3f80, 0x3f80, 0x7fff, 0xbf80, 0x8000);
  }
}
