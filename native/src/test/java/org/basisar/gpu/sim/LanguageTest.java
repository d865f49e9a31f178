package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.basisar.gpu.Grid;
import org.junit.jupiter.api.Test;

/** What the compiler makes of functions, tables, local arrays and diverging loops. */
final class LanguageTest {

  @Test
  void functionsAreCalled() {
    try (TestKernels device = new TestKernels("language.ptx")) {
      long out = device.room(32);
      device.launch("calls", Grid.linear(1, 32), out, 5);

      float[] result = device.singles(out, 32);

      for (int thread = 0; thread < 32; thread++) {
        float sum = thread % 3 == 1 ? ((0.5f + 2) * 0.5f + 3) * 0.5f + 4 : 0;
        for (int i = 0; i < 6; i++) {
          int value = (5 * ((i + thread) % 6) + thread) / 2;
          sum += value * (i + 1f) * (i % 2 == 1 ? -1 : 1);
        }
        assertThat(result[thread]).isEqualTo(sum);
      }
    }
  }

  @Test
  void genericAddressesReachSharedAndGlobalMemory() {
    try (TestKernels device = new TestKernels("language.ptx")) {
      for (int shared = 0; shared < 2; shared++) {
        long out = device.room(32);
        device.launch("generic", Grid.linear(1, 32), out, shared);
        float[] result = device.singles(out, 32);
        for (int i = 0; i < 32; i++) {
          assertThat(result[i]).isEqualTo(100 + (shared == 1 ? 1 : -1) * (i ^ 1));
        }
      }
      long visits = device.room(1);
      device.launch("read_visits", Grid.linear(1, 1), visits);
      assertThat(device.integers(visits, 1)).containsExactly(3 + 64);
    }
  }

  private static int walk(int x) {
    int acc = 0;
    for (int i = 0; i < (x & 31); i++) {
      if ((x >>> i & 1) != 0 && i > 20) {
        break;
      }
      int y = x * (int) 2654435761L + i;
      while (Integer.compareUnsigned(y, 3) > 0) {
        if ((y & 1) != 0) {
          y = (y >>> 2) + 1;
          if ((y & 7) == 5) {
            continue;
          }
          acc ^= y << (i & 7);
        } else {
          y >>>= 1;
          if ((y & 63) == 33) {
            acc += 7;
            break;
          }
        }
        switch (y & 7) {
          case 0 -> acc += i;
          case 3 -> acc = (acc * 3 + 1) ^ 0x55;
          case 4 -> acc ^= 0x55;
          case 6 -> {
            if ((acc & 1) != 0) {
              return acc ^ y;
            }
            acc -= y;
          }
          default -> acc -= y;
        }
      }
      if (Integer.remainderUnsigned(acc, 11) == 3) {
        int a = acc;
        int b = i * 12 + 8;
        while (b != 0) {
          int t = Integer.remainderUnsigned(a, b);
          a = b;
          b = t;
        }
        acc += a;
      }
    }
    return acc;
  }

  @Test
  void divergedLanesGiveWhatEachWouldAlone() {
    try (TestKernels device = new TestKernels("language.ptx")) {
      int[] in = new SplittableRandom(1).ints(3001).toArray();
      long out = device.room(in.length);
      device.launch("diverge", Grid.linear(24, 128), device.upload(in), out, in.length);

      int[] expected = Arrays.stream(in).map(LanguageTest::walk).toArray();

      assertThat(device.integers(out, in.length)).isEqualTo(expected);
    }
  }

  @Test
  void groupsOfLanesTalkWhileDiverged() {
    try (TestKernels device = new TestKernels("language.ptx")) {
      int[] in = new SplittableRandom(2).ints(64).toArray();
      long out = device.room(64);
      device.launch("groups", Grid.linear(1, 64), device.upload(in), out);

      assertThat(device.integers(out, 64)).isEqualTo(groups(in));
    }
  }

  private static int[] groups(int[] in) {
    int[] v = new int[64];
    for (int t = 0; t < 64; t++) {
      v[t] = (t & 31) < 16 ? in[t] + 7 * (t & 31) : in[t] ^ 0x1234;
    }
    int[] first = new int[64];
    for (int t = 0; t < 64; t++) {
      first[t] = v[t] + v[(t & 31) < 16 ? t ^ 3 : t ^ 5];
    }
    int count = 0;
    for (int t = 0; t < 64; t++) {
      v[t] = first[t] + first[t ^ 1];
      int k = 0;
      while (k < (v[t] & 15)) {
        k++;
        if (k == 9) {
          v[t] += 3;
        }
      }
      count += v[t] >> 1 & 1;
    }
    int[] result = new int[64];
    for (int t = 0; t < 64; t++) {
      int sum = 0;
      int ballot = 0;
      for (int lane = 0; lane < 32; lane++) {
        int value = v[(t & ~31) + lane];
        sum += value;
        ballot |= (value & 1) << lane;
      }
      result[t] = sum * 31 + ballot + count;
    }
    return result;
  }

  @Test
  void theLastBlockSeesWhatOthersPublished() {
    try (TestKernels device = new TestKernels("language.ptx")) {
      float[] in = {1, 2, 3, 4, 5, 6, 7};
      long out = device.room(1);
      long counter = device.upload(new int[1]);
      for (int run = 0; run < 2; run++) {
        device.launch(
            "last_block", Grid.linear(7, 32), device.upload(in), device.room(7), counter, out);
        assertThat(device.singles(out, 1)).containsExactly(56f);
      }
    }
  }
}
