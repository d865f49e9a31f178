package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.basisar.tensor.DType;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@ExtendWith(OpenScope.class)
class CellsTest {
  @Test
  void boundsFollowFromSizes() {
    Cells cells = Cells.of(1, 4, 9);
    assertThat(cells.count()).isEqualTo(3);
    assertThat(cells.positions()).isEqualTo(14);
    assertThat(cells.start(2)).isEqualTo(5);
    assertThat(cells.size(2)).isEqualTo(9);
    assertThat(cells.equal()).isFalse();
    assertThat(cells).hasToString("cells of 1, 4, 9");
    assertThat(Cells.equal(4, 16)).hasToString("4 cells of 16");
    assertThat(Cells.equal(1, 3)).hasToString("1 cell of 3");
  }

  @ParameterizedTest
  @CsvSource({"8, 4, 2 2 2 2", "7, 3, 3 2 2", "5, 4, 2 1 1 1", "1, 1, 1"})
  void cuttingIsAsEqualAsItCanBe(int positions, int count, String sizes) {
    assertThat(String.join(" ", sizes(Cells.cut(positions, count)))).isEqualTo(sizes);
  }

  private static String[] sizes(Cells cells) {
    String[] words = new String[cells.count()];
    for (int cell = 0; cell < words.length; cell++) {
      words[cell] = Integer.toString(cells.size(cell));
    }
    return words;
  }

  @Test
  void partsAreWholeCells() {
    Cells cells = Cells.of(1, 4, 9);
    assertThat(cells.part(1, 13).sizes()).containsExactly(4, 9);
    assertThat(cells.part(1, 4).sizes()).containsExactly(4);
    assertThatThrownBy(() -> cells.part(1, 5)).hasMessageContaining("no whole number of cells");
    assertThatThrownBy(() -> cells.part(2, 10)).hasMessageContaining("no whole number of cells");
  }

  @Test
  void emptyCellsAreRefused() {
    assertThatThrownBy(() -> Cells.of(2, 0)).hasMessageContaining("cell 1 must hold at least one");
    assertThatThrownBy(Cells::of).hasMessageContaining("at least one cell");
    assertThatThrownBy(() -> Cells.cut(2, 3)).hasMessageContaining("cell 2 must hold");
  }

  @Test
  void spreadingRepeatsRowsOnlyWhereCellsDiffer() {
    Tensor rows = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 1, 3, 2);
    assertThat(Cells.equal(3, 5).spread(rows)).isSameAs(rows);
    assertThat(Cells.of(1, 3, 2).spread(rows).toDoubles())
        .containsExactly(1, 2, 3, 4, 3, 4, 3, 4, 5, 6, 5, 6);
    Tensor times = Tensor.of(DType.F32, new double[] {1, 2, 3, 4}, 2, 2);
    assertThat(Cells.of(2, 1).spread(times).toDoubles()).containsExactly(1, 1, 2, 3, 3, 4);
  }
}
