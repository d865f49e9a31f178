package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class CodebookTest {
  /** Tokens close to four corners of a square. */
  private static float[] corners(int count) {
    SplittableRandom random = new SplittableRandom(5);
    float[] tokens = new float[2 * count];
    for (int i = 0; i < tokens.length; i++) {
      int corner = (i / 2) >> (i % 2);
      tokens[i] = (corner % 2 == 0 ? -1 : 1) + (float) random.nextDouble(-0.1, 0.1);
    }
    return tokens;
  }

  @Test
  void clustersAreFound() {
    float[] tokens = corners(113);
    Codebook codebook = Codebook.fit(tokens, 2, 4, 1);
    int[] codes = codebook.encode(tokens);
    for (int i = 0; i < 113; i++) {
      assertThat(codes[i]).isEqualTo(codes[i % 4]);
      for (int c = 0; c < 2; c++) {
        assertThat(codebook.decode(codes)[2 * i + c])
            .isCloseTo(Math.signum(tokens[2 * i + c]), within(0.05));
      }
    }
    assertThat(Arrays.copyOf(codes, 4)).doesNotHaveDuplicates();
    assertThat(codebook.lostEnergy(tokens)).isBetween(1e-4, 0.01);
  }

  @Test
  void theSameSeedGivesTheSameCodes() {
    float[] tokens = corners(50);
    assertThat(Codebook.fit(tokens, 2, 7, 9).vectors())
        .isEqualTo(Codebook.fit(tokens, 2, 7, 9).vectors());
    assertThat(Codebook.fit(tokens, 2, 7, 9).vectors())
        .isNotEqualTo(Codebook.fit(tokens, 2, 7, 10).vectors());
  }

  @Test
  void vectorsOfTheBookAreTheirOwnCodes() {
    Codebook codebook = new Codebook(new float[] {0, 0, 1, 0, 0, 1}, 2);
    assertThat(codebook.encode(codebook.vectors())).containsExactly(0, 1, 2);
    assertThat(codebook.decode(new int[] {2, 0})).containsExactly(0, 1, 0, 0);
  }

  @Test
  void equalTokensAreCodedWithoutLoss() {
    float[] tokens = new float[40];
    Arrays.fill(tokens, 3);
    assertThat(Codebook.fit(tokens, 2, 5, 1).lostEnergy(tokens)).isZero();
    assertThat(new Codebook(new float[2], 2).lostEnergy(new float[8])).isZero();
  }

  @Test
  void moreCodesThanTokensAreRefused() {
    assertThatThrownBy(() -> Codebook.fit(new float[4], 2, 3, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("3 codes cannot be found from 2 tokens; lower --codes");
  }
}
