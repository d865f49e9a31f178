package org.basisar.bar.data;

import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Walks the headers of a tar archive (ustar, with the long names of GNU tar and of pax), and of
 * archives inside it: {@code n01440764.tar} is to its images what a folder {@code n01440764} would
 * be, as in the archive that ImageNet comes in.
 */
final class TarEntries {
  private static final int BLOCK = 512;
  private static final int LONGEST_NAME = 1 << 16;
  private static final int LONGEST_EXTENSION = 1 << 20;

  private final String archive;
  private final Input input;
  private final Visitor visitor;

  private TarEntries(String archive, Input input, Visitor visitor) {
    this.archive = archive;
    this.input = input;
    this.visitor = visitor;
  }

  /** The archive's bytes in order. */
  interface Input {
    /** Bytes from the beginning of the archive. */
    long position();

    /** Fills {@code bytes}, or throws {@link EOFException}. */
    void read(byte[] bytes) throws IOException;

    /** Passes over bytes, or throws {@link EOFException}. */
    void skip(long count) throws IOException;
  }

  /** Is told of every plain file. */
  @FunctionalInterface
  interface Visitor {
    /**
     * A file's path, where its bytes begin and how many they are.
     *
     * @param plain false for links and devices, which have no bytes of their own
     */
    void file(String path, long offset, long size, boolean plain);
  }

  /**
   * Reads all headers.
   *
   * @throws DataException if the archive is damaged, in one sentence
   */
  static void walk(String archive, Input input, Visitor visitor) throws IOException {
    try {
      new TarEntries(archive, input, visitor).walk("", Long.MAX_VALUE);
    } catch (EOFException fault) {
      throw new DataException("%s is cut short; fetch it again.".formatted(archive), fault);
    }
  }

  /** What headers before a file's own say about it. */
  private static final class Announced {
    @Nullable String path;
    @Nullable Long size;
  }

  private void walk(String folder, long end) throws IOException {
    byte[] header = new byte[BLOCK];
    Announced announced = new Announced();
    while (input.position() < end) {
      input.read(header);
      if (empty(header)) {
        return;
      }
      check(header);
      long size = announced.size != null ? announced.size : number(header, 124, 12);
      long after = after(size, end);
      char type = (char) (header[156] & 255);
      switch (type) {
        case 'L' -> announced.path = text(content(size, LONGEST_NAME));
        case 'K' -> input.skip(size);
        case 'x' -> extend(announced, content(size, LONGEST_EXTENSION));
        case 'g' -> extend(new Announced(), content(size, LONGEST_EXTENSION));
        default -> {
          String path = announced.path != null ? announced.path : name(header);
          announced = new Announced();
          entry(type, folder + path, size, folder.isEmpty());
        }
      }
      input.skip(after - input.position());
    }
  }

  private void entry(char type, String path, long size, boolean outermost) throws IOException {
    boolean plain = type == '0' || type == '7' || type == 0;
    if (type == 'S') {
      throw new DataException(
          "%s holds %s as a sparse file, which is not read; pack it again without."
              .formatted(archive, path));
    }
    if (plain && path.endsWith(".tar")) {
      if (!outermost) {
        throw new DataException(
            "%s holds %s, an archive in an archive in an archive; unpack one of them."
                .formatted(archive, path));
      }
      String folder = path.substring(0, path.length() - ".tar".length()) + "/";
      walk(folder, input.position() + size);
    } else if (type != '5') {
      visitor.file(path, input.position(), size, plain);
    }
  }

  /** Where the next header is. */
  private long after(long size, long end) {
    long most = Long.MAX_VALUE - input.position() - BLOCK;
    if (size < 0 || size > most || (end != Long.MAX_VALUE && size > end - input.position())) {
      throw damaged("says that one of its files has " + size + " bytes");
    }
    return input.position() + Math.ceilDiv(size, (long) BLOCK) * BLOCK;
  }

  private byte[] content(long size, int most) throws IOException {
    if (size > most) {
      throw damaged("describes a file in " + size + " bytes");
    }
    byte[] bytes = new byte[(int) size];
    input.read(bytes);
    return bytes;
  }

  /** Reads lines of "length key=value". */
  private void extend(Announced announced, byte[] lines) {
    int at = 0;
    while (at < lines.length && lines[at] != 0) {
      int space = at;
      while (space < lines.length && lines[space] >= '0' && lines[space] <= '9') {
        space++;
      }
      if (space == at || space - at > 7 || space == lines.length || lines[space] != ' ') {
        throw damaged("describes a file in a way that cannot be read");
      }
      int next =
          at + Integer.parseInt(new String(lines, at, space - at, StandardCharsets.US_ASCII));
      if (next <= space + 1 || next > lines.length || lines[next - 1] != '\n') {
        throw damaged("describes a file in a way that cannot be read");
      }
      String line = new String(lines, space + 1, next - space - 2, StandardCharsets.UTF_8);
      if (line.startsWith("path=")) {
        announced.path = line.substring("path=".length());
      } else if (line.startsWith("size=")) {
        announced.size = decimal(line.substring("size=".length()));
      } else if (line.startsWith("GNU.sparse.")) {
        throw new DataException(
            "%s holds a sparse file, which is not read; pack it again without.".formatted(archive));
      }
      at = next;
    }
  }

  private long decimal(String digits) {
    if (!digits.matches("[0-9]{1,18}")) {
      throw damaged("says that one of its files has " + clean(digits) + " bytes");
    }
    return Long.parseLong(digits);
  }

  private static boolean empty(byte[] header) {
    for (byte value : header) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  /** Compares the header's sum of bytes, its own place counted as blanks. */
  private void check(byte[] header) {
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) {
      sum += i >= 148 && i < 156 ? ' ' : header[i] & 255;
    }
    if (number(header, 148, 8) != sum) {
      throw damaged("has no sound header at byte " + (input.position() - BLOCK));
    }
  }

  /** A number in octal digits, or in binary where the first bit is set. */
  private long number(byte[] header, int from, int length) {
    if ((header[from] & 0x80) != 0) {
      long value = header[from] & 0x3f;
      for (int i = from + 1; i < from + length; i++) {
        if (value >>> 54 != 0) {
          return Long.MAX_VALUE;
        }
        value = value << 8 | (header[i] & 255);
      }
      return value;
    }
    String digits =
        new String(header, from, length, StandardCharsets.ISO_8859_1).replace('\0', ' ').strip();
    if (digits.isEmpty()) {
      return 0;
    }
    if (!digits.matches("[0-7]{1,12}")) {
      throw damaged("has a number that is none at byte " + (input.position() - BLOCK + from));
    }
    return Long.parseLong(digits, 8);
  }

  private static String name(byte[] header) {
    String name = text(header, 0, 100);
    boolean ustar = text(header, 257, 6).equals("ustar");
    String prefix = ustar ? text(header, 345, 155) : "";
    return prefix.isEmpty() ? name : prefix + "/" + name;
  }

  private static String text(byte[] bytes) {
    return text(bytes, 0, bytes.length);
  }

  private static String text(byte[] bytes, int from, int length) {
    int end = from;
    while (end < from + length && bytes[end] != 0) {
      end++;
    }
    return new String(bytes, from, end - from, StandardCharsets.UTF_8);
  }

  private static String clean(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  private DataException damaged(String fault) {
    return new DataException(
        "%s %s; it is no sound tar archive, fetch it again.".formatted(archive, fault));
  }
}
