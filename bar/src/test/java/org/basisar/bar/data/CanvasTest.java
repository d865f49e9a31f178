package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CanvasTest {
  @ParameterizedTest
  @ValueSource(ints = {8, 16, 31, 33, 64, 113})
  void coverageAddsUpToTheArea(int side) {
    Canvas canvas = new Canvas(side);
    canvas.place(Canvas.Placement.turned(0.1, -0.05, 0.8, 0.3));
    canvas.paint(Region.box(0.2, 0.1, 0.5, 0.4, 0), Colour.WHITE);
    assertThat(area(canvas.planarBytes(), side)).isEqualTo(1.0 * 0.8 * 0.8 * 0.8, within(0.01));

    canvas = new Canvas(side);
    canvas.paint(Region.disc(0, 0, 0.7), Colour.WHITE);
    assertThat(area(canvas.planarBytes(), side)).isEqualTo(Math.PI * 0.49, within(0.01));
  }

  /** The lit area of the first plane, on a canvas of area 4. */
  private static double area(byte[] planar, int side) {
    double sum = 0;
    for (int at = 0; at < side * side; at++) {
      sum += (planar[at] & 255) / 255.0;
    }
    return sum * 4 / (side * side);
  }

  @Test
  void aTurnIsClockwiseAndMovesTheMiddleToThePlace() {
    Canvas canvas = new Canvas(32);
    canvas.place(Canvas.Placement.turned(0.5, 0, 0.5, Math.PI / 2));
    // Right of the middle before the turn, below it after.
    canvas.paint(Region.disc(0.8, 0, 0.15), Colour.WHITE);
    byte[] planar = canvas.planarBytes();
    int row = (int) ((0.4 + 1) * 16);
    int column = (int) ((0.5 + 1) * 16);
    assertThat(planar[row * 32 + column] & 255).isEqualTo(255);
    assertThat(planar[16 * 32 + 30] & 255).isZero();
  }

  @Test
  void paintOutsideTheCanvasIsCutOff() {
    Canvas canvas = new Canvas(16);
    canvas.fill(Colour.BLACK, Colour.BLACK, 0);
    canvas.paint(Region.disc(9, 9, 1), Colour.WHITE);
    canvas.paint(Region.disc(-9, 0, 1), Colour.WHITE);
    assertThat(canvas.planarBytes()).containsOnly(0);
    canvas.paint(Region.box(0, 0, 50, 50, 0), Colour.WHITE);
    assertThat(canvas.planarBytes()).containsOnly(-1);
  }

  @Test
  void opacityMixesAndPlanesAreRedGreenBlue() {
    Canvas canvas = new Canvas(8);
    canvas.fill(Colour.WHITE, Colour.WHITE, 1);
    canvas.paint(Region.box(0, 0, 3, 3, 0), Colour.of(0xFF0000), Colour.of(0xFF0000), 0.5, 0);
    byte[] planar = canvas.planarBytes();
    assertThat(planar[0] & 255).isEqualTo(255);
    assertThat(planar[64] & 255).isEqualTo(128);
    assertThat(planar[128] & 255).isEqualTo(128);
  }
}
