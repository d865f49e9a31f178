package org.basisar.bar.run;

import java.util.Locale;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.transform.Transform;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.transform.Transforms;

/** Transforms to look at without a run; those that need data see the embedded images. */
public final class KnownTransforms {
  private static final int PATCH = 2;
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
        yield Transforms.of(kind, grid, TrainingRun.pca(tokens, images));
      }
    };
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
