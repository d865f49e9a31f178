package org.basisar.gpu.sim;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Cuts PTX text into tokens. */
final class PtxLexer {
  /** A token and the line it begins on; the last one of a text is empty. */
  record Token(String text, int line) {}

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<space>[ \\t\\r\\f]+|//[^\\n]*|/\\*.*?\\*/)"
              + "|(?<newline>\\n)"
              + "|(?<place>\\.(?:loc|file)\\b[^\\n]*)"
              + "|(?<string>\"[^\"]*\")"
              + "|(?<number>-?(?:0[fF][0-9a-fA-F]{8}|0[dD][0-9a-fA-F]{16}|0[xX][0-9a-fA-F]+U?|[0-9]+U?))"
              + "|(?<name>[%$A-Za-z_.][\\w$.%]*(?:::[\\w.]+)*)"
              + "|(?<mark>.)",
          Pattern.DOTALL);

  private PtxLexer() {}

  static List<Token> tokens(String text) {
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    int line = 1;
    while (matcher.find()) {
      if (matcher.group("space") == null && matcher.group("newline") == null) {
        String token = matcher.group().strip();
        // Inline PTX in headers writes a declaration's type without a space before it.
        int type =
            token.startsWith(".reg.") || token.startsWith(".param.") ? token.indexOf('.', 1) : -1;
        if (type > 0) {
          tokens.add(new Token(token.substring(0, type), line));
          token = token.substring(type);
        }
        tokens.add(new Token(token, line));
      }
      for (int i = matcher.start(); i < matcher.end(); i++) {
        if (text.charAt(i) == '\n') {
          line++;
        }
      }
    }
    tokens.add(new Token("", line));
    return tokens;
  }
}
