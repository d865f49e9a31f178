package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class FloatPackingTest {
  private static final int SIZE = FloatTranspose.SIZE;

  @Test
  void aBlockIsTransposed() {
    float[] from = TestArrays.random(new Random(1), 3 + SIZE * (SIZE + 5));
    float[] to = new float[2 + SIZE * (SIZE + 1)];
    FloatTranspose.block(from, 3, SIZE + 5, to, 2, SIZE + 1);
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        assertThat(to[2 + j * (SIZE + 1) + i]).isEqualTo(from[3 + i * (SIZE + 5) + j]);
      }
      assertThat(to[2 + i * (SIZE + 1) + SIZE - 1 + 1]).isZero();
    }
  }

  @Test
  void bothStoredFormsPackToTheSamePanels() {
    int width = FloatTile.COLUMNS;
    for (int columns : new int[] {1, SIZE, width - 1, width, width + SIZE, 2 * width + 3}) {
      for (int depth : new int[] {1, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE + 2}) {
        float[] b = TestArrays.random(new Random(2), columns * depth);
        float[] turned = new float[columns * depth];
        for (int j = 0; j < columns; j++) {
          for (int p = 0; p < depth; p++) {
            turned[j * depth + p] = b[p * columns + j];
          }
        }
        int total = depth + 7;
        int panels = (columns + width - 1) / width;
        float[] packed = new float[panels * width * total];
        float[] packedTurned = new float[panels * width * total];
        FloatPacking.columns(b, 0, columns, columns, depth, packed, 0, 4, total);
        FloatPacking.columnsTransposed(turned, 0, depth, columns, depth, packedTurned, 0, 4, total);
        assertThat(packedTurned).isEqualTo(packed);
        for (int i = 0; i < packed.length; i++) {
          int p = i / width % total - 4;
          int j = i / width / total * width + i % width;
          boolean inside = p >= 0 && p < depth && j < columns;
          assertThat(packed[i]).isEqualTo(inside ? b[p * columns + j] : 0);
        }
      }
    }
  }

  @Test
  void bothStoredFormsOfRowsPackToTheSamePanels() {
    int height = FloatTile.ROWS;
    for (int rows : new int[] {1, height - 1, height, 2 * height, 3 * height + 1}) {
      for (int depth : new int[] {1, SIZE - 1, SIZE, SIZE + 1, 3 * SIZE + 2}) {
        float[] a = TestArrays.random(new Random(3), rows * depth);
        float[] turned = new float[rows * depth];
        for (int i = 0; i < rows; i++) {
          for (int p = 0; p < depth; p++) {
            turned[p * rows + i] = a[i * depth + p];
          }
        }
        int total = depth + 7;
        float[] packed = new float[(rows + height - 1) / height * height * total];
        float[] packedTurned = packed.clone();
        FloatPacking.rows(a, 0, depth, rows, depth, packed, 0, 4, total);
        FloatPacking.rowsTransposed(turned, 0, rows, rows, depth, packedTurned, 0, 4, total);
        assertThat(packedTurned).isEqualTo(packed);
        for (int at = 0; at < packed.length; at++) {
          int p = at / height % total - 4;
          int i = at / height / total * height + at % height;
          boolean inside = p >= 0 && p < depth && i < rows;
          assertThat(packed[at]).isEqualTo(inside ? a[i * depth + p] : 0);
        }
      }
    }
  }
}
