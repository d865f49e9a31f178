package org.basisar.bar.metrics;

import java.util.Arrays;

/**
 * How much of what was generated looks real, and how much of what is real is generated: a point
 * counts if it lies in the ball around some point of the other set that reaches to that point's
 * third nearest neighbour in its own set.
 *
 * @param precision fraction of generated points within a ball of a real one
 * @param recall fraction of real points within a ball of a generated one
 */
public record PrecisionRecall(double precision, double recall) {
  private static final int NEIGHBOUR = 3;

  /** Compares generated with real features, more than three rows each. */
  public static PrecisionRecall of(Features real, Features generated) {
    Features.requireSameWidth(real, generated);
    if (real.count() <= NEIGHBOUR || generated.count() <= NEIGHBOUR) {
      throw new IllegalArgumentException(
          "precision and recall need more than " + NEIGHBOUR + " images of each kind");
    }
    return new PrecisionRecall(
        covered(generated, real, radii(real)), covered(real, generated, radii(generated)));
  }

  /** Squared distance of every point to its third nearest neighbour. */
  private static double[] radii(Features set) {
    double[] radii = new double[set.count()];
    double[] distances = new double[set.count()];
    for (int i = 0; i < radii.length; i++) {
      for (int j = 0; j < radii.length; j++) {
        distances[j] = i == j ? 0 : Features.squaredDistance(set, i, set, j);
      }
      Arrays.sort(distances);
      radii[i] = distances[NEIGHBOUR];
    }
    return radii;
  }

  private static double covered(Features points, Features centres, double[] radii) {
    int covered = 0;
    for (int i = 0; i < points.count(); i++) {
      for (int j = 0; j < centres.count(); j++) {
        if (Features.squaredDistance(points, i, centres, j) <= radii[j]) {
          covered++;
          break;
        }
      }
    }
    return (double) covered / points.count();
  }
}
