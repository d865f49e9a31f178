package org.basisar.bar.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TokenDecoderTest {
  /** Three positions in a circle, so that using the map the wrong way round shows. */
  private static final int[] PLACES = {1, 2, 0};

  /** Two images of three tokens of two numbers, in sequence order. */
  private static final double[] COEFFICIENTS = {1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16};

  @Test
  void everyPositionGoesToItsPlace() {
    assertThat(TokenDecoder.of(PLACES).decode(COEFFICIENTS, 2))
        .containsExactly(5, 6, 1, 2, 3, 4, 15, 16, 11, 12, 13, 14);
  }

  @Test
  void whatIsNotInThePrefixIsZero() {
    TokenDecoder decoder = TokenDecoder.of(PLACES);
    assertThat(decoder.prefix(COEFFICIENTS, 2, 0)).containsOnly(0);
    assertThat(decoder.prefix(COEFFICIENTS, 2, 1))
        .containsExactly(0, 0, 1, 2, 0, 0, 0, 0, 11, 12, 0, 0);
    assertThat(decoder.prefix(COEFFICIENTS, 2, 2))
        .containsExactly(0, 0, 1, 2, 3, 4, 0, 0, 11, 12, 13, 14);
    assertThat(decoder.prefix(COEFFICIENTS, 2, 9)).isEqualTo(decoder.decode(COEFFICIENTS, 2));
  }
}
