package org.basisar.bar.transform;

import java.util.Arrays;
import java.util.List;
import org.basisar.bar.basis.BasisStart;

/** Makes transforms. */
public final class Transforms {
  /** The values of a transform; its properties are computed when asked for. */
  private static final class Matrix implements Transform {
    private final String name;
    private final int grid;
    private final double[] values;
    private final int[] levels;
    private final Change change;

    Matrix(String name, int grid, double[] values, int[] levels, Change change) {
      this.name = name;
      this.grid = grid;
      this.values = values;
      this.levels = levels;
      this.change = change;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public int grid() {
      return grid;
    }

    @Override
    public double[] matrix() {
      return values.clone();
    }

    @Override
    public int rows() {
      return values.length / tokens();
    }

    @Override
    public int[] levels() {
      return levels.clone();
    }

    @Override
    public Change change() {
      return change;
    }
  }

  private Transforms() {}

  /**
   * A transform that a formula gives.
   *
   * @param grid tokens along each side
   * @param cells cells along each side, for xAR
   * @param seed for the random orthogonal matrix
   * @throws IllegalArgumentException if the kind needs data or a run, or the grid does not suit it
   */
  public static Transform of(TransformKind kind, int grid, int cells, long seed) {
    int tokens = grid * grid;
    return switch (kind) {
      case XAR ->
          order(kind, grid, Permutations.cells(grid, cells), equal(cells * cells, tokens), fixed());
      case RASTER -> order(kind, grid, Permutations.raster(grid), ones(tokens), fixed());
      case RAR ->
          order(kind, grid, Permutations.raster(grid), ones(tokens), Transform.Change.ANNEALED);
      case PAR -> par(kind, grid, 2);
      case PAR_16 -> par(kind, grid, 4);
      case ORTHOGONAL -> matrix(kind, grid, BasisStart.orthogonal(tokens, seed), ones(tokens));
      case VAR -> matrix(kind, grid, Pyramids.pooled(grid), squares(Pyramids.scales(grid)));
      case VAR_RESIDUAL ->
          matrix(kind, grid, Pyramids.residual(grid), squares(Pyramids.scales(grid)));
      case VAR_SQUARE -> {
        List<List<double[]>> levels = OrthogonalForms.pooled(grid);
        double[] rows =
            Matrices.stack(levels.stream().flatMap(List::stream).toArray(double[][]::new));
        yield matrix(kind, grid, rows, levels.stream().mapToInt(List::size).toArray());
      }
      case FAR_LEVELS ->
          matrix(
              kind,
              grid,
              Pyramids.far(grid),
              equal(Pyramids.farLevels(grid).length, Pyramids.farLevels(grid).length * tokens));
      case FAR -> {
        int[] levels = new int[grid];
        Arrays.setAll(levels, c -> 2 * c + 1);
        yield matrix(kind, grid, OrthogonalForms.cosines(grid), levels);
      }
      case FRACTAL -> matrix(kind, grid, OrthogonalForms.haar(grid), quadTree(grid));
      case FRACTAL_STACK -> {
        int blocks = Pyramids.blocks(grid) * Pyramids.blocks(grid);
        yield matrix(kind, grid, Pyramids.fractal(grid), new int[] {blocks, tokens});
      }
      case PCA, TITOK, LEARNED ->
          throw new IllegalArgumentException(
              kind.label() + " is not given by a formula; choose another transform");
    };
  }

  /**
   * A transform made of values that data or training gave.
   *
   * @param kind PCA or LEARNED, with values [N, N]; TITOK keeps the first N/8 rows of a PCA
   * @param values row-major, in raster order
   */
  public static Transform of(TransformKind kind, int grid, double[] values) {
    int tokens = grid * grid;
    return switch (kind) {
      case TITOK -> {
        int kept = kind.rows(grid);
        yield matrix(kind, grid, Arrays.copyOf(values, kept * tokens), ones(kept));
      }
      case LEARNED ->
          new Matrix(kind.label(), grid, values.clone(), ones(tokens), Transform.Change.LEARNED);
      default -> matrix(kind, grid, values.clone(), ones(tokens));
    };
  }

  private static Transform.Change fixed() {
    return Transform.Change.FIXED;
  }

  private static Transform par(TransformKind kind, int grid, int regions) {
    int group = regions * regions;
    int[] order = Permutations.par(grid, regions);
    int[] levels = new int[group + (order.length - group) / group];
    Arrays.fill(levels, 0, group, 1);
    Arrays.fill(levels, group, levels.length, group);
    return order(kind, grid, order, levels, fixed());
  }

  private static Transform order(
      TransformKind kind, int grid, int[] order, int[] levels, Transform.Change change) {
    return new Matrix(kind.label(), grid, Permutations.matrix(order), levels, change);
  }

  private static Transform matrix(TransformKind kind, int grid, double[] matrix, int[] levels) {
    return new Matrix(kind.label(), grid, matrix, levels, fixed());
  }

  private static int[] ones(int count) {
    return equal(count, count);
  }

  private static int[] equal(int parts, int sum) {
    int[] levels = new int[parts];
    Arrays.fill(levels, sum / parts);
    return levels;
  }

  private static int[] squares(int[] sides) {
    return Arrays.stream(sides).map(side -> side * side).toArray();
  }

  private static int[] quadTree(int grid) {
    int[] levels = new int[Integer.numberOfTrailingZeros(grid) + 1];
    levels[0] = 1;
    for (int level = 1; level < levels.length; level++) {
      levels[level] = 3 << (2 * (level - 1));
    }
    return levels;
  }
}
