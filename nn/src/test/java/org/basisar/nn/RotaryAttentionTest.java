package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(OpenScope.class)
class RotaryAttentionTest {
  private static final int BATCH = 2;
  private static final int CELLS = 4;
  private static final int CELL = 3;
  private static final int TOKENS = CELLS * CELL;
  private static final int WIDTH = 16;

  private final RotaryAttention attention =
      new RotaryAttention(Samples.setup(DType.F64, 1), WIDTH, 2, 0.5, 0.5);
  private final RotaryTable positions =
      new RotaryTable(
          DType.F64,
          new int[] {0, 0, 0, 1, 1, 1, 2, 2, 2, 3, 3, 3},
          new int[] {0, 1, 2, 5, 4, 3, 0, 1, 2, 7, 8, 9},
          WIDTH / 2);

  @AfterEach
  void close() {
    attention.close();
    positions.close();
  }

  private static Tensor x() {
    return Samples.tensor(3, 2, BATCH, TOKENS, WIDTH);
  }

  private double[] whole(Tensor x, int cellTokens) {
    return attention.forward(x, positions, cellTokens).toDoubles();
  }

  @Test
  void theCacheGivesWhatRecomputingGives() {
    double[] whole = whole(x(), CELL);
    try (KeyValueCache cache = new KeyValueCache(DType.F64, BATCH, CELLS, CELL, WIDTH)) {
      compare(cache, 0, 1, false, whole);
      for (int cell = 1; cell < CELLS; cell++) {
        compare(cache, cell - 1, 2, true, whole);
        compare(cache, cell, 1, false, whole);
        compare(cache, cell, 1, false, whole);
      }
    }
  }

  private void compare(
      KeyValueCache cache, int first, int count, boolean remember, double[] whole) {
    int start = cache.cells().start(first);
    int last = first + count - 1;
    int length = cache.cells().start(last) + cache.cells().size(last) - start;
    Tensor part = x().slice(1, start, length);
    double[] cached = attention.forward(part, positions, cache, first, remember).toDoubles();
    double[] expected = Tensor.of(whole, BATCH, TOKENS, WIDTH).slice(1, start, length).toDoubles();
    assertThat(cached).containsExactly(expected, within(1e-12));
  }

  @Test
  void unequalCellsSeeWhatIsBeforeThemAndThemselves() {
    Cells cells = Cells.of(1, 4, 2, 5);
    double[] mixed = attention.forward(x(), positions, cells).toDoubles();
    for (int cell = 0; cell < cells.count(); cell++) {
      int end = cells.start(cell) + cells.size(cell);
      double[] alone = attention.forward(x().slice(1, 0, end), positions, 0).toDoubles();
      for (int b = 0; b < BATCH; b++) {
        int from = (b * TOKENS + cells.start(cell)) * WIDTH;
        int to = (b * TOKENS + end) * WIDTH;
        int aloneFrom = (b * end + cells.start(cell)) * WIDTH;
        assertThat(Arrays.copyOfRange(mixed, from, to))
            .containsExactly(
                Arrays.copyOfRange(alone, aloneFrom, aloneFrom + to - from), within(1e-12));
      }
    }
    assertThat(attention.forward(x(), positions, Cells.equal(CELLS, CELL)).toDoubles())
        .isEqualTo(whole(x(), CELL));
  }

  @Test
  void theCacheGivesWhatRecomputingGivesForUnequalCells() {
    Cells cells = Cells.of(1, 4, 2, 5);
    double[] whole = attention.forward(x(), positions, cells).toDoubles();
    try (KeyValueCache cache = new KeyValueCache(DType.F64, BATCH, cells, WIDTH)) {
      compare(cache, 0, 1, false, whole);
      for (int cell = 1; cell < CELLS; cell++) {
        compare(cache, cell - 1, 2, true, whole);
        compare(cache, cell, 1, false, whole);
        compare(cache, cell, 1, false, whole);
      }
    }
  }

  @Test
  void reorderedPositionsTurnAsTheirTokensDid() {
    int[] order = {3, 0, 2, 1, 7, 5, 4, 6, 11, 9, 10, 8};
    Tensor index = Tensor.of(order, TOKENS);
    double[] plain = attention.forward(x(), positions, 0).toDoubles();
    double[] moved =
        attention.forward(Ops.gather(x(), 1, index), positions.reordered(index), 0).toDoubles();
    double[] expected = Ops.gather(Tensor.of(plain, BATCH, TOKENS, WIDTH), 1, index).toDoubles();
    assertThat(moved).containsExactly(expected, within(1e-12));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void aCellReachesItselfAndLaterOnesOnly(int cell) {
    double[] before = whole(x(), CELL);
    double[] changed = x().toDoubles();
    // The middle token of the cell, in the second image only.
    int at = (TOKENS + cell * CELL + 1) * WIDTH;
    for (int i = 0; i < WIDTH; i++) {
      changed[at + i] += 0.5;
    }
    double[] after = whole(Tensor.of(changed, BATCH, TOKENS, WIDTH), CELL);
    for (int token = 0; token < BATCH * TOKENS; token++) {
      double[] old = Arrays.copyOfRange(before, token * WIDTH, (token + 1) * WIDTH);
      double[] fresh = Arrays.copyOfRange(after, token * WIDTH, (token + 1) * WIDTH);
      if (token >= TOKENS + cell * CELL) {
        assertThat(fresh).as("token %d", token).isNotEqualTo(old);
      } else {
        assertThat(fresh).as("token %d", token).isEqualTo(old);
      }
    }
  }

  @Test
  void withoutAMaskEveryTokenReachesEveryOther() {
    double[] before = whole(x(), 0);
    double[] changed = x().toDoubles();
    changed[(TOKENS - 1) * WIDTH] += 0.5;
    double[] after = whole(Tensor.of(changed, BATCH, TOKENS, WIDTH), 0);
    assertThat(after[0]).isNotEqualTo(before[0]);
    assertThat(after[TOKENS * WIDTH]).isEqualTo(before[TOKENS * WIDTH]);
  }

  /** One head of width 4 on two tokens, written out. */
  @Test
  void isTheSoftmaxOfRotatedProducts() {
    try (RotaryAttention small = new RotaryAttention(Samples.setup(DType.F64, 1), 4, 1, 0, 0);
        RotaryTable two = new RotaryTable(DType.F64, new int[] {0, 2}, new int[] {1, 3}, 4)) {
      double[] weight = Samples.numbers(5, 48, 1);
      double[] bias = Samples.numbers(6, 12, 1);
      Samples.set(small, "qkv.weight", weight);
      Samples.set(small, "qkv.bias", bias);
      Samples.set(small, "proj.weight", Samples.identity(4));
      double[] x = Samples.numbers(7, 8, 1);
      double[][] qkv = new double[2][12];
      for (int t = 0; t < 2; t++) {
        for (int o = 0; o < 12; o++) {
          qkv[t][o] = bias[o];
          for (int i = 0; i < 4; i++) {
            qkv[t][o] += weight[o * 4 + i] * x[t * 4 + i];
          }
        }
        double[] angles = {t == 0 ? 0 : 2, t == 0 ? 1 : 3};
        for (int pair = 0; pair < 4; pair++) {
          double angle = angles[pair % 2];
          double a = qkv[t][2 * pair];
          double b = qkv[t][2 * pair + 1];
          qkv[t][2 * pair] = a * Math.cos(angle) - b * Math.sin(angle);
          qkv[t][2 * pair + 1] = b * Math.cos(angle) + a * Math.sin(angle);
        }
      }
      double[] expected = new double[8];
      for (int t = 0; t < 2; t++) {
        double[] shares = new double[2];
        for (int s = 0; s < 2; s++) {
          double product = 0;
          for (int i = 0; i < 4; i++) {
            product += qkv[t][i] * qkv[s][4 + i];
          }
          shares[s] = Math.exp(product / 2);
        }
        for (int s = 0; s < 2; s++) {
          for (int i = 0; i < 4; i++) {
            expected[t * 4 + i] += shares[s] / (shares[0] + shares[1]) * qkv[s][8 + i];
          }
        }
      }
      assertThat(small.forward(Tensor.of(x, 1, 2, 4), two, 0).toDoubles())
          .containsExactly(expected, within(1e-13));
    }
  }

  @Test
  void dropoutActsOnlyInTraining() {
    double[] plain = whole(x(), CELL);
    attention.training(true);
    assertThat(whole(x(), CELL)).isNotEqualTo(plain);
    attention.training(false);
    assertThat(whole(x(), CELL)).isEqualTo(plain);
  }

  @Test
  void headsMustDivideTheWidth() {
    assertThatThrownBy(() -> new RotaryAttention(Samples.setup(DType.F64, 1), 16, 3, 0, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("width 16 is not divisible by 3 heads");
  }
}
