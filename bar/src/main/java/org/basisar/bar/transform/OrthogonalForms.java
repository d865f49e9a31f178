package org.basisar.bar.transform;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/** Square orthogonal counterparts of VAR, FAR and FractalGen, usable as A in training. */
public final class OrthogonalForms {
  private OrthogonalForms() {}

  /**
   * VAR's pooling rows orthonormalised in order; prefixes of levels span the pooling spaces.
   *
   * @return rows [N] by level, without levels that add none
   */
  static List<List<double[]>> pooled(int grid) {
    int tokens = grid * grid;
    List<double[]> basis = new ArrayList<>();
    List<List<double[]>> levels = new ArrayList<>();
    for (int p : Pyramids.scales(grid)) {
      int before = basis.size();
      double[] rows = Resampling.downBoth(grid, p);
      for (int k = 0; k < p * p; k++) {
        double[] row = Arrays.copyOfRange(rows, k * tokens, (k + 1) * tokens);
        double length = norm(row);
        // Twice, since one pass leaves rounding errors of the size of what cancels.
        for (int pass = 0; pass < 2; pass++) {
          for (double[] unit : basis) {
            subtract(row, unit);
          }
        }
        double left = norm(row);
        if (left > 1e-9 * length) {
          for (int t = 0; t < tokens; t++) {
            row[t] /= left;
          }
          basis.add(row);
        }
      }
      if (basis.size() > before) {
        levels.add(List.copyOf(basis.subList(before, basis.size())));
      }
    }
    return levels;
  }

  private static double norm(double[] row) {
    double sum = 0;
    for (double value : row) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static void subtract(double[] row, double[] unit) {
    double dot = 0;
    for (int t = 0; t < row.length; t++) {
      dot += row[t] * unit[t];
    }
    for (int t = 0; t < row.length; t++) {
      row[t] -= dot * unit[t];
    }
  }

  /** The two-dimensional DCT-II, rows (u, v) by (max(u, v), u + v, u): FAR's counterpart. */
  public static double[] cosines(int grid) {
    double[] matrix = new double[grid * grid * grid * grid];
    int at = 0;
    for (int[] f : frequencies(grid)) {
      for (int i = 0; i < grid; i++) {
        for (int j = 0; j < grid; j++) {
          matrix[at++] = cosine(grid, f[0], i) * cosine(grid, f[1], j);
        }
      }
    }
    return matrix;
  }

  /** The frequencies (u, v) of the rows of {@link #cosines}. */
  public static List<int[]> frequencies(int grid) {
    List<int[]> frequencies = new ArrayList<>();
    for (int u = 0; u < grid; u++) {
      for (int v = 0; v < grid; v++) {
        frequencies.add(new int[] {u, v});
      }
    }
    frequencies.sort(
        Comparator.<int[]>comparingInt(f -> Math.max(f[0], f[1]))
            .thenComparingInt(f -> f[0] + f[1])
            .thenComparingInt(f -> f[0]));
    return frequencies;
  }

  private static double cosine(int grid, int u, int i) {
    return u == 0
        ? 1 / Math.sqrt(grid)
        : Math.sqrt(2.0 / grid) * Math.cos(Math.PI * (i + 0.5) * u / grid);
  }

  /**
   * The quad-tree Haar basis: the constant, then per level and block three sign patterns on its
   * quadrants. The first p² rows span 𝐃_p for p = 1, 2, 4, …
   *
   * @throws IllegalArgumentException if the side is no power of two
   */
  public static double[] haar(int grid) {
    requireQuadTree(grid);
    int tokens = grid * grid;
    int[][] signs = {{1, -1, 1, -1}, {1, 1, -1, -1}, {1, -1, -1, 1}};
    double[] matrix = new double[tokens * tokens];
    Arrays.fill(matrix, 0, tokens, 1.0 / grid);
    int row = 1;
    for (int side = grid; side > 1; side /= 2) {
      for (int block = 0; block < tokens / (side * side); block++) {
        int top = block / (grid / side) * side;
        int left = block % (grid / side) * side;
        for (int[] pattern : signs) {
          for (int i = 0; i < side; i++) {
            for (int j = 0; j < side; j++) {
              int quadrant = 2 * (2 * i / side) + 2 * j / side;
              matrix[row * tokens + (top + i) * grid + left + j] =
                  (double) pattern[quadrant] / side;
            }
          }
          row++;
        }
      }
    }
    return matrix;
  }

  static void requireQuadTree(int grid) {
    if (grid < 1 || Integer.bitCount(grid) != 1) {
      throw new IllegalArgumentException(
          "the quad tree needs a grid whose side is a power of two, not "
              + grid
              + "; choose 2, 4, 8, 16 or 32");
    }
  }
}
