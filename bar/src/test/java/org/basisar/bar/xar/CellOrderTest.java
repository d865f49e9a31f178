package org.basisar.bar.xar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class CellOrderTest {
  @Test
  void publishedOrderBeginsAsDocumented() {
    CellOrder order = new CellOrder(16, 2);
    assertThat(order.raster(0)).isZero();
    assertThat(order.raster(7)).isEqualTo(7);
    assertThat(order.raster(8)).isEqualTo(16);
    assertThat(order.raster(64)).isEqualTo(8);
    assertThat(order.raster(128)).isEqualTo(128);
    assertThat(order.raster(192)).isEqualTo(136);
    assertThat(order.rows()[73]).isEqualTo(1);
    assertThat(order.columns()[73]).isEqualTo(9);
  }

  @Property
  void isAPermutation(
      @ForAll @IntRange(min = 1, max = 6) int cells,
      @ForAll @IntRange(min = 1, max = 6) int inside) {
    CellOrder order = new CellOrder(cells * inside, cells);
    int[] sorted = order.raster();
    Arrays.sort(sorted);
    for (int i = 0; i < sorted.length; i++) {
      assertThat(sorted[i]).isEqualTo(i);
    }
    assertThat(order.cells() * order.cellTokens()).isEqualTo(order.tokens());
  }

  @Test
  void refusesCellsThatDoNotFit() {
    assertThatThrownBy(() -> new CellOrder(10, 4))
        .hasMessage(
            "a grid side of 10 tokens cannot be cut into 4 cells; choose a divisor of the side");
  }
}
