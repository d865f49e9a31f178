package org.basisar.bar.picture;

/** Words made safe for HTML, XHTML and SVG. */
public final class Markup {
  private static final char REPLACEMENT = '\uFFFD';

  private Markup() {}

  /**
   * Text for an element's content or a quoted attribute, with nothing left that could start markup,
   * and nothing that XML forbids.
   *
   * @param text any text, hostile or broken
   * @return the escaped text
   */
  public static String escape(String text) {
    var safe = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(point -> {
          switch (point) {
            case '&' -> safe.append("&amp;");
            case '<' -> safe.append("&lt;");
            case '>' -> safe.append("&gt;");
            case '"' -> safe.append("&quot;");
            case '\'' -> safe.append("&#39;");
            default -> {
              if (allowed(point)) {
                safe.appendCodePoint(point);
              } else {
                safe.append(REPLACEMENT);
              }
            }
          }
        });
    return safe.toString();
  }

  /** The characters of XML 1.0, without the C1 controls; a lone surrogate is none of them. */
  private static boolean allowed(int point) {
    return point == '\t'
        || point == '\n'
        || point == '\r'
        || (point >= 0x20 && point < 0x7f)
        || (point >= 0xa0 && point <= 0xd7ff)
        || (point >= 0xe000 && point <= 0xfffd)
        || point >= 0x10000;
  }
}
