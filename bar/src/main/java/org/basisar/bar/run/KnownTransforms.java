package org.basisar.bar.run;

import java.util.Locale;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.Transform;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.transform.Transforms;
import org.basisar.bar.xar.CellOrder;
import org.basisar.nn.Cells;

/** Transforms of runs, and to look at without a run; the latter see the embedded images. */
public final class KnownTransforms {
  private static final int PATCH = 2;
  private static final int MOST_IMAGES = 2000;
  private static final long SEED = 1;

  private KnownTransforms() {}

  /**
   * A transform on a grid, xAR with two cells along each side.
   *
   * @throws IllegalArgumentException if it is a run's, or the grid does not suit it
   */
  public static Transform of(TransformKind kind, int grid) {
    return switch (kind.source()) {
      case FORMULA -> Transforms.of(kind, grid, 2, SEED);
      case RUN ->
          throw new IllegalArgumentException(
              "a learned basis belongs to a run; use --run DIR instead of --transform learned");
      case DATA -> {
        ImageData images = ImageSources.open("embedded", PATCH * grid, SEED);
        PixelTokens tokens = new PixelTokens(images.side(), images.channels(), PATCH, 1, 1);
        yield Transforms.of(kind, grid, pca(tokens, images));
      }
    };
  }

  /**
   * The fixed matrix of a run, or the one that its learned matrix starts from.
   *
   * @param data the run's images, which decide some matrices
   */
  public static Transform ofRun(RunConfig config, ImageData data) {
    TransformKind kind = config.basis().first();
    CellOrder order = config.tokens().order();
    return kind.source() == TransformKind.Source.DATA
        ? Transforms.of(kind, order.side(), pca(raster(config.image()), data))
        : Transforms.of(kind, order.side(), order.cellsPerSide(), config.seed());
  }

  /** The run's tokens in raster order. */
  private static PixelTokens raster(RunConfig.Image image) {
    return new PixelTokens(image.side(), image.channels(), image.patch(), 1, image.scale());
  }

  private static double[] pca(PixelTokens tokens, ImageData data) {
    return BasisStart.pca(
        tokens.sample(data, MOST_IMAGES), tokens.order().tokens(), tokens.dimension());
  }

  /** Share of the images' energy that a run's transform loses. */
  public static double lostShare(RunConfig config, ImageData data) {
    if (config.basis().transform() != TransformKind.TITOK) {
      return 0; // all others have rank N
    }
    PixelTokens tokens = raster(config.image());
    float[] sample = tokens.sample(data, MOST_IMAGES);
    double[] moment = BasisStart.moment(sample, tokens.order().tokens(), tokens.dimension());
    return Math.clamp(ofRun(config, data).lostShare(moment), 0.0, 1.0);
  }

  /** One line on what a run's transform is and loses. */
  public static String describe(RunConfig config) {
    Cells cells = config.layout().cells();
    int tokens = config.tokens().order().tokens();
    RunConfig.Basis basis = config.basis();
    String lost =
        basis.lostShare() > 0
            ? String.format(
                Locale.ROOT,
                "loses %.2f %% of the images' energy for good",
                100 * basis.lostShare())
            : "loses nothing";
    return basis.transform().label()
        + ", "
        + cells.positions()
        + " coefficients of "
        + tokens
        + " tokens in "
        + cells
        + ", "
        + lost;
  }

  /** One line: size, rank and what follows from them. */
  public static String describe(Transform transform) {
    return String.format(
        Locale.ROOT,
        "%s: %d×%d, rank %d, %s, %s, loses %.1f %% of white tokens",
        transform.name(),
        transform.rows(),
        transform.tokens(),
        transform.rank(),
        transform.orthogonal() ? "orthonormal rows" : "not orthogonal",
        transform.invertible() ? "invertible" : "not invertible",
        100 * transform.lostShare());
  }
}
