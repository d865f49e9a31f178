package org.basisar.bar.picture;

import java.awt.Color;
import java.awt.Graphics2D;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.Map;

/**
 * Letters of 5 by 7 blocks, with two more rows below the baseline, that need no font.
 *
 * <p>Each glyph is a row per digit, from the top, in base 32: the five bits of a digit are the five
 * blocks of that row. Accents are dropped and what is not in the table becomes a box.
 */
final class BlockLettering implements Lettering {
  private static final int COLUMNS = 5;
  private static final int ADVANCE = 6;
  private static final int ROWS_ABOVE = 7;
  private static final int ROWS_BELOW = 2;
  private static final String BOX = "vhhhhhv";

  private static final String TABLE =
      """
      A ehhvhhh B uhhuhhu C ehggghe D uhhhhhu E vgguggv F vgguggg G ehgnhhf H hhhvhhh I e44444e
      J 72222ic K hikokih L ggggggv M hrllhhh N hhpljhh O ehhhhhe P uhhuggg Q ehhhlid R uhhukih
      S fgge11u T v444444 U hhhhhhe V hhhhha4 W hhhllla X hha4ahh Y hhha444 Z v1248gv
      a 00e1fhf b ggmphhu c 00egghe d 11djhhf e 00ehvge f 698s888 g 00fhhhf1e h ggmphhh i 40c444e
      j 2062222ic k ggikoki l c44444e m 00qllhh n 00mphhh o 00ehhhe p 00uhhhugg q 00fhhhf11
      r 00mpggg s 00fge1u t 88s8896 u 00hhhjd v 00hhha4 w 00hhlla x 00ha4ah y 00hhhhf1e z 00v248v
      0 ehjlphe 1 4c4444e 2 eh1248v 3 v2421he 4 26aiv22 5 vgu11he 6 68guhhe 7 v124888 8 ehhehhe
      9 ehhf12c . 00000cc , 00000cc48 : 0cc0cc0 ; 0cc0cc48 ! 4444404 ? eh12404 ' 4480000 " aaa0000
      - 000v000 + 044v440 = 00v0v00 _ 0000000v / 01248g0 \\ 0g84210 ( 2488842 ) 8422248 [ e88888e
      ] e22222e { 2448442 } 8442448 < 248g842 > 8421248 * 04lel40 % op248j3 & cik8lid # aavavaa
      @ eh1dlle $ 4fke5u4 ^ 4ah0000 ` 8420000 | 4444444 ~ 008l200 − 000v000 – 000v000 × 00ha4ah
      ‖ aaaaaaa … 000000l
      """;

  private static final Map<Integer, String> GLYPHS = readTable();

  private final int scale;

  /** Lettering for a nominal size in pixels; blocks are whole pixels, so sizes come in steps. */
  BlockLettering(int size) {
    scale = Math.max(1, size / 10);
  }

  private static Map<Integer, String> readTable() {
    var glyphs = new HashMap<Integer, String>();
    String[] words = TABLE.strip().split("\\s+", -1);
    for (int i = 0; i < words.length; i += 2) {
      glyphs.put(words[i].codePointAt(0), words[i + 1]);
    }
    glyphs.put((int) ' ', "0000000");
    return Map.copyOf(glyphs);
  }

  @Override
  public int width(String text) {
    String plain = plain(text);
    int letters = plain.codePointCount(0, plain.length());
    return letters == 0 ? 0 : scale * (letters * ADVANCE - (ADVANCE - COLUMNS));
  }

  @Override
  public int ascent() {
    return scale * ROWS_ABOVE;
  }

  @Override
  public int descent() {
    return scale * ROWS_BELOW;
  }

  @Override
  public void draw(Graphics2D graphics, String text, int left, int baseline, Color colour) {
    graphics.setColor(colour);
    int pen = left;
    for (int letter : plain(text).codePoints().toArray()) {
      String glyph = GLYPHS.getOrDefault(letter, BOX);
      for (int row = 0; row < glyph.length(); row++) {
        int blocks = Character.digit(glyph.charAt(row), 32);
        for (int column = 0; column < COLUMNS; column++) {
          if ((blocks >> (COLUMNS - 1 - column) & 1) != 0) {
            graphics.fillRect(
                pen + column * scale, baseline + (row - ROWS_ABOVE) * scale, scale, scale);
          }
        }
      }
      pen += ADVANCE * scale;
    }
  }

  private static String plain(String text) {
    return Normalizer.normalize(text, Normalizer.Form.NFD).replaceAll("\\p{M}+", "");
  }
}
