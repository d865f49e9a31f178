package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;

/** Deterministic inputs and comparisons for the tests of the fast kernels. */
final class TestArrays {
  /** Row lengths that meet every kind of vector tail. */
  static final int[] LENGTHS = {1, 2, 15, 16, 31, 33, 113, 256, 1023};

  private TestArrays() {}

  /** Numbers in [-1, 1). */
  static float[] random(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = 2 * random.nextFloat() - 1;
    }
    return values;
  }

  /** Asserts that {@code count} elements from {@code offset} are close to the expected ones. */
  static void assertClose(
      String what, float[] actual, int offset, double[] expected, int count, double tolerance) {
    for (int i = 0; i < count; i++) {
      double error = Math.abs(actual[offset + i] - expected[i]);
      if (!(error <= tolerance * Math.max(1, Math.abs(expected[i])))) {
        assertThat((double) actual[offset + i])
            .describedAs("%s, element %d, tolerance %s", what, i, tolerance)
            .isEqualTo(expected[i]);
      }
    }
  }
}
