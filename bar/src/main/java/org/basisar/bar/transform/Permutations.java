package org.basisar.bar.transform;

/** Orders of generation: the raster index of the token that is generated k-th. */
public final class Permutations {
  private Permutations() {}

  /** Row by row. */
  public static int[] raster(int grid) {
    return par(grid, 1);
  }

  /**
   * PAR: the same local position of all m×m regions follow each other, local positions row by row.
   *
   * @param regions m, regions along each side
   * @throws IllegalArgumentException if the grid cannot be cut so
   */
  public static int[] par(int grid, int regions) {
    divisible(grid, regions, "regions");
    int inside = grid / regions;
    int[] order = new int[grid * grid];
    int at = 0;
    for (int row = 0; row < inside; row++) {
      for (int column = 0; column < inside; column++) {
        for (int a = 0; a < regions; a++) {
          for (int b = 0; b < regions; b++) {
            order[at++] = grid * (a * inside + row) + b * inside + column;
          }
        }
      }
    }
    return order;
  }

  /**
   * Cell by cell, rows inside a cell: xAR's order, and FractalGen's order of blocks.
   *
   * @param cells cells along each side
   * @throws IllegalArgumentException if the grid cannot be cut so
   */
  public static int[] cells(int grid, int cells) {
    divisible(grid, cells, "cells");
    int inside = grid / cells;
    int[] order = new int[grid * grid];
    int at = 0;
    for (int a = 0; a < cells; a++) {
      for (int b = 0; b < cells; b++) {
        for (int row = 0; row < inside; row++) {
          for (int column = 0; column < inside; column++) {
            order[at++] = grid * (a * inside + row) + b * inside + column;
          }
        }
      }
    }
    return order;
  }

  /** The permutation matrix with row k = e_{order(k)}, row-major. */
  public static double[] matrix(int[] order) {
    double[] matrix = new double[order.length * order.length];
    for (int k = 0; k < order.length; k++) {
      matrix[k * order.length + order[k]] = 1;
    }
    return matrix;
  }

  private static void divisible(int grid, int parts, String what) {
    if (parts < 1 || grid % parts != 0) {
      throw new IllegalArgumentException(
          "a grid of side "
              + grid
              + " cannot be cut into "
              + parts
              + " "
              + what
              + " along each side; choose a side divisible by "
              + Math.max(1, parts));
    }
  }
}
