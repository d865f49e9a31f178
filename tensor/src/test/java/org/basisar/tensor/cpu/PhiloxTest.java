package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

final class PhiloxTest {

  private static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] out = new int[4];
    Philox.block(c0, c1, c2, c3, k0, k1, out, 0);
    return out;
  }

  /** The known answers published with Random123. */
  @Test
  void knownAnswers() {
    assertThat(block(0, 0, 0, 0, 0, 0))
        .containsExactly(0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8);
    assertThat(block(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
  }

  @Test
  void elementsLieWhereTheCounterSays() {
    long seed = 0x299f31d0a4093822L;
    long step = 0x0370734413198a2eL;
    long first = 4 * 0x243f6a88L;
    int[] out = new int[6];
    Philox.words(seed, step, 0x85a308d3, first, out, 1, 4);
    assertThat(out).containsExactly(0, 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1, 0);
    float[] uniform = new float[4];
    Philox.uniform(seed, step, 0x85a308d3, first, uniform, 0, 4);
    assertThat(uniform[0]).isEqualTo(0xd16cfe / 16_777_216f);
  }

  @Test
  void anyRangeEqualsTheSameRangeOfTheWhole() {
    int[] words = new int[113];
    float[] uniform = new float[113];
    double[] uniformDouble = new double[113];
    float[] normal = new float[113];
    double[] normalDouble = new double[113];
    Philox.words(5, 6, 7, 1000, words, 0, 113);
    Philox.uniform(5, 6, 7, 1000, uniform, 0, 113);
    Philox.uniform(5, 6, 7, 1000, uniformDouble, 0, 113);
    Philox.normal(5, 6, 7, 1000, normal, 0, 113);
    Philox.normal(5, 6, 7, 1000, normalDouble, 0, 113);
    for (int from = 0; from < 9; from++) {
      for (int count : new int[] {0, 1, 2, 3, 31, 33}) {
        int[] w = new int[count];
        float[] u = new float[count];
        float[] z = new float[count];
        double[] zz = new double[count];
        Philox.words(5, 6, 7, 1000 + from, w, 0, count);
        Philox.uniform(5, 6, 7, 1000 + from, u, 0, count);
        Philox.normal(5, 6, 7, 1000 + from, z, 0, count);
        Philox.normal(5, 6, 7, 1000 + from, zz, 0, count);
        for (int i = 0; i < count; i++) {
          assertThat(w[i]).isEqualTo(words[from + i]);
          assertThat(u[i]).isEqualTo(uniform[from + i]);
          assertThat((double) u[i]).isEqualTo(uniformDouble[from + i]);
          assertThat(z[i]).isEqualTo(normal[from + i]);
          assertThat(z[i]).isEqualTo((float) normalDouble[from + i]);
          assertThat(zz[i]).isEqualTo(normalDouble[from + i]);
        }
      }
    }
  }

  @Test
  void normalsAreThoseOfBoxAndMuller() {
    int count = 20_000;
    int[] words = new int[count];
    double[] normal = new double[count];
    Philox.words(1, 2, 3, 0, words, 0, count);
    Philox.normal(1, 2, 3, 0, normal, 0, count);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < count; i += 2) {
      double radius =
          Math.sqrt(-2 * StrictMath.log((Integer.toUnsignedLong(words[i]) + 1) * 0x1p-32));
      double angle = 2 * Math.PI * Integer.toUnsignedLong(words[i + 1]) * 0x1p-32;
      assertThat(normal[i]).isEqualTo(radius * StrictMath.cos(angle), Offset.offset(1e-14));
      assertThat(normal[i + 1]).isEqualTo(radius * StrictMath.sin(angle), Offset.offset(1e-14));
      sum += normal[i] + normal[i + 1];
      squares += normal[i] * normal[i] + normal[i + 1] * normal[i + 1];
    }
    assertThat(sum / count).isBetween(-0.03, 0.03);
    assertThat(squares / count).isBetween(0.96, 1.04);
  }

  @Test
  void uniformsFillTheUnitInterval() {
    int count = 100_000;
    float[] uniform = new float[count];
    Philox.uniform(42, 0, 0, 0, uniform, 0, count);
    int[] bins = new int[10];
    for (float u : uniform) {
      assertThat(u).isBetween(0f, 0x0.ffffffp0f);
      bins[(int) (u * 10)]++;
    }
    for (int bin : bins) {
      assertThat(bin).isBetween(9_600, 10_400);
    }
  }
}
