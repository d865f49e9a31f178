package org.basisar.bar.transform;

import java.util.Arrays;

/** Methods that describe an image at several resolutions: VAR, FAR and FractalGen, all tall. */
public final class Pyramids {
  private Pyramids() {}

  /** VAR's scales, published for a grid of 16 and scaled to others. */
  public static int[] scales(int grid) {
    return Resampling.scaled(grid, 1, 2, 3, 4, 5, 6, 8, 10, 13, 16);
  }

  /** VAR in pooling form: 𝐃_p of all scales, [Σp², N]. */
  public static double[] pooled(int grid) {
    return stack(grid, scales(grid));
  }

  /**
   * VAR in residual form: 𝐃_p·R with R what the scales before left over, [Σp², N]. Σ 𝐔_p·z_p
   * gives the tokens back exactly.
   */
  public static double[] residual(int grid) {
    int tokens = grid * grid;
    int[] scales = scales(grid);
    double[][] parts = new double[scales.length][];
    double[] rest = Matrices.identity(tokens);
    for (int k = 0; k < scales.length; k++) {
      int p = scales[k];
      parts[k] = Matrices.product(Resampling.downBoth(grid, p), rest, tokens);
      double[] shown = Matrices.product(Resampling.upBoth(grid, p), parts[k], p * p);
      double[] before = rest;
      rest = new double[tokens * tokens];
      Arrays.setAll(rest, i -> before[i] - shown[i]);
    }
    return Matrices.stack(parts);
  }

  /** FAR's levels of class-conditional generation, published for 16 and scaled to others. */
  public static int[] farLevels(int grid) {
    return Resampling.scaled(grid, 2, 3, 4, 5, 6, 7, 8, 9, 10, 16);
  }

  /** FAR: F_c of every level, the last the identity, [N·levels, N]. */
  public static double[] far(int grid) {
    return Matrices.stack(
        Arrays.stream(farLevels(grid))
            .mapToObj(c -> Resampling.level(grid, c))
            .toArray(double[][]::new));
  }

  /** FractalGen: the means of 4×4 blocks, then the tokens block by block, [N/16 + N, N]. */
  public static double[] fractal(int grid) {
    int[] order = Permutations.cells(grid, blocks(grid));
    return Matrices.stack(Resampling.downBoth(grid, blocks(grid)), Permutations.matrix(order));
  }

  static int blocks(int grid) {
    if (grid % 4 != 0) {
      throw new IllegalArgumentException(
          "blocks of 4 tokens do not tile a grid of side " + grid + "; choose a multiple of 4");
    }
    return grid / 4;
  }

  private static double[] stack(int grid, int[] sides) {
    return Matrices.stack(
        Arrays.stream(sides).mapToObj(p -> Resampling.downBoth(grid, p)).toArray(double[][]::new));
  }
}
