package org.basisar.bar.metrics.network;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/**
 * Counts of parameters at the public widths. They are affine in depth and vocabulary, so that the
 * large networks need not be made to be counted.
 */
final class ParametersTest {
  @Test
  void dinoHasThePublicCount() {
    long one = dino(1);
    long two = dino(2);
    assertThat(two - one).isEqualTo(12_598_272);
    assertThat(one + (Dino.Config.LARGE.depth() - 1) * (two - one)).isEqualTo(Dino.PARAMETERS);
  }

  private static long dino(int depth) {
    Dino.Config c = Dino.Config.LARGE;
    return Networks.count(setup ->
        new Dino(
            setup, new Dino.Config(c.width(), depth, c.heads(), c.side(), c.patch(), c.grid())));
  }

  @Test
  void clipHasThePublicCounts() {
    assertThat(clip(Clip.Config.BASE_32)).isEqualTo(151_277_313);
    assertThat(clip(Clip.Config.LARGE_14)).isEqualTo(427_616_513);
  }

  private static long clip(Clip.Config c) {
    int words = 10;
    long one = clip(c, 1, 1, words);
    long image = clip(c, 2, 1, words) - one;
    long text = clip(c, 1, 2, words) - one;
    return one
        + (c.depth() - 1) * image
        + (c.textDepth() - 1) * text
        + (long) (c.words() - words) * c.textWidth();
  }

  private static long clip(Clip.Config c, int depth, int textDepth, int words) {
    return Networks.count(setup ->
        new Clip(
            setup,
            new Clip.Config(
                c.width(),
                depth,
                c.heads(),
                c.side(),
                c.patch(),
                c.textWidth(),
                textDepth,
                c.textHeads(),
                words,
                c.places(),
                c.projection())));
  }

  @Test
  void vggHasThePublicCount() {
    long filters = Networks.count(setup -> new Vgg(setup, 1, 224, 1, 1)) - (25088 + 1) - 2 - 2;
    assertThat(filters).isEqualTo(14_714_688);
    long hidden = 4096;
    assertThat(filters + 25089 * hidden + (hidden + 1) * hidden + (hidden + 1) * 1000)
        .isEqualTo(Vgg.PARAMETERS);
  }
}
