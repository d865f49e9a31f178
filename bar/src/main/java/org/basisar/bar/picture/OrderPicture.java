package org.basisar.bar.picture;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import java.util.List;

/**
 * In which order the places of a grid are filled: every place has the colour and the number of its
 * step, with a scale beside the grid. Drawn numbers count from 1, as in {@link BasisPicture};
 * numbers in this interface count from 0.
 */
public final class OrderPicture {
  private static final int MARGIN = 6;
  private static final int SCALE_GAP = 14;
  private static final int LETTER_SIZE = 11;
  private static final int LEAST_SIZE = 256;

  /** Grids with more places along a side are drawn without numbers. */
  private static final int MOST_NUMBERED = 40;

  private OrderPicture() {}

  /**
   * Draws the steps of a grid.
   *
   * @param steps the step of every place, row by row, from 0
   * @param side places along each side
   * @throws IllegalArgumentException if there is not a step for every place, or one is negative
   */
  public static BufferedImage draw(int[] steps, int side) {
    if (side < 1 || steps.length != side * side) {
      throw new IllegalArgumentException(
          "A grid of side %d has %d places but there are %d steps; give one for each place."
              .formatted(side, side * side, steps.length));
    }
    int first = Arrays.stream(steps).min().orElse(0);
    if (first < 0) {
      throw new IllegalArgumentException(
          "Step %d does not exist; steps count from 0.".formatted(first));
    }
    int last = Arrays.stream(steps).max().orElse(0);
    Lettering lettering = Lettering.ofSize(LETTER_SIZE);
    boolean numbered = side <= MOST_NUMBERED;
    int needed = numbered ? lettering.width(Integer.toString(last + 1)) + 6 : 4;
    int cell = Math.max(needed, Math.ceilDiv(LEAST_SIZE, side));
    int size = side * cell;
    // The scale is read downwards, as time is.
    var scale =
        new ColourScale(
            ColourRamp.DARKER_IS_HIGHER.reversed(), List.of("step 1", "", "step " + (last + 1)));
    int scaleLeft = MARGIN + size + SCALE_GAP;
    var canvas = new Canvas(scaleLeft + scale.width() + MARGIN, size + 2 * MARGIN);
    canvas.outline(MARGIN, MARGIN, size, size);
    for (int place = 0; place < steps.length; place++) {
      int left = MARGIN + place % side * cell;
      int top = MARGIN + place / side * cell;
      double late = last == 0 ? 0 : (double) steps[place] / last;
      canvas.fillSquare(left, top, cell, ColourRamp.DARKER_IS_HIGHER.at(late));
      if (numbered) {
        String number = Integer.toString(steps[place] + 1);
        canvas.write(
            lettering,
            number,
            left + (cell - lettering.width(number)) / 2,
            top + (cell + lettering.ascent() - lettering.descent()) / 2,
            late < 0.5 ? Color.BLACK : Color.WHITE);
      }
    }
    scale.draw(canvas, scaleLeft, MARGIN, size);
    return canvas.image();
  }
}
