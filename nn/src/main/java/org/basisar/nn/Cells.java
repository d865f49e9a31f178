package org.basisar.nn;

import java.util.Arrays;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** How the positions of a sequence are cut into cells that follow each other. */
public final class Cells {
  private final int[] starts; // one more than there are cells

  private Cells(int[] starts) {
    this.starts = starts;
  }

  /**
   * Cells of given sizes.
   *
   * @throws IllegalArgumentException if there is none, or one is empty
   */
  public static Cells of(int... sizes) {
    int[] starts = new int[sizes.length + 1];
    for (int cell = 0; cell < sizes.length; cell++) {
      if (sizes[cell] < 1) {
        throw new IllegalArgumentException(
            "cell " + cell + " must hold at least one position, holds " + sizes[cell]);
      }
      starts[cell + 1] = starts[cell] + sizes[cell];
    }
    if (sizes.length == 0) {
      throw new IllegalArgumentException("a sequence must have at least one cell");
    }
    return new Cells(starts);
  }

  /** {@code count} cells of one size. */
  public static Cells equal(int count, int size) {
    int[] sizes = new int[count];
    Arrays.fill(sizes, size);
    return of(sizes);
  }

  /**
   * {@code positions} in {@code count} cells whose sizes differ by at most one, longer ones first.
   */
  public static Cells cut(int positions, int count) {
    int[] sizes = new int[count];
    for (int cell = 0; cell < count; cell++) {
      sizes[cell] = positions / count + (cell < positions % count ? 1 : 0);
    }
    return of(sizes);
  }

  /** Number of cells. */
  public int count() {
    return starts.length - 1;
  }

  /** Number of positions. */
  public int positions() {
    return starts[starts.length - 1];
  }

  /** The first position of a cell. */
  public int start(int cell) {
    return starts[cell];
  }

  /** Positions in a cell. */
  public int size(int cell) {
    return starts[cell + 1] - starts[cell];
  }

  /** Positions in each cell, in order. */
  public int[] sizes() {
    int[] sizes = new int[count()];
    Arrays.setAll(sizes, this::size);
    return sizes;
  }

  /** Whether all cells are of one size. */
  public boolean equal() {
    return Arrays.stream(sizes()).distinct().count() == 1;
  }

  /**
   * The cells from one on as a sequence of their own.
   *
   * @param length positions of the part, which must end where a cell ends
   */
  public Cells part(int first, int length) {
    int end = first;
    while (end < count() && starts[end] - starts[first] < length) {
      end++;
    }
    if (starts[end] - starts[first] != length) {
      throw new IllegalArgumentException(
          length + " positions from cell " + first + " on are no whole number of cells");
    }
    return of(Arrays.copyOfRange(sizes(), first, end));
  }

  /**
   * One row per cell made one row per run of equally many positions, as modulation and
   * interpolation take it: x itself if the cells are equal, one row per position otherwise.
   *
   * @param x [B, cells, …]
   * @return [B, cells or N, …]
   */
  public Tensor spread(Tensor x) {
    if (equal()) {
      return x;
    }
    Tensor[] parts = new Tensor[count()];
    for (int cell = 0; cell < parts.length; cell++) {
      Shape shape = x.shape().with(1, size(cell));
      parts[cell] = Ops.expand(x.slice(1, cell, 1), shape);
    }
    return Ops.concat(1, parts);
  }

  @Override
  public String toString() {
    return equal()
        ? count() + (count() == 1 ? " cell of " : " cells of ") + size(0)
        : "cells of "
            + String.join(
                ", ", Arrays.stream(sizes()).mapToObj(Integer::toString).toArray(String[]::new));
  }
}
