package org.basisar.bar.xar;

/**
 * The order of a square token grid in which generation proceeds: cell by cell, rows of tokens
 * inside each cell. With side S and p cells along each side, position t = (S/p)²·cell + (S/p)·row +
 * column, counted inside the cell, and cell = p·I + J.
 */
public final class CellOrder {
  private final int side;
  private final int cellsPerSide;
  private final int[] raster;

  /**
   * The order of a grid of {@code side}² tokens in {@code cellsPerSide}² square cells.
   *
   * @throws IllegalArgumentException if the side is not divisible by the cells along it
   */
  public CellOrder(int side, int cellsPerSide) {
    if (side <= 0 || cellsPerSide <= 0 || side % cellsPerSide != 0) {
      throw new IllegalArgumentException(
          "a grid side of "
              + side
              + " tokens cannot be cut into "
              + cellsPerSide
              + " cells; choose a divisor of the side");
    }
    this.side = side;
    this.cellsPerSide = cellsPerSide;
    int cellSide = side / cellsPerSide;
    raster = new int[side * side];
    int t = 0;
    for (int cell = 0; cell < cellsPerSide * cellsPerSide; cell++) {
      for (int inside = 0; inside < cellSide * cellSide; inside++) {
        int row = cell / cellsPerSide * cellSide + inside / cellSide;
        int column = cell % cellsPerSide * cellSide + inside % cellSide;
        raster[t++] = row * side + column;
      }
    }
  }

  /** Tokens along each side of the grid. */
  public int side() {
    return side;
  }

  /** Cells along each side of the grid. */
  public int cellsPerSide() {
    return cellsPerSide;
  }

  /** Number of tokens, N. */
  public int tokens() {
    return raster.length;
  }

  /** Number of cells. */
  public int cells() {
    return cellsPerSide * cellsPerSide;
  }

  /** Tokens in each cell. */
  public int cellTokens() {
    return tokens() / cells();
  }

  /** Row-major grid index of a sequence position. */
  public int raster(int position) {
    return raster[position];
  }

  /** Row-major grid index of every sequence position. */
  public int[] raster() {
    return raster.clone();
  }

  /** Grid row of every sequence position. */
  public int[] rows() {
    int[] rows = new int[raster.length];
    for (int t = 0; t < rows.length; t++) {
      rows[t] = raster[t] / side;
    }
    return rows;
  }

  /** Grid column of every sequence position. */
  public int[] columns() {
    int[] columns = new int[raster.length];
    for (int t = 0; t < columns.length; t++) {
      columns[t] = raster[t] % side;
    }
    return columns;
  }
}
