package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class OrderNameTest {
  private static final int[] RASTER = IntStream.range(0, 256).toArray();

  @Test
  void parBeginsAsItsPaperDoes() {
    assertThat(OrderName.PAR.places(16)).startsWith(0, 8, 128, 136, 1, 9, 129, 137);
    assertThat(OrderName.PAR_16.places(16)).startsWith(0, 4, 8, 12, 64, 68, 72, 76);
  }

  @ParameterizedTest
  @EnumSource(OrderName.class)
  void ordersArePermutations(OrderName order) {
    int[] sorted = order.places(16);
    Arrays.sort(sorted);
    assertThat(sorted).isEqualTo(RASTER);
  }

  @Test
  void rarIsRandomAtFirstAndRasterAtLast() {
    SplittableRandom random = new SplittableRandom(1);
    int[] early = OrderName.RAR.training(RASTER, 0.2, random);
    assertThat(early).isNotEqualTo(RASTER);
    Arrays.sort(early);
    assertThat(early).isEqualTo(RASTER);
    assertThat(OrderName.RAR.training(RASTER, 0.8, random)).isEqualTo(RASTER);
    int shuffled = 0;
    for (int i = 0; i < 1000; i++) {
      shuffled += Arrays.equals(OrderName.RAR.training(RASTER, 0.6, random), RASTER) ? 0 : 1;
    }
    assertThat(shuffled).isBetween(520, 680); // 0.6, five standard deviations on either side
    assertThat(OrderName.PAR.training(RASTER, 0, random)).isEqualTo(RASTER);
  }

  @Test
  void theMatrixTakesTokensToTheirPositions() {
    assertThat(OrderName.matrix(new int[] {2, 0, 1})).containsExactly(0, 0, 1, 1, 0, 0, 0, 1, 0);
  }

  @Test
  void everyPlaceHasTheStepItIsFilledAt() {
    assertThat(OrderName.steps(OrderName.RASTER.places(16), 1)).containsExactly(RASTER);
    assertThat(OrderName.steps(OrderName.RASTER.places(4), 4))
        .containsExactly(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
    // Four regions at once, each row by row.
    assertThat(OrderName.steps(OrderName.PAR.places(4), 4))
        .containsExactly(0, 1, 0, 1, 2, 3, 2, 3, 0, 1, 0, 1, 2, 3, 2, 3);
    assertThat(OrderName.steps(OrderName.PAR.places(4), 1))
        .containsExactly(0, 4, 1, 5, 8, 12, 9, 13, 2, 6, 3, 7, 10, 14, 11, 15);
    // Three positions in a circle, so that places taken for positions would show.
    assertThat(OrderName.steps(new int[] {1, 2, 0}, 1)).containsExactly(2, 0, 1);
  }

  @Test
  void whatStaysInRasterOrderIsNotMoved() {
    assertThat(OrderName.moved(OrderName.RASTER.places(4))).isZero();
    assertThat(OrderName.moved(new int[] {0, 2, 1, 3})).isEqualTo(2);
  }

  @Test
  void regionsMustFit() {
    assertThatThrownBy(() -> OrderName.PAR_16.places(6))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no 4 regions across");
  }
}
