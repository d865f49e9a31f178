package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ColourRampTest {
  @Test
  void higherIsDarkerAllTheWay() {
    double before = Double.POSITIVE_INFINITY;
    for (int i = 0; i <= 100; i++) {
      double lightness = lightness(ColourRamp.DARKER_IS_HIGHER.at(i / 100.0));
      assertThat(lightness).isLessThan(before);
      before = lightness;
    }
  }

  @Test
  void theMiddleOfTheDivergingRampIsTheLightest() {
    double middle = lightness(ColourRamp.DIVERGING.at(0.5));
    for (int i = 0; i <= 100; i++) {
      assertThat(lightness(ColourRamp.DIVERGING.at(i / 100.0))).isLessThanOrEqualTo(middle);
    }
  }

  @Test
  void positionsOutsideAreTheEndsAndNaNIsNeither() {
    for (ColourRamp ramp : List.of(ColourRamp.DARKER_IS_HIGHER, ColourRamp.DIVERGING)) {
      assertThat(ramp.at(-1e300)).isEqualTo(ramp.at(0));
      assertThat(ramp.at(Double.POSITIVE_INFINITY)).isEqualTo(ramp.at(1));
      assertThat(ramp.at(Double.NaN)).isEqualTo(0xffff00ff);
    }
  }

  private static double lightness(int argb) {
    return 0.2126 * (argb >> 16 & 0xff) + 0.7152 * (argb >> 8 & 0xff) + 0.0722 * (argb & 0xff);
  }
}
