package org.basisar.bar.metrics;

import java.util.Arrays;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * How much of what was generated looks real, and how much of what is real is generated: a point
 * counts if it lies in the ball around some point of the other set that reaches to that point's
 * third nearest neighbour in its own set (Kynkäänniemi et al. 2019; the ADM evaluator's form).
 *
 * <p>Distances are squared, ‖u‖² − 2·u·v + ‖v‖² floored at 0, in F32 on the current device, after
 * the real points' mean, rounded to whole numbers, was taken from all. They are made a tile at a
 * time, so that 50,000 points need no more memory than their features. The ADM evaluator rounds
 * them to binary16, this does not.
 *
 * @param precision fraction of generated points within a ball of a real one
 * @param recall fraction of real points within a ball of a generated one
 */
public record PrecisionRecall(double precision, double recall) {
  private static final int NEIGHBOUR = 3;
  private static final int TILE_ROWS = 1024;
  private static final int TILE_COLUMNS = 4096;

  /** Compares generated with real features, more than three rows each. */
  public static PrecisionRecall of(Features real, Features generated) {
    Features.requireSameWidth(real, generated);
    if (real.count() <= NEIGHBOUR || generated.count() <= NEIGHBOUR) {
      throw new IllegalArgumentException(
          "precision and recall need more than " + NEIGHBOUR + " images of each kind");
    }
    double[] origin = new double[real.width()];
    for (int row = 0; row < real.count(); row++) {
      for (int i = 0; i < origin.length; i++) {
        origin[i] += real.at(row, i) / real.count();
      }
    }
    // Whole numbers, so that moving features that are such themselves rounds nothing.
    Arrays.setAll(origin, i -> Math.rint(origin[i]));
    Points realPoints = new Points(real, origin);
    Points generatedPoints = new Points(generated, origin);
    return new PrecisionRecall(
        covered(generatedPoints, realPoints, radii(realPoints)),
        covered(realPoints, generatedPoints, radii(generatedPoints)));
  }

  /** A set as seen from the origin. */
  private static final class Points {
    private final int count;
    private final int width;
    private final float[] values; // [count, width]
    private final double[] squares; // squared length of every point

    Points(Features features, double[] origin) {
      count = features.count();
      width = features.width();
      values = new float[count * width];
      squares = new double[count];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (features.values()[i] - origin[i % width]);
        squares[i / width] += (double) values[i] * values[i];
      }
    }

    Tensor rows(int from, int rows) {
      return Tensor.of(
          Arrays.copyOfRange(values, from * width, (from + rows) * width), rows, width);
    }
  }

  /** Is given the distances of one point to some points of the other set. */
  @FunctionalInterface
  private interface Neighbours {
    /** The other points are {@code first} and those behind it. */
    void take(int point, int first, float[] distances);
  }

  private static void visit(Points left, Points right, Neighbours neighbours) {
    for (int first = 0; first < left.count; first += TILE_ROWS) {
      int rows = Math.min(TILE_ROWS, left.count - first);
      for (int column = 0; column < right.count; column += TILE_COLUMNS) {
        int columns = Math.min(TILE_COLUMNS, right.count - column);
        float[] products;
        try (Scope _ = Scope.open()) {
          products =
              Ops.matmul(left.rows(first, rows), false, right.rows(column, columns), true)
                  .toFloats();
        }
        float[] distances = new float[columns];
        for (int i = 0; i < rows; i++) {
          double square = left.squares[first + i];
          for (int j = 0; j < columns; j++) {
            double distance = square - 2.0 * products[i * columns + j] + right.squares[column + j];
            distances[j] = (float) Math.max(0, distance);
          }
          neighbours.take(first + i, column, distances);
        }
      }
    }
  }

  /** Squared distance of every point to its third nearest neighbour. */
  private static float[] radii(Points set) {
    int kept = NEIGHBOUR + 1; // the point itself is the nearest
    float[] nearest = new float[set.count * kept]; // ascending for every point
    Arrays.fill(nearest, Float.POSITIVE_INFINITY);
    visit(
        set,
        set,
        (point, _, distances) -> {
          for (float distance : distances) {
            insert(nearest, point * kept, kept, distance);
          }
        });
    float[] radii = new float[set.count];
    for (int i = 0; i < radii.length; i++) {
      radii[i] = nearest[i * kept + NEIGHBOUR];
    }
    return radii;
  }

  private static void insert(float[] nearest, int from, int kept, float distance) {
    int at = from + kept - 1;
    if (!(distance < nearest[at])) {
      return;
    }
    while (at > from && nearest[at - 1] > distance) {
      nearest[at] = nearest[at - 1];
      at--;
    }
    nearest[at] = distance;
  }

  private static double covered(Points points, Points centres, float[] radii) {
    boolean[] covered = new boolean[points.count];
    visit(
        points,
        centres,
        (point, first, distances) -> {
          for (int i = 0; i < distances.length && !covered[point]; i++) {
            covered[point] = distances[i] <= radii[first + i];
          }
        });
    int count = 0;
    for (boolean one : covered) {
      count += one ? 1 : 0;
    }
    return (double) count / points.count;
  }
}
