package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.util.HashMap;
import java.util.List;
import org.junit.jupiter.api.Test;

final class LetteringTest {
  private static final List<Lettering> BOTH = List.of(new BlockLettering(13), Lettering.ofSize(13));

  @Test
  void blockLettersNeedNoFont() {
    String drawn = drawn("Ag");
    assertThat(drawn)
        .isEqualTo(
            """
            .###.......
            #...#......
            #...#..####
            #####.#...#
            #...#.#...#
            #...#.#...#
            #...#..####
            ..........#
            .......###.
            """);
  }

  @Test
  void accentsAreDroppedAndUnknownSignsAreBoxes() {
    assertThat(drawn("é")).isEqualTo(drawn("e"));
    assertThat(drawn("猫")).startsWith("#####\n#...#\n");
    assertThat(drawn("𝔸")).isEqualTo(drawn("猫"));
  }

  @Test
  void everyPrintableAsciiSignHasAGlyphOfItsOwn() {
    var seen = new HashMap<String, Character>();
    for (char sign = ' '; sign < 127; sign++) {
      String drawn = drawn(Character.toString(sign));
      assertThat(drawn).as("%s", sign).isNotEqualTo(drawn("猫"));
      assertThat(seen.put(drawn, sign)).as("%s looks like another sign", sign).isNull();
    }
  }

  @Test
  void theWidthIsWhatIsDrawn() {
    var lettering = new BlockLettering(13);
    assertThat(lettering.width("")).isZero();
    assertThat(lettering.width("k")).isEqualTo(5);
    assertThat(lettering.width("256")).isEqualTo(17);
    assertThat(new BlockLettering(24).width("256")).isEqualTo(34);
  }

  @Test
  void textIsShortenedUntilItFits() {
    for (Lettering lettering : BOTH) {
      String name = "golden retriever 𝔸𝔸𝔸";
      int room = lettering.width(name) - 1;
      for (int width = room; width >= 0; width -= 7) {
        String fitted = lettering.fit(name, width);
        assertThat(lettering.width(fitted)).isLessThanOrEqualTo(width);
        assertThat(fitted.isEmpty() || fitted.endsWith("…")).isTrue();
      }
      assertThat(lettering.fit(name, room + 1)).isEqualTo(name);
      assertThat(lettering.fit("", 0)).isEmpty();
    }
  }

  private static String drawn(String text) {
    var lettering = new BlockLettering(13);
    var image =
        new BufferedImage(
            Math.max(1, lettering.width(text)), lettering.height(), BufferedImage.TYPE_INT_ARGB);
    Graphics2D graphics = image.createGraphics();
    lettering.draw(graphics, text, 0, lettering.ascent(), Color.BLACK);
    graphics.dispose();
    var picture = new StringBuilder();
    for (int y = 0; y < image.getHeight(); y++) {
      for (int x = 0; x < image.getWidth(); x++) {
        picture.append(image.getRGB(x, y) == 0 ? '.' : '#');
      }
      picture.append('\n');
    }
    return picture.toString();
  }
}
