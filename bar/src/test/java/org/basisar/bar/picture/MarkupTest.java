package org.basisar.bar.picture;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class MarkupTest {
  @Test
  void nothingCanStartMarkup() {
    assertThat(Markup.escape("<b>\"Tom\" & 'Jerry'</b>"))
        .isEqualTo("&lt;b&gt;&quot;Tom&quot; &amp; &#39;Jerry&#39;&lt;/b&gt;");
    assertThat(Markup.escape("&amp;")).isEqualTo("&amp;amp;");
  }

  @Test
  void everyCharacterSurvivesAnXmlParserOrIsReplaced() {
    var all = new StringBuilder();
    for (int point = 0; point < 0x11000; point++) {
      all.append((char) point);
    }
    all.append('\uD800').append("x𝔸猫");
    String read =
        Xml.parse(
                "<p a=\""
                    + Markup.escape(all.toString())
                    + "\">"
                    + Markup.escape(all.toString())
                    + "</p>")
            .getDocumentElement()
            .getTextContent();
    assertThat(read).contains("x𝔸猫").contains("<").contains("\uFFFD");
    assertThat(Markup.escape("plain, été 猫 𝔸")).isEqualTo("plain, été 猫 𝔸");
  }
}
