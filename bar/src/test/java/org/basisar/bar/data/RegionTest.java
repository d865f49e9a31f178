package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

final class RegionTest {
  private static final List<Region> REGIONS =
      List.of(
          Region.disc(0.1, -0.2, 0.5),
          Region.ellipse(-0.1, 0.2, 0.3, 0.6),
          Region.box(0.2, 0.1, 0.4, 0.3, 0.1),
          Region.capsule(-0.5, -0.4, 0.3, 0.2, 0.15),
          Region.arc(0, 0.1, 0.5, 1, 0.8, 0.1),
          Region.polygon(0.05, 0, -0.8, 0.7, 0.5, -0.6, 0.4),
          Region.disc(0, 0, 0.6).outline(0.1),
          Region.disc(0, 0, 0.6).below(0.1),
          Region.disc(0, 0, 0.6).and(Region.box(0.3, 0.3, 0.4, 0.4, 0)),
          Region.disc(0, 0, 0.6).or(Region.box(0.3, 0.3, 0.4, 0.4, 0)),
          Region.disc(0, 0, 0.6).without(Region.box(0.3, 0.3, 0.4, 0.4, 0)),
          Region.disc(0, 0, 0.4).shifted(0.3, -0.2),
          Region.disc(0, 0, 0.4).grown(0.2));

  @Test
  void distancesAreThoseOfGeometry() {
    assertThat(Region.disc(0, 0, 1).distance().at(3, 4)).isEqualTo(4);
    assertThat(Region.box(0, 0, 1, 2, 0).distance().at(4, 6)).isEqualTo(5);
    assertThat(Region.box(0, 0, 1, 2, 0.5).distance().at(0, 0)).isEqualTo(-1);
    assertThat(Region.capsule(-1, 0, 1, 0, 0.25).distance().at(0.5, 2)).isEqualTo(1.75);
    assertThat(Region.polygon(0, 0, 0, 1, 0, 1, 1, 0, 1).distance().at(0.5, 0.25)).isEqualTo(-0.25);
    assertThat(Region.polygon(0, 0, 0, 1, 0, 1, 1, 0, 1).distance().at(4, 5)).isEqualTo(5);
    assertThat(Region.disc(0, 0, 1).outline(0.25).distance().at(0, 0)).isEqualTo(0.75);
    assertThat(Region.disc(0, 0, 1).below(0.5).distance().at(0, 0)).isEqualTo(0.5);
    assertThat(Region.arc(0, 0, 1, 0, 0.5, 0.1).distance().at(1.5, 0))
        .isEqualTo(0.4, within(1e-12));
    // Behind the circle the nearest point is an end of the stroke.
    double end = Math.sqrt(2 + 2 * StrictMath.cos(0.5));
    assertThat(Region.arc(0, 0, 1, 0, 0.5, 0.1).distance().at(-1, 0))
        .isEqualTo(end - 0.1, within(1e-12));
  }

  @Test
  void everyPointInsideLiesInTheBox() {
    Draws draws = new Draws(1, 2);
    for (Region region : REGIONS) {
      int inside = 0;
      for (int trial = 0; trial < 5000; trial++) {
        double x = draws.between(-1.2, 1.2);
        double y = draws.between(-1.2, 1.2);
        if (region.distance().at(x, y) < 0) {
          inside++;
          assertThat(x).isBetween(region.left(), region.right());
          assertThat(y).isBetween(region.top(), region.bottom());
        }
      }
      assertThat(inside).isPositive();
    }
  }

  @Test
  void nearTheOutlineTheSlopeIsOne() {
    Draws draws = new Draws(3, 4);
    double step = 1e-6;
    for (Region region : REGIONS) {
      int steep = 0;
      int near = 0;
      for (int trial = 0; trial < 20_000; trial++) {
        double x = draws.between(-1, 1);
        double y = draws.between(-1, 1);
        double here = region.distance().at(x, y);
        if (Math.abs(here) < 0.02) {
          near++;
          double slope =
              Math.hypot(
                      region.distance().at(x + step, y) - here,
                      region.distance().at(x, y + step) - here)
                  / step;
          steep += Math.abs(slope - 1) > 0.1 ? 1 : 0;
        }
      }
      assertThat(near).isPositive();
      assertThat(steep).isLessThanOrEqualTo(near / 20);
    }
  }
}
