package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Lanes.eachWord;
import static org.basisar.gpu.sim.Lanes.word;
import static org.basisar.gpu.sim.Program.LANES;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;

/** Arithmetic and logic on integers of 16 and 32 bits. A division by zero gives all ones. */
final class WordInstructions {
  private WordInstructions() {}

  static void register(Map<String, Recipe> table) {
    arithmetic(table);
    bits(table);
    narrow(table);
  }

  private static void arithmetic(Map<String, Recipe> table) {
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] + b[l];
          }
        }),
        "add.s32",
        "add.u32");
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] - b[l];
          }
        }),
        "sub.s32",
        "sub.u32");
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l];
          }
        }),
        "mul.lo.s32",
        "mul.lo.u32");
    table.put(
        "mul.hi.s32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = (int) (((long) a[l] * b[l]) >> 32);
          }
        }));
    table.put(
        "mul.hi.u32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = (int) ((unsigned(a[l]) * unsigned(b[l])) >>> 32);
          }
        }));
    put(
        table,
        word((d, a, b, c) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] * b[l] + c[l];
          }
        }),
        "mad.lo.s32",
        "mad.lo.u32");
    table.put(
        "min.s32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Math.min(a[l], b[l]);
          }
        }));
    table.put(
        "max.s32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Math.max(a[l], b[l]);
          }
        }));
    table.put("min.u32", eachWord((a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b));
    table.put("max.u32", eachWord((a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b));
    table.put(
        "neg.s32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = -a[l];
          }
        }));
    table.put(
        "abs.s32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Math.abs(a[l]);
          }
        }));
    table.put("mad.hi.s32", eachWord((a, b, c) -> (int) (((long) a * b) >> 32) + c));
    table.put("mad.hi.u32", eachWord((a, b, c) -> (int) ((unsigned(a) * unsigned(b)) >>> 32) + c));
    table.put("add.sat.s32", eachWord((a, b) -> saturate((long) a + b)));
    table.put("sub.sat.s32", eachWord((a, b) -> saturate((long) a - b)));
    table.put("div.s32", eachWord((a, b) -> b == 0 ? -1 : a / b));
    table.put("div.u32", eachWord((a, b) -> b == 0 ? -1 : Integer.divideUnsigned(a, b)));
    table.put("rem.s32", eachWord((a, b) -> b == 0 ? a : a % b));
    table.put("rem.u32", eachWord((a, b) -> b == 0 ? a : Integer.remainderUnsigned(a, b)));
    table.put("sad.s32", eachWord((a, b, c) -> c + Math.abs(a - b)));
    table.put("mul24.lo.s32", eachWord((a, b) -> (a << 8 >> 8) * (b << 8 >> 8)));
    table.put("mul24.lo.u32", eachWord((a, b) -> (a & 0xffffff) * (b & 0xffffff)));
  }

  private static void bits(Map<String, Recipe> table) {
    table.put(
        "and.b32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] & b[l];
          }
        }));
    table.put(
        "or.b32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] | b[l];
          }
        }));
    table.put(
        "xor.b32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] ^ b[l];
          }
        }));
    table.put(
        "not.b32",
        word((d, a) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = ~a[l];
          }
        }));
    table.put("cnot.b32", eachWord(a -> a == 0 ? 1 : 0));
    table.put(
        "shl.b32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Integer.compareUnsigned(b[l], 31) > 0 ? 0 : a[l] << b[l];
          }
        }));
    table.put(
        "shr.s32",
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = a[l] >> (Integer.compareUnsigned(b[l], 31) > 0 ? 31 : b[l]);
          }
        }));
    put(
        table,
        word((d, a, b) -> {
          for (int l = 0; l < LANES; l++) {
            d[l] = Integer.compareUnsigned(b[l], 31) > 0 ? 0 : a[l] >>> b[l];
          }
        }),
        "shr.u32",
        "shr.b32");
    table.put("popc.b32", eachWord(Integer::bitCount));
    table.put("clz.b32", eachWord(Integer::numberOfLeadingZeros));
    table.put("brev.b32", eachWord(Integer::reverse));
    table.put("bfind.u32", eachWord(a -> 31 - Integer.numberOfLeadingZeros(a)));
    table.put("bfind.s32", eachWord(a -> 31 - Integer.numberOfLeadingZeros(a < 0 ? ~a : a)));
    put(
        table,
        eachWord((a, b, c) -> (int) extract(unsigned(a), b, c, 32, false)),
        "bfe.u32",
        "bfe.b32");
    table.put("bfe.s32", eachWord((a, b, c) -> (int) extract(a, b, c, 32, true)));
    table.put("bfind.shiftamt.u32", eachWord(a -> a == 0 ? -1 : Integer.numberOfLeadingZeros(a)));
    table.put("dp4a.s32.s32", eachWord((a, b, c) -> c + dotBytes(a, b, true)));
    table.put("dp4a.u32.u32", eachWord((a, b, c) -> c + dotBytes(a, b, false)));
    table.put("prmt.b32", eachWord(WordInstructions::permute));
    table.put("prmt.b32.f4e", eachWord((a, b, c) -> (int) (join(a, b) >>> (8 * (c & 3)))));
    table.put(
        "prmt.b32.b4e",
        eachWord((a, b, c) -> permute(a, b, new int[] {0x5670, 0x6701, 0x7012, 0x0123}[c & 3])));
    table.put("prmt.b32.rc8", eachWord((a, _, c) -> (a >>> (8 * (c & 3)) & 0xff) * 0x01010101));
    table.put("prmt.b32.rc16", eachWord((a, _, c) -> (a >>> (16 * (c & 1)) & 0xffff) * 0x00010001));
    table.put("shf.l.wrap.b32", eachWord((a, b, c) -> (int) (join(a, b) << (c & 31) >>> 32)));
    table.put(
        "shf.l.clamp.b32",
        eachWord((a, b, c) ->
            (int) (Integer.compareUnsigned(c, 32) >= 0 ? unsigned(a) : join(a, b) << c >>> 32)));
    table.put("shf.r.wrap.b32", eachWord((a, b, c) -> (int) (join(a, b) >>> (c & 31))));
    table.put(
        "shf.r.clamp.b32",
        eachWord((a, b, c) ->
            (int) (Integer.compareUnsigned(c, 32) >= 0 ? unsigned(b) : join(a, b) >>> c)));
  }

  private static void narrow(Map<String, Recipe> table) {
    put(table, eachWord((a, b) -> a + b & 0xffff), "add.s16", "add.u16");
    put(table, eachWord((a, b) -> a - b & 0xffff), "sub.s16", "sub.u16");
    put(table, eachWord((a, b) -> a * b & 0xffff), "mul.lo.s16", "mul.lo.u16");
    table.put("mul.wide.s16", eachWord((a, b) -> (short) a * (short) b));
    table.put("mul.wide.u16", eachWord((a, b) -> a * b));
    table.put("mul.hi.s16", eachWord((a, b) -> ((short) a * (short) b) >> 16 & 0xffff));
    table.put("mul.hi.u16", eachWord((a, b) -> (a * b) >>> 16));
    put(table, eachWord((a, b, c) -> a * b + c & 0xffff), "mad.lo.s16", "mad.lo.u16");
    table.put("mad.wide.s16", eachWord((a, b, c) -> (short) a * (short) b + c));
    table.put("mad.wide.u16", eachWord((a, b, c) -> a * b + c));
    table.put("div.s16", eachWord((a, b) -> b == 0 ? 0xffff : (short) a / (short) b & 0xffff));
    table.put("div.u16", eachWord((a, b) -> b == 0 ? 0xffff : a / b));
    table.put("rem.s16", eachWord((a, b) -> b == 0 ? a : (short) a % (short) b & 0xffff));
    table.put("rem.u16", eachWord((a, b) -> b == 0 ? a : a % b));
    table.put("min.s16", eachWord((a, b) -> Math.min((short) a, (short) b) & 0xffff));
    table.put("max.s16", eachWord((a, b) -> Math.max((short) a, (short) b) & 0xffff));
    table.put("min.u16", eachWord(Math::min));
    table.put("max.u16", eachWord(Math::max));
    table.put("neg.s16", eachWord(a -> -a & 0xffff));
    table.put("abs.s16", eachWord(a -> Math.abs((short) a) & 0xffff));
    table.put("and.b16", eachWord((a, b) -> a & b));
    table.put("or.b16", eachWord((a, b) -> a | b));
    table.put("xor.b16", eachWord((a, b) -> a ^ b));
    table.put("not.b16", eachWord(a -> ~a & 0xffff));
    table.put("cnot.b16", eachWord(a -> a == 0 ? 1 : 0));
    table.put(
        "shl.b16", eachWord((a, b) -> Integer.compareUnsigned(b, 15) > 0 ? 0 : a << b & 0xffff));
    put(
        table,
        eachWord((a, b) -> Integer.compareUnsigned(b, 15) > 0 ? 0 : a >>> b),
        "shr.u16",
        "shr.b16");
    table.put(
        "shr.s16",
        eachWord((a, b) -> (short) a >> (Integer.compareUnsigned(b, 15) > 0 ? 15 : b) & 0xffff));
  }

  private static void put(Map<String, Recipe> table, Recipe recipe, String... names) {
    for (String name : names) {
      table.put(name, recipe);
    }
  }

  static long unsigned(int x) {
    return x & 0xffffffffL;
  }

  /** {@code high:low}. */
  private static long join(int low, int high) {
    return unsigned(low) | (long) high << 32;
  }

  private static int saturate(long x) {
    return Math.clamp(x, Integer.MIN_VALUE, Integer.MAX_VALUE);
  }

  /** Bit field of a value that was extended to 64 bits. */
  static long extract(long value, int position, int length, int width, boolean signed) {
    int from = Math.min(position & 0xff, width);
    int count = Math.min(length & 0xff, width - from);
    if ((length & 0xff) == 0) {
      return 0;
    }
    if (count == 0) {
      return signed && value < 0 ? -1 : 0;
    }
    long field = from == 64 ? 0 : value >>> from;
    int spare = 64 - count;
    return signed ? field << spare >> spare : field << spare >>> spare;
  }

  /** Inserts the low bits of a into b. */
  static long insert(long a, long b, int position, int length) {
    int from = position & 0xff;
    int count = length & 0xff;
    if (count == 0 || from > 63) {
      return b;
    }
    long field = (count > 63 ? -1L : (1L << count) - 1) << from;
    return (b & ~field) | (a << from & field);
  }

  /** Picks four of eight bytes; bit 3 of a selector replicates the sign instead. */
  private static int permute(int a, int b, int selectors) {
    long bytes = join(a, b);
    int result = 0;
    for (int i = 0; i < 4; i++) {
      int selector = selectors >>> (4 * i) & 15;
      int value = (int) (bytes >>> (8 * (selector & 7))) & 0xff;
      result |= ((selector & 8) == 0 ? value : (byte) value >> 7 & 0xff) << (8 * i);
    }
    return result;
  }

  private static int dotBytes(int a, int b, boolean signed) {
    int sum = 0;
    for (int shift = 0; shift < 32; shift += 8) {
      sum +=
          signed
              ? (byte) (a >> shift) * (byte) (b >> shift)
              : (a >>> shift & 0xff) * (b >>> shift & 0xff);
    }
    return sum;
  }
}
