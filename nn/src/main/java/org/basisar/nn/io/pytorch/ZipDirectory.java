package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/**
 * The directory of a zip file, read from memory and checked as a whole: every part lies inside the
 * file, no two share a byte, the two descriptions of each agree, and all names are plain paths
 * below one folder. Names are only ever compared, never resolved on a disk.
 */
final class ZipDirectory {
  private static final int MAX_PARTS = 100_000;

  /** Deflate cannot do better than about 1 : 1032. */
  private static final long MAX_EXPANSION = 1040;

  private static final int END = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64 = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR = 0x07064b50;
  private static final int LOCATOR_BYTES = 20;
  private static final int CENTRAL = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1 | 1 << 6 | 1 << 13;
  private static final long WIDE = 0xffffffffL;

  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * One part.
   *
   * @param name below the root folder
   * @param deflated whether it is compressed
   * @param checksum its CRC-32
   * @param header where its local header begins, in bytes from the start of the file
   * @param begin where its bytes begin
   * @param stored bytes in the file
   * @param size bytes unpacked
   */
  record Part(
      String name,
      boolean deflated,
      int checksum,
      long header,
      long begin,
      long stored,
      long size) {}

  private final MemorySegment file;
  private final String what;
  private final SequencedMap<String, Part> parts = new LinkedHashMap<>();

  private ZipDirectory(MemorySegment file, String what) {
    this.file = file;
    this.what = what;
  }

  /** Whether the file begins like a zip. */
  static boolean looksLikeZip(MemorySegment file) {
    return file.byteSize() >= 4 && file.get(INT, 0) == LOCAL;
  }

  /** Reads and checks; the names of the parts are without the root folder. */
  static SequencedMap<String, Part> read(MemorySegment file, String what) {
    ZipDirectory directory = new ZipDirectory(file, what);
    directory.read();
    return directory.parts;
  }

  private void read() {
    long end = findEnd();
    long count = Short.toUnsignedLong(file.get(SHORT, end + 10));
    long size = Integer.toUnsignedLong(file.get(INT, end + 12));
    long offset = Integer.toUnsignedLong(file.get(INT, end + 16));
    boolean onePiece =
        file.get(SHORT, end + 4) == 0
            && file.get(SHORT, end + 6) == 0
            && file.get(SHORT, end + 8) == file.get(SHORT, end + 10);
    boolean wide = count == 0xffff || size == WIDE || offset == WIDE;
    // PyTorch writes the record of large sizes into small files too, and then both say the same.
    if (wide || hasLocator(end)) {
      end = findEnd64(end);
      onePiece =
          file.get(INT, end + 16) == 0
              && file.get(INT, end + 20) == 0
              && file.get(LONG, end + 24) == file.get(LONG, end + 32);
      if (!wide
          && (count != file.get(LONG, end + 32)
              || size != file.get(LONG, end + 40)
              || offset != file.get(LONG, end + 48))) {
        throw container("has two ends that say different things; copy it again");
      }
      count = file.get(LONG, end + 32);
      size = file.get(LONG, end + 40);
      offset = file.get(LONG, end + 48);
    }
    if (!onePiece) {
      throw container("is one piece of a divided zip; join the pieces first");
    }
    if (count < 0 || count > MAX_PARTS) {
      throw new TorchFileException(
          Reason.LIMIT,
          what + " claims " + Long.toUnsignedString(count) + " parts, more than " + MAX_PARTS);
    }
    if (offset < 0 || size < 0 || offset > end || size != end - offset) {
      throw container("has a directory that is not where its end says; copy it again");
    }
    List<Part> found = new ArrayList<>();
    String root = "";
    long at = offset;
    for (long i = 0; i < count; i++) {
      if (end - at < CENTRAL_BYTES || file.get(INT, at) != CENTRAL) {
        throw container("has a damaged directory; copy it again");
      }
      int nameBytes = Short.toUnsignedInt(file.get(SHORT, at + 28));
      int extraBytes = Short.toUnsignedInt(file.get(SHORT, at + 30));
      int commentBytes = Short.toUnsignedInt(file.get(SHORT, at + 32));
      long next = at + CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
      if (next > end) {
        throw container("has a damaged directory; copy it again");
      }
      String path = path(at + CENTRAL_BYTES, nameBytes);
      int slash = path.indexOf('/');
      if (slash < 0) {
        throw path(path, "lies in no folder");
      }
      if (i == 0) {
        root = path.substring(0, slash);
      } else if (!path.startsWith(root + "/")) {
        throw path(path, "lies outside the folder " + Json.quote(root) + " of the others");
      }
      Part part = part(path, root.length() + 1, at, nameBytes, extraBytes, offset);
      found.add(part);
      if (!part.name().isEmpty() && parts.put(part.name(), part) != null) {
        throw container("has two parts of the name " + Json.quote(path));
      }
      at = next;
    }
    if (at != end) {
      throw container("has a directory with bytes that belong to no part");
    }
    requireApart(found);
  }

  private long findEnd() {
    long last = file.byteSize() - END_BYTES;
    for (long at = last; at >= 0 && at >= last - 0xffff; at--) {
      if (file.get(INT, at) == END && Short.toUnsignedLong(file.get(SHORT, at + 20)) == last - at) {
        return at;
      }
    }
    throw container("is a zip without an end; copy it again");
  }

  private boolean hasLocator(long end) {
    return end >= LOCATOR_BYTES && file.get(INT, end - LOCATOR_BYTES) == LOCATOR;
  }

  private long findEnd64(long end) {
    long locator = end - LOCATOR_BYTES;
    if (!hasLocator(end) || file.get(INT, locator + 4) != 0) {
      throw container("is a large zip without the record of its size; copy it again");
    }
    long at = file.get(LONG, locator + 8);
    if (at < 0
        || at > locator - END64_BYTES
        || file.get(INT, at) != END64
        || file.get(LONG, at + 4) != locator - at - 12) {
      throw container("is a large zip with a damaged record of its size; copy it again");
    }
    return at;
  }

  private String path(long at, int bytes) {
    byte[] name = file.asSlice(at, bytes).toArray(ValueLayout.JAVA_BYTE);
    String path;
    try {
      path = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
    } catch (CharacterCodingException e) {
      throw new TorchFileException(Reason.PATH, what + " has a part whose name is not in UTF-8", e);
    }
    if (path.chars().anyMatch(c -> c < ' ' || c == '\\' || c == ':' || c == 0x7f)) {
      throw path(path, "has a character that no plain path has");
    }
    String[] steps = path.split("/", -1);
    for (int i = 0; i < steps.length; i++) {
      boolean folderMark = i > 0 && i == steps.length - 1;
      if (steps[i].equals(".") || steps[i].equals("..") || (steps[i].isEmpty() && !folderMark)) {
        throw path(path, "is no plain path below a folder");
      }
    }
    return path;
  }

  private Part part(
      String path, int rootChars, long at, int nameBytes, int extraBytes, long dataEnd) {
    String quoted = Json.quote(path);
    int flags = Short.toUnsignedInt(file.get(SHORT, at + 8));
    int method = Short.toUnsignedInt(file.get(SHORT, at + 10));
    if ((flags & ENCRYPTED) != 0) {
      throw container("has the encrypted part " + quoted + "; decrypt it first");
    }
    if (method != 0 && method != 8) {
      throw container(
          "has part " + quoted + " compressed by method " + method + "; store it uncompressed");
    }
    long stored = Integer.toUnsignedLong(file.get(INT, at + 20));
    long size = Integer.toUnsignedLong(file.get(INT, at + 24));
    long header = Integer.toUnsignedLong(file.get(INT, at + 42));
    long extra = at + CENTRAL_BYTES + nameBytes;
    long extraEnd = extra + extraBytes;
    while (extraEnd - extra >= 4) {
      int id = Short.toUnsignedInt(file.get(SHORT, extra));
      long fields = extra + 4;
      long fieldsEnd = fields + Short.toUnsignedInt(file.get(SHORT, extra + 2));
      if (fieldsEnd > extraEnd) {
        throw container("has a damaged directory entry for " + quoted + "; copy it again");
      }
      if (id == ZIP64_EXTRA) {
        if (size == WIDE) {
          size = wide(fields, fieldsEnd, quoted);
          fields += 8;
        }
        if (stored == WIDE) {
          stored = wide(fields, fieldsEnd, quoted);
          fields += 8;
        }
        if (header == WIDE) {
          header = wide(fields, fieldsEnd, quoted);
        }
      }
      extra = fieldsEnd;
    }
    if (size < 0 || stored < 0 || header < 0 || header > dataEnd - LOCAL_BYTES) {
      throw container("has part " + quoted + " outside the file; copy it again");
    }
    if (file.get(INT, header) != LOCAL
        || Short.toUnsignedInt(file.get(SHORT, header + 8)) != method
        || Short.toUnsignedInt(file.get(SHORT, header + 26)) != nameBytes) {
      throw container("has part " + quoted + " that its own header describes differently");
    }
    long begin =
        header + LOCAL_BYTES + nameBytes + Short.toUnsignedInt(file.get(SHORT, header + 28));
    if (begin > dataEnd || stored > dataEnd - begin) {
      throw container("has part " + quoted + " outside the file; copy it again");
    }
    if (file.asSlice(header + LOCAL_BYTES, nameBytes)
            .mismatch(file.asSlice(at + CENTRAL_BYTES, nameBytes))
        != -1) {
      throw container("has part " + quoted + " that its own header describes differently");
    }
    if (method == 0 ? stored != size : size / MAX_EXPANSION > stored) {
      throw container("has part " + quoted + " of an impossible size; copy it again");
    }
    return new Part(
        path.substring(rootChars),
        method == 8,
        file.get(INT, at + 16),
        header,
        begin,
        stored,
        size);
  }

  private long wide(long at, long end, String quoted) {
    if (end - at < 8) {
      throw container("has a damaged directory entry for " + quoted + "; copy it again");
    }
    return file.get(LONG, at);
  }

  private void requireApart(List<Part> found) {
    found.sort(Comparator.comparingLong(Part::header));
    long end = 0;
    for (Part part : found) {
      if (part.header() < end) {
        throw container("has parts that share bytes, " + Json.quote(part.name()) + " among them");
      }
      end = part.begin() + part.stored();
    }
  }

  private TorchFileException container(String fault) {
    return new TorchFileException(Reason.CONTAINER, what + " " + fault);
  }

  private TorchFileException path(String path, String fault) {
    return new TorchFileException(
        Reason.PATH, what + " has part " + Json.quote(path) + ", which " + fault);
  }
}
