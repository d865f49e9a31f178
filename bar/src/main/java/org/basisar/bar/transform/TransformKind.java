package org.basisar.bar.transform;

import java.util.Arrays;
import java.util.Locale;

/** The transforms by name. */
public enum TransformKind {
  /** None: plain xAR, whose cells are a permutation of the raster. */
  XAR(Source.FORMULA),
  /** A learned matrix: BAR. */
  LEARNED(Source.RUN),
  /** Eigenvectors of the tokens' second moment (paper table 10, offline). */
  PCA(Source.DATA),
  /** A random orthogonal matrix. */
  ORTHOGONAL(Source.FORMULA),
  /** Row by row. */
  RASTER(Source.FORMULA),
  /** PAR with 2×2 regions. */
  PAR(Source.FORMULA),
  /** PAR with 4×4 regions. */
  PAR_16(Source.FORMULA),
  /** RAR: random orders that anneal to the raster. */
  RAR(Source.FORMULA),
  /** VAR as average pooling at all scales, tall. */
  VAR(Source.FORMULA),
  /** VAR with residuals between scales, tall. */
  VAR_RESIDUAL(Source.FORMULA),
  /** VAR's pooling rows orthonormalised, square. */
  VAR_SQUARE(Source.FORMULA),
  /** FAR as the cosine transform by rising frequency, square. */
  FAR(Source.FORMULA),
  /** FAR's blurred images at all levels, tall. */
  FAR_LEVELS(Source.FORMULA),
  /** TiTok's best linear counterpart: the first eighth of the PCA, wide. */
  TITOK(Source.DATA),
  /** FractalGen as the quad-tree Haar basis, square. */
  FRACTAL(Source.FORMULA),
  /** FractalGen as block means and tokens, tall. */
  FRACTAL_STACK(Source.FORMULA);

  /** Where a matrix comes from. */
  public enum Source {
    FORMULA,
    DATA,
    RUN
  }

  private final Source source;

  TransformKind(Source source) {
    this.source = source;
  }

  /** Where the matrix comes from. */
  public Source source() {
    return source;
  }

  /** Whether the matrix is N×N, so that it can start a learned A. */
  public boolean square() {
    return switch (this) {
      case VAR, VAR_RESIDUAL, FAR_LEVELS, TITOK, FRACTAL_STACK -> false;
      default -> true;
    };
  }

  /**
   * The number of coefficients for a grid, without making the matrix.
   *
   * @throws IllegalArgumentException if the grid does not suit the kind
   */
  public int rows(int grid) {
    int tokens = grid * grid;
    return switch (this) {
      case VAR, VAR_RESIDUAL -> Arrays.stream(Pyramids.scales(grid)).map(p -> p * p).sum();
      case FAR_LEVELS -> Pyramids.farLevels(grid).length * tokens;
      case TITOK -> Math.max(1, tokens / 8);
      case FRACTAL_STACK -> Pyramids.blocks(grid) * Pyramids.blocks(grid) + tokens;
      case FRACTAL -> {
        OrthogonalForms.requireQuadTree(grid);
        yield tokens;
      }
      case PAR -> Permutations.par(grid, 2).length;
      case PAR_16 -> Permutations.par(grid, 4).length;
      default -> tokens;
    };
  }

  /** The name on the command line. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
