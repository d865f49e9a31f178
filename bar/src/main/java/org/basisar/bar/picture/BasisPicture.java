package org.basisar.bar.picture;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * Pictures of a basis A, whose rows a_k weigh the tokens of an image.
 *
 * <p>The columns of A count tokens in sequence order (by cells, say). A map from sequence position
 * to place on the grid puts each weight back where its token lies in the image. Drawn indices count
 * from 1 as in the paper; indices in this interface count from 0.
 */
public final class BasisPicture {
  private static final int ALL_UP_TO = 64;
  private static final int CHOSEN_FIRST = 8;
  private static final int CHOSEN = 32;
  private static final int MATRIX_SIZE = 384;

  /**
   * The colours span at least this part of a vector's largest magnitude, so that the noise on a
   * vector that is nearly constant stays as faint as it is.
   */
  private static final double LEAST_SPAN = 0.25;

  /** Of so many weights one at each end does not count for the colours' range. */
  private static final int WEIGHTS_AN_OUTLIER = 32;

  /**
   * Outliers count after all if the other weights span less than this part of the largest: a vector
   * that is one token and nothing else is drawn as that.
   */
  private static final double LEAST_REST = 0.02;

  private final int rows;
  private final int columns;
  private final double[] values;

  private BasisPicture(int columns, double[] values) {
    if (columns < 1 || values.length == 0 || values.length % columns != 0) {
      throw new IllegalArgumentException(
          "A basis of %d values is no whole number of rows of %d tokens; give whole rows."
              .formatted(values.length, columns));
    }
    this.rows = values.length / columns;
    this.columns = columns;
    this.values = values;
  }

  /**
   * A basis from a flat array.
   *
   * @param tokens N, the length of each row
   * @param basis {@code [K, N]} row-major; K is N for a square A but need not be
   * @throws IllegalArgumentException if the length is no multiple of N, or zero
   */
  public static BasisPicture of(int tokens, double[] basis) {
    return new BasisPicture(tokens, basis.clone());
  }

  /** A basis from a flat array of floats; see {@link #of(int, double[])}. */
  public static BasisPicture of(int tokens, float[] basis) {
    double[] values = new double[basis.length];
    for (int i = 0; i < basis.length; i++) {
      values[i] = basis[i];
    }
    return new BasisPicture(tokens, values);
  }

  /**
   * A basis from its rows.
   *
   * @param basis rows a_k, all of one length
   * @throws IllegalArgumentException if there are no rows or their lengths differ
   */
  public static BasisPicture of(double[][] basis) {
    int tokens = basis.length == 0 ? 0 : basis[0].length;
    for (double[] row : basis) {
      if (row.length != tokens) {
        throw new IllegalArgumentException(
            "A basis has rows of %d and of %d values; give rows of one length."
                .formatted(tokens, row.length));
      }
    }
    return new BasisPicture(tokens, Arrays.stream(basis).flatMapToDouble(Arrays::stream).toArray());
  }

  /** K, how many basis vectors there are. */
  public int rows() {
    return rows;
  }

  /**
   * The basis vectors worth a look: all of up to 64; of more the first eight and 24 more, evenly
   * spread to the last.
   *
   * @param count how many there are
   * @return indices from 0, ascending
   */
  public static int[] choose(int count) {
    if (count <= ALL_UP_TO) {
      int[] all = new int[Math.max(0, count)];
      Arrays.setAll(all, k -> k);
      return all;
    }
    int[] some = new int[CHOSEN];
    for (int i = 0; i < CHOSEN; i++) {
      some[i] =
          i < CHOSEN_FIRST
              ? i
              : CHOSEN_FIRST
                  + (int)
                      Math.round(
                          (double) (i - CHOSEN_FIRST + 1)
                              * (count - 1 - CHOSEN_FIRST)
                              / (CHOSEN - CHOSEN_FIRST));
    }
    return some;
  }

  /**
   * Heat maps of some basis vectors, with k above each, as in the paper's figure 3. Each has its
   * own range of colours; single outlying weights do not count for it.
   *
   * @param chosen indices of rows, from 0 (see {@link #choose})
   * @param rasterOfSequence for each sequence position its place on the grid, row by row from 0
   * @param side height and width of the token grid; places no token maps to stay transparent
   * @param shading how values become colours
   * @return the picture, up to eight heat maps in a row
   * @throws IllegalArgumentException if an index or a place does not exist, or nothing is chosen
   */
  public BufferedImage heatMaps(int[] chosen, int[] rasterOfSequence, int side, Shading shading) {
    checkPlaces(rasterOfSequence, side);
    if (chosen.length == 0) {
      throw new IllegalArgumentException("No basis vectors were chosen; choose at least one.");
    }
    int perRow = Math.min(8, chosen.length);
    int gridRows = Math.ceilDiv(chosen.length, perRow);
    int scale = Math.ceilDiv(72, side);
    int cell = side * scale;
    Lettering lettering = Lettering.ofSize(13);
    int pitchX = cell + 14;
    int pitchY = cell + lettering.height() + 12;
    var canvas = new Canvas(perRow * pitchX, gridRows * pitchY);
    for (int i = 0; i < chosen.length; i++) {
      int left = i % perRow * pitchX + 7;
      int top = i / perRow * pitchY + lettering.height() + 6;
      canvas.writeCentred(
          lettering, Integer.toString(chosen[i] + 1), left, cell, top - 3 - lettering.descent());
      heatMap(canvas, chosen[i], rasterOfSequence, side, scale, left, top, shading);
    }
    return canvas.image();
  }

  private void heatMap(
      Canvas canvas,
      int row,
      int[] rasterOfSequence,
      int side,
      int scale,
      int left,
      int top,
      Shading shading) {
    double[] vector = row(row);
    double[] ends = ends(vector);
    double lowest = ends[0];
    double highest = ends[1];
    double magnitude = Math.max(Math.abs(lowest), Math.abs(highest));
    double span = Math.max(highest - lowest, LEAST_SPAN * magnitude);
    double middle = (highest + lowest) / 2;
    canvas.outline(left, top, side * scale, side * scale);
    for (int t = 0; t < columns; t++) {
      int colour =
          switch (shading) {
            case DARKER_IS_HIGHER ->
                ColourRamp.DARKER_IS_HIGHER.at(span == 0 ? 0.5 : 0.5 + (vector[t] - middle) / span);
            case DIVERGING ->
                ColourRamp.DIVERGING.at(magnitude == 0 ? 0.5 : 0.5 + 0.5 * vector[t] / magnitude);
          };
      int place = rasterOfSequence[t];
      canvas.fillSquare(left + place % side * scale, top + place / side * scale, scale, colour);
    }
  }

  /**
   * The lowest and the highest weight that colours are for. A basis that starts at the identity
   * keeps one large weight in each vector for long; what is behind it would be one colour.
   */
  private static double[] ends(double[] vector) {
    double[] sorted = Arrays.stream(vector).filter(Double::isFinite).sorted().toArray();
    if (sorted.length == 0) {
      return new double[] {0, 0};
    }
    double lowest = sorted[0];
    double highest = sorted[sorted.length - 1];
    int outliers = sorted.length / WEIGHTS_AN_OUTLIER;
    double low = sorted[outliers];
    double high = sorted[sorted.length - 1 - outliers];
    double magnitude = Math.max(Math.abs(lowest), Math.abs(highest));
    return high - low >= LEAST_REST * magnitude
        ? new double[] {low, high}
        : new double[] {lowest, highest};
  }

  /**
   * The whole matrix, row a_1 on top: red above zero, blue below, with a scale beside it.
   *
   * @return the picture
   */
  public BufferedImage matrix() {
    return MatrixPicture.draw(rows, columns, values, MATRIX_SIZE);
  }

  /**
   * How far the rows are from orthonormal: the matrix AAᵀ − I, white where it is zero.
   *
   * @return the picture
   */
  public BufferedImage deviation() {
    return MatrixPicture.draw(rows, rows, gramMinusIdentity(), MATRIX_SIZE);
  }

  /** The orthogonality error ‖AAᵀ − I‖ in the Frobenius norm. */
  public double orthogonalityError() {
    double sum = 0;
    for (double entry : gramMinusIdentity()) {
      sum += entry * entry;
    }
    return Math.sqrt(sum);
  }

  private double[] gramMinusIdentity() {
    double[] gram = new double[Math.multiplyExact(rows, rows)];
    for (int i = 0; i < rows; i++) {
      for (int j = 0; j <= i; j++) {
        double dot = i == j ? -1 : 0;
        for (int t = 0; t < columns; t++) {
          dot += values[i * columns + t] * values[j * columns + t];
        }
        gram[i * rows + j] = dot;
        gram[j * rows + i] = dot;
      }
    }
    return gram;
  }

  private double[] row(int index) {
    if (index < 0 || index >= rows) {
      throw new IllegalArgumentException(
          "There is no basis vector %d; choose from 0 to %d.".formatted(index, rows - 1));
    }
    return Arrays.copyOfRange(values, index * columns, (index + 1) * columns);
  }

  private void checkPlaces(int[] rasterOfSequence, int side) {
    if (side < 1 || rasterOfSequence.length != columns) {
      throw new IllegalArgumentException(
          "A basis over %d tokens needs the place of each on a grid, but there are %d places on a grid of side %d."
              .formatted(columns, rasterOfSequence.length, side));
    }
    for (int t = 0; t < columns; t++) {
      if (rasterOfSequence[t] < 0 || rasterOfSequence[t] >= side * side) {
        throw new IllegalArgumentException(
            "Token %d has place %d, which a grid of side %d does not have; places go from 0 to %d."
                .formatted(t, rasterOfSequence[t], side, side * side - 1));
      }
    }
  }
}
