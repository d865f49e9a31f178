package org.basisar.bar.metrics.network;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.nn.io.IoReason;

/**
 * CLIP's words: pieces of lower-case text joined from bytes by a list of merges, most frequent
 * first (Sennrich et al. 2016). The list is OpenAI's {@code bpe_simple_vocab_16e6.txt.gz} or
 * Hugging Face's {@code merges.txt}. Broken encodings and HTML are not repaired as the public code
 * does.
 */
public final class ClipTokenizer {
  private static final int MERGES = 49152 - 256 - 2;
  private static final int MAX_BYTES = 16 << 20;
  private static final String END_OF_WORD = "</w>";
  private static final Pattern PIECES =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d|\\p{L}+|\\p{N}|[^\\s\\p{L}\\p{N}]+",
          Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.UNICODE_CHARACTER_CLASS);

  private final Map<String, Integer> words = new HashMap<>();
  private final Map<Pair, Integer> ranks = new HashMap<>();
  private final char[] letters = letters();

  private record Pair(String left, String right) {}

  private ClipTokenizer(List<Pair> merges) {
    int next = 0;
    // Printable bytes come first in the vocabulary, then the others, as in the public code.
    for (char letter : ordered()) {
      words.put(String.valueOf(letter), next++);
    }
    for (char letter : ordered()) {
      words.put(letter + END_OF_WORD, next++);
    }
    for (Pair merge : merges) {
      ranks.put(merge, ranks.size());
      words.put(merge.left() + merge.right(), next++);
    }
    words.put("<|startoftext|>", next++);
    words.put("<|endoftext|>", next);
  }

  /**
   * Reads the public list of merges.
   *
   * @throws MetricsException in one sentence if it cannot be read or is another list
   */
  public static ClipTokenizer read(Path file) {
    return read(file, MERGES);
  }

  /** As {@link #read(Path)}, with that many merges, for checks. */
  public static ClipTokenizer read(Path file, int count) {
    String[] lines = text(file).split("\n", -1);
    List<Pair> merges = new ArrayList<>();
    for (int i = 1; i < lines.length && merges.size() < count; i++) {
      String[] parts = lines[i].strip().split(" ", -1);
      if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
        throw new MetricsException(
            file + " has no merge of two pieces in line " + (i + 1) + "; get CLIP's merges again");
      }
      merges.add(new Pair(parts[0], parts[1]));
    }
    if (merges.size() < count) {
      throw new MetricsException(
          file
              + " has "
              + merges.size()
              + " merges where CLIP has "
              + count
              + "; get bpe_simple_vocab_16e6.txt.gz or merges.txt again");
    }
    return new ClipTokenizer(merges);
  }

  private static String text(Path file) {
    try (InputStream plain = new BufferedInputStream(Files.newInputStream(file))) {
      plain.mark(2);
      boolean zipped = plain.read() == 0x1f && plain.read() == 0x8b;
      plain.reset();
      try (InputStream in = zipped ? new GZIPInputStream(plain) : plain) {
        byte[] bytes = in.readNBytes(MAX_BYTES + 1);
        if (bytes.length > MAX_BYTES) {
          throw new MetricsException(file + " is too long for a list of merges");
        }
        return new String(bytes, StandardCharsets.UTF_8);
      }
    } catch (IOException e) {
      throw new MetricsException("the merges cannot be read: " + IoReason.of(e));
    }
  }

  /** Number of words. */
  public int size() {
    return words.size();
  }

  /**
   * The tokens of a text between start and end; what is too long is cut before the end.
   *
   * @param most tokens with start and end, at least 2
   */
  public int[] encode(String text, int most) {
    List<Integer> tokens = new ArrayList<>();
    tokens.add(size() - 2);
    Matcher matcher = PIECES.matcher(text.strip().replaceAll("\\s+", " ").toLowerCase(Locale.ROOT));
    while (matcher.find()) {
      StringBuilder spelt = new StringBuilder();
      for (byte one : matcher.group().getBytes(StandardCharsets.UTF_8)) {
        spelt.append(letters[one & 0xff]);
      }
      for (String piece : merged(spelt.toString())) {
        tokens.add(words.getOrDefault(piece, 0));
      }
    }
    int count = Math.min(tokens.size(), most - 1);
    int[] result = new int[count + 1];
    for (int i = 0; i < count; i++) {
      result[i] = tokens.get(i);
    }
    result[count] = size() - 1;
    return result;
  }

  private List<String> merged(String spelt) {
    List<String> pieces = new ArrayList<>();
    for (int i = 0; i < spelt.length(); i++) {
      pieces.add(spelt.charAt(i) + (i == spelt.length() - 1 ? END_OF_WORD : ""));
    }
    while (pieces.size() > 1) {
      Pair best = null;
      int bestRank = Integer.MAX_VALUE;
      for (int i = 0; i + 1 < pieces.size(); i++) {
        Pair pair = new Pair(pieces.get(i), pieces.get(i + 1));
        Integer rank = ranks.get(pair);
        if (rank != null && rank < bestRank) {
          best = pair;
          bestRank = rank;
        }
      }
      if (best == null) {
        break;
      }
      List<String> joined = new ArrayList<>();
      for (int i = 0; i < pieces.size(); i++) {
        boolean here =
            i + 1 < pieces.size()
                && pieces.get(i).equals(best.left())
                && pieces.get(i + 1).equals(best.right());
        joined.add(here ? best.left() + best.right() : pieces.get(i));
        i += here ? 1 : 0;
      }
      pieces = joined;
    }
    return pieces;
  }

  private static boolean printable(int value) {
    return (value >= '!' && value <= '~')
        || (value >= 0xa1 && value <= 0xac)
        || (value >= 0xae && value <= 0xff);
  }

  /** A printable letter for every byte: itself, or one from 256 on. */
  private static char[] letters() {
    char[] letters = new char[256];
    int next = 256;
    for (int value = 0; value < 256; value++) {
      letters[value] = (char) (printable(value) ? value : next++);
    }
    return letters;
  }

  private static char[] ordered() {
    char[] letters = letters();
    char[] ordered = new char[256];
    int next = 0;
    for (int pass = 0; pass < 2; pass++) {
      for (int value = 0; value < 256; value++) {
        if (printable(value) == (pass == 0)) {
          ordered[next++] = letters[value];
        }
      }
    }
    return ordered;
  }
}
