package org.basisar.bar.xar;

import java.util.Arrays;
import org.basisar.nn.Cells;

/**
 * What the network knows of its sequence: the cells it is generated in, and a place on the token
 * grid for every position, which the rotary angles follow. Places may lie between grid points and
 * may coincide; the learned position tables tell such positions apart.
 */
public final class SequenceLayout {
  private final Cells cells;
  private final double[] rows;
  private final double[] columns;

  /**
   * A layout.
   *
   * @param rows grid row of each position, counted in tokens
   * @param columns grid column of each position
   * @throws IllegalArgumentException if there is not one place for every position
   */
  public SequenceLayout(Cells cells, double[] rows, double[] columns) {
    if (rows.length != cells.positions() || columns.length != cells.positions()) {
      throw new IllegalArgumentException(
          "a sequence of "
              + cells.positions()
              + " positions needs as many places, was given "
              + rows.length
              + " rows and "
              + columns.length
              + " columns");
    }
    this.cells = cells;
    this.rows = rows.clone();
    this.columns = columns.clone();
  }

  /** Plain xAR: tokens in cell order, each at its own place. */
  public static SequenceLayout of(CellOrder order) {
    return new SequenceLayout(
        Cells.equal(order.cells(), order.cellTokens()),
        Arrays.stream(order.rows()).asDoubleStream().toArray(),
        Arrays.stream(order.columns()).asDoubleStream().toArray());
  }

  /** The cells, in order of generation. */
  public Cells cells() {
    return cells;
  }

  /** Length of the sequence, N or for a matrix that is not square N'. */
  public int positions() {
    return cells.positions();
  }

  /** Grid row of every position. */
  public double[] rows() {
    return rows.clone();
  }

  /** Grid column of every position. */
  public double[] columns() {
    return columns.clone();
  }
}
