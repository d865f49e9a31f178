package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AssignmentTest {
  private static double[] scores(int size, long seed, boolean coarse) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] scores = new double[size * size];
    Arrays.setAll(scores, _ -> coarse ? random.nextInt(3) : random.nextDouble(-5, 5));
    return scores;
  }

  private static double sum(double[] scores, int[] columns) {
    double sum = 0;
    for (int row = 0; row < columns.length; row++) {
      sum += scores[row * columns.length + columns[row]];
    }
    return sum;
  }

  private static double greatest(double[] scores, int size, int row, boolean[] taken) {
    if (row == size) {
      return 0;
    }
    double best = Double.NEGATIVE_INFINITY;
    for (int column = 0; column < size; column++) {
      if (!taken[column]) {
        taken[column] = true;
        double rest = greatest(scores, size, row + 1, taken);
        best = Math.max(best, scores[row * size + column] + rest);
        taken[column] = false;
      }
    }
    return best;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 5, 7})
  void noPermutationIsBetter(int size) {
    for (long seed = 0; seed < 40; seed++) {
      double[] scores = scores(size, seed, seed % 2 == 0);
      int[] columns = Assignment.best(scores, size);
      assertThat(columns).hasSize(size).doesNotHaveDuplicates();
      assertThat(sum(scores, columns))
          .isCloseTo(greatest(scores, size, 0, new boolean[size]), within(1e-9));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {31, 113})
  void aHiddenPermutationIsFound(int size) {
    double[] scores = scores(size, size, false);
    int[] hidden = new int[size];
    for (int row = 0; row < size; row++) {
      hidden[row] = (row * 5 + 3) % size;
      scores[row * size + hidden[row]] = 6;
    }
    assertThat(Assignment.best(scores, size)).containsExactly(hidden);
  }

  @Test
  void scoresMustBeASquareOfFiniteNumbers() {
    assertThatThrownBy(() -> Assignment.best(new double[3], 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 scores");
    assertThatThrownBy(() -> Assignment.best(new double[] {Double.NaN}, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("finite");
  }
}
