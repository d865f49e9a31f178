package org.basisar.bar.transform;

import java.util.Arrays;

/**
 * Shrinking and enlarging a token grid of side G, as VAR and FAR do: area pooling down, bicubic
 * interpolation (a = −0.75) up. At p = G both are the identity.
 */
public final class Resampling {
  private Resampling() {}

  /**
   * Area pooling along one side, D_p: bin u averages positions ⌊G·u/p⌋ to ⌈G·(u+1)/p⌉ − 1.
   *
   * @return row-major [p, G]
   */
  public static double[] down(int grid, int p) {
    double[] down = new double[p * grid];
    for (int u = 0; u < p; u++) {
      int from = grid * u / p;
      int to = Math.ceilDiv(grid * (u + 1), p);
      for (int i = from; i < to; i++) {
        down[u * grid + i] = 1.0 / (to - from);
      }
    }
    return down;
  }

  /**
   * Bicubic interpolation along one side, U_p; taps beyond the edge fall on it.
   *
   * @return row-major [G, p]
   */
  public static double[] up(int grid, int p) {
    if (p == grid) {
      return Matrices.identity(grid);
    }
    double[] up = new double[grid * p];
    for (int i = 0; i < grid; i++) {
      double source = (double) p / grid * (i + 0.5) - 0.5;
      int floor = (int) Math.floor(source);
      double part = source - floor;
      double[] weights = {cubic(1 + part), cubic(part), cubic(1 - part), cubic(2 - part)};
      for (int tap = 0; tap < 4; tap++) {
        up[i * p + Math.clamp(floor - 1 + tap, 0, p - 1)] += weights[tap];
      }
    }
    return up;
  }

  private static double cubic(double x) {
    return x <= 1
        ? 1.25 * x * x * x - 2.25 * x * x + 1
        : -0.75 * x * x * x + 3.75 * x * x - 6 * x + 3;
  }

  /** 𝐃_p = D_p ⊗ D_p, row-major [p², N]. */
  public static double[] downBoth(int grid, int p) {
    return Matrices.both(down(grid, p), grid);
  }

  /** 𝐔_p = U_p ⊗ U_p, row-major [N, p²]. */
  public static double[] upBoth(int grid, int p) {
    return Matrices.both(up(grid, p), p);
  }

  /** FAR's frequency level F_c = 𝐔_c·𝐃_c, row-major [N, N]. */
  public static double[] level(int grid, int c) {
    return Matrices.product(upBoth(grid, c), downBoth(grid, c), c * c);
  }

  /** Sides on a grid of side G for sides published for 16: scaled, rounded, each once. */
  static int[] scaled(int grid, int... published) {
    return Arrays.stream(published)
        .map(p -> Math.clamp(Math.round((double) p * grid / 16), 1, grid))
        .distinct()
        .toArray();
  }
}
