package org.basisar.gpu.jcuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Renames the libraries that an ELF64 shared object asks for, and the version nodes it expects from
 * them. Old and new names have the same length, so nothing moves: the names themselves are
 * overwritten, and the hashes by which the loader compares version nodes. Structures and constants
 * are those of the System V ABI and of the Linux Standard Base's symbol versioning.
 */
final class ElfRename {
  private static final int MAGIC = 0x464c457f;
  private static final int SEGMENT_LOAD = 1;
  private static final int SEGMENT_DYNAMIC = 2;
  private static final long TAG_END = 0;
  private static final long TAG_NEEDED = 1;
  private static final long TAG_STRINGS = 5;
  private static final long TAG_VERSIONS = 0x6ffffffeL;
  private static final long TAG_VERSION_COUNT = 0x6fffffffL;

  /** A part of the file that is mapped to memory. */
  private record Segment(long address, long offset, long size) {
    boolean contains(long wanted) {
      return wanted >= address && wanted < address + size;
    }
  }

  private final ByteBuffer file;
  private final Map<String, String> names;
  private final List<Segment> segments = new ArrayList<>();
  private final Set<String> renamed = new HashSet<>();
  private int strings;

  private ElfRename(byte[] image, Map<String, String> names) {
    this.file = ByteBuffer.wrap(image.clone()).order(ByteOrder.LITTLE_ENDIAN);
    this.names = names;
  }

  /**
   * A copy of the image that asks for other libraries.
   *
   * @param names old to new, of equal length
   * @throws IllegalArgumentException if the image is no little-endian ELF64 file, lengths differ,
   *     or it does not ask for one of the old names
   */
  static byte[] rename(byte[] image, Map<String, String> names) {
    names.forEach((from, to) -> {
      if (from.length() != to.length()) {
        throw new IllegalArgumentException(from + " and " + to + " differ in length");
      }
    });
    ElfRename edit = new ElfRename(image, names);
    edit.run();
    if (!edit.renamed.equals(names.keySet())) {
      throw new IllegalArgumentException(
          "of " + names.keySet() + " the file asks only for " + edit.renamed);
    }
    return edit.file.array();
  }

  private void run() {
    // Bytes 4 and 5 of an ELF file: 64 bits, little endian.
    if (file.capacity() < 64 || file.getInt(0) != MAGIC || file.get(4) != 2 || file.get(5) != 1) {
      throw new IllegalArgumentException("not a little-endian ELF64 file");
    }
    Segment dynamic = readSegments();
    long stringAddress = 0;
    long versionAddress = 0;
    long versionCount = 0;
    List<Integer> needed = new ArrayList<>();
    for (long at = dynamic.offset(); at < dynamic.offset() + dynamic.size(); at += 16) {
      long tag = file.getLong((int) at);
      long value = file.getLong((int) at + 8);
      if (tag == TAG_END) {
        break;
      } else if (tag == TAG_NEEDED) {
        needed.add((int) value);
      } else if (tag == TAG_STRINGS) {
        stringAddress = value;
      } else if (tag == TAG_VERSIONS) {
        versionAddress = value;
      } else if (tag == TAG_VERSION_COUNT) {
        versionCount = value;
      }
    }
    strings = offset(stringAddress);
    for (int name : needed) {
      String old = string(name);
      if (names.containsKey(old)) {
        renamed.add(old);
        overwrite(name);
      }
    }
    if (versionCount > 0) {
      renameVersions(offset(versionAddress), versionCount);
    }
  }

  private Segment readSegments() {
    long table = file.getLong(32);
    int entrySize = Short.toUnsignedInt(file.getShort(54));
    int entries = Short.toUnsignedInt(file.getShort(56));
    Segment dynamic = null;
    for (int i = 0; i < entries; i++) {
      int at = (int) (table + (long) i * entrySize);
      Segment segment =
          new Segment(file.getLong(at + 16), file.getLong(at + 8), file.getLong(at + 32));
      int type = file.getInt(at);
      if (type == SEGMENT_LOAD) {
        segments.add(segment);
      } else if (type == SEGMENT_DYNAMIC) {
        dynamic = segment;
      }
    }
    if (dynamic == null) {
      throw new IllegalArgumentException("not a shared object: it has no dynamic segment");
    }
    return dynamic;
  }

  /** Every file with its version nodes: a chain of chains of offsets relative to their owner. */
  private void renameVersions(int first, long count) {
    int at = first;
    for (long i = 0; i < count; i++) {
      int nodes = Short.toUnsignedInt(file.getShort(at + 2));
      overwrite(file.getInt(at + 4));
      int node = at + file.getInt(at + 8);
      for (int j = 0; j < nodes; j++) {
        int name = file.getInt(node + 8);
        overwrite(name);
        file.putInt(node, hash(string(name)));
        node += file.getInt(node + 12);
      }
      at += file.getInt(at + 12);
    }
  }

  private void overwrite(int name) {
    String replacement = names.get(string(name));
    if (replacement != null) {
      file.put(strings + name, replacement.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private int offset(long address) {
    for (Segment segment : segments) {
      if (segment.contains(address)) {
        return (int) (address - segment.address() + segment.offset());
      }
    }
    throw new IllegalArgumentException("address " + address + " lies in no segment of the file");
  }

  private String string(int name) {
    int start = strings + name;
    int end = start;
    while (file.get(end) != 0) {
      end++;
    }
    return new String(file.array(), start, end - start, StandardCharsets.US_ASCII);
  }

  /** The hash of the System V ABI, figure 5-13. */
  static int hash(String name) {
    int h = 0;
    for (byte letter : name.getBytes(StandardCharsets.US_ASCII)) {
      h = (h << 4) + letter;
      int top = h & 0xf0000000;
      h ^= top >>> 24;
      h &= ~top;
    }
    return h;
  }
}
