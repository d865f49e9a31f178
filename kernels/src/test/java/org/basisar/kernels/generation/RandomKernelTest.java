package org.basisar.kernels.generation;

import static org.assertj.core.api.Assertions.assertThat;

import org.assertj.core.data.Offset;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class RandomKernelTest {
  private static final DeviceData DEVICE = new DeviceData();
  private static final ElementType[] TYPES = {ElementType.F32, ElementType.BF16};

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static final int[] STATE = {0xa4093822, 0x299f31d0, 0x13198a2e, 0x03707344};
  private static final int CALL = 0x85a308d3;

  private static long state(int... words) {
    return DEVICE.of(ElementType.I32, words[0], words[1], words[2], words[3]);
  }

  private static double[] uniform(ElementType type, long out, int count, int call, int... state) {
    DEVICE.run(RandomKernel.uniform(DEVICE.library(), type, out, count, state(state), call));
    return DEVICE.read(type, out, count);
  }

  /** Philox4x32-10 in plain 64-bit arithmetic. */
  private static int[] block(int c0, int c1, int c2, int c3, int k0, int k1) {
    int[] x = {c0, c1, c2, c3};
    int[] key = {k0, k1};
    for (int round = 0; round < 10; round++) {
      long first = 0xD2511F53L * (x[0] & 0xffffffffL);
      long second = 0xCD9E8D57L * (x[2] & 0xffffffffL);
      x =
          new int[] {
            (int) (second >>> 32) ^ x[1] ^ key[0],
            (int) second,
            (int) (first >>> 32) ^ x[3] ^ key[1],
            (int) first
          };
      key[0] += 0x9E3779B9;
      key[1] += 0xBB67AE85;
    }
    return x;
  }

  /** The word of an element for {@link #STATE} and {@link #CALL}. */
  private static int word(int element) {
    return block(element >>> 2, CALL, STATE[2], STATE[3], STATE[0], STATE[1])[element & 3];
  }

  /** The known answers published with Random123. */
  @Test
  void publishedAnswers() {
    int[] zeros = {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8};
    assertThat(block(0, 0, 0, 0, 0, 0)).isEqualTo(zeros);
    assertThat(block(-1, -1, -1, -1, -1, -1))
        .containsExactly(0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd);
    assertThat(block(0x243f6a88, CALL, STATE[2], STATE[3], STATE[0], STATE[1]))
        .containsExactly(0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1);
    long out = DEVICE.empty(ElementType.F32, 4);
    double[] actual = uniform(ElementType.F32, out, 4, 0, 0, 0, 0, 0);
    for (int i = 0; i < 4; i++) {
      assertThat(actual[i]).isEqualTo((zeros[i] >>> 8) * 0x1p-24);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 31, 33, 113, 1023})
  void uniformNumbersAreThoseOfTheDefinition(int count) {
    for (ElementType type : TYPES) {
      double[] expected = new double[count];
      for (int i = 0; i < count; i++) {
        expected[i] = Rounding.of(type).stored((word(i) >>> 8) * 0x1p-24);
      }
      assertThat(uniform(type, DEVICE.empty(type, count), count, CALL, STATE)).isEqualTo(expected);
      assertThat(uniform(type, DEVICE.shifted(type, count), count, CALL, STATE))
          .isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 31, 33, 113, 1023})
  void dropoutKeepsWhatIsNotBelowTheRate(int count) {
    double rate = 0.3;
    for (ElementType type : TYPES) {
      double[] x = DeviceData.normal(type, 5, count);
      double[] expected = new double[count];
      for (int i = 0; i < count; i++) {
        boolean kept = (word(i) >>> 8) * 0x1p-24 >= rate;
        expected[i] = kept ? Rounding.of(type).stored((float) x[i] * (float) (1 / (1 - rate))) : 0;
      }
      for (long from : new long[] {DEVICE.of(type, x), DEVICE.shiftedOf(type, x)}) {
        long out = DEVICE.empty(type, count);
        DEVICE.run(
            RandomKernel.dropout(
                DEVICE.library(), type, from, out, count, state(STATE), CALL, rate));
        assertThat(DEVICE.read(type, out, count)).isEqualTo(expected);
      }
    }
  }

  @Test
  void dropoutOfNothingKeepsEverything() {
    double[] x = DeviceData.normal(ElementType.F32, 5, 1023);
    long out = DEVICE.empty(ElementType.F32, 1023);
    DEVICE.run(
        RandomKernel.dropout(
            DEVICE.library(),
            ElementType.F32,
            DEVICE.of(ElementType.F32, x),
            out,
            1023,
            state(STATE),
            CALL,
            0));
    assertThat(DEVICE.read(ElementType.F32, out, 1023)).isEqualTo(x);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 31, 33, 1023, 40_000})
  void normalNumbersAreThoseOfBoxAndMuller(int count) {
    long out = DEVICE.empty(ElementType.F32, count);
    KernelLaunch launch =
        RandomKernel.normal(DEVICE.library(), ElementType.F32, out, count, state(STATE), CALL);
    DEVICE.run(launch);
    double[] actual = DEVICE.read(ElementType.F32, out, count);
    for (int i = 0; i < count; i++) {
      long first = word(i & ~1) & 0xffffffffL;
      int second = word(i | 1);
      double radius = Math.sqrt(-2 * Math.log((first + 1) * 0x1p-32));
      double angle = second * 0x1p-31 * Math.PI;
      double expected = radius * ((i & 1) == 0 ? Math.cos(angle) : Math.sin(angle));
      assertThat(actual[i]).isCloseTo(expected, Offset.offset(3 * 0x1p-24 * (1 + radius)));
    }
  }
}
