package org.basisar.gpu.sim;

import static java.lang.Double.doubleToRawLongBits;
import static java.lang.Double.longBitsToDouble;
import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;

import java.util.Map;
import java.util.function.LongBinaryOperator;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.MemoryInstructions.Place;
import org.basisar.gpu.sim.Step.Effect;
import org.basisar.gpu.sim.Watch.Access;

/** Atomic updates of memory: atom and red. */
final class AtomicInstructions {
  private AtomicInstructions() {}

  static void register(Map<String, Recipe> stems) {
    stems.put("atom", AtomicInstructions::update);
    stems.put("red", AtomicInstructions::update);
  }

  private static Effect update(Binding binding) {
    boolean returns = binding.stem().equals("atom");
    int first = returns ? 1 : 0;
    String type = binding.type();
    int size = PtxTypes.bytes(type);
    boolean wide = size == 8;
    String operation = binding.modifiers().get(binding.modifiers().size() - 2);
    if (operation.equals("noftz")) {
      operation = binding.modifiers().get(binding.modifiers().size() - 3);
    }
    boolean swap = operation.equals("cas");
    int result = returns ? slot(binding, 0, wide) : -1;
    int operand = slot(binding, first + 1, wide);
    int replacement = swap ? slot(binding, first + 2, wide) : operand;
    LongBinaryOperator function = swap ? (_, b) -> b : function(operation, type, binding);
    Place place = Place.of(binding, first);
    boolean releases = binding.has("acq_rel") || binding.has("release");
    return (w, mask) -> {
      if (releases) {
        w.block.fence();
      }
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int offset = w.watch.check(w, l, place.space(), place.at(w, l), size, Access.UPDATE);
        byte[] data = w.watch.found().data;
        long old = read(data, offset, size);
        long given = wide ? w.wides[operand][l] : w.words[operand][l];
        long by = wide ? w.wides[replacement][l] : w.words[replacement][l];
        if (!swap || same(old, given, size)) {
          write(data, offset, size, function.applyAsLong(old, by));
        }
        if (returns && wide) {
          w.wides[result][l] = old;
        } else if (returns) {
          w.words[result][l] = size == 2 ? (int) old & 0xffff : (int) old;
        }
      }
    };
  }

  private static int slot(Binding binding, int index, boolean wide) {
    return wide ? binding.wide(index) : binding.word(index);
  }

  private static boolean same(long a, long b, int size) {
    long mask = size == 8 ? -1 : (1L << (8 * size)) - 1;
    return ((a ^ b) & mask) == 0;
  }

  private static long read(byte[] data, int offset, int size) {
    return switch (size) {
      case 2 -> (short) Memory.SHORTS.get(data, offset);
      case 4 -> (int) Memory.INTS.get(data, offset);
      default -> (long) Memory.LONGS.get(data, offset);
    };
  }

  private static void write(byte[] data, int offset, int size, long value) {
    switch (size) {
      case 2 -> Memory.SHORTS.set(data, offset, (short) value);
      case 4 -> Memory.INTS.set(data, offset, (int) value);
      default -> Memory.LONGS.set(data, offset, value);
    }
  }

  /** New value from the old one and the operand; 32-bit values come sign-extended. */
  private static LongBinaryOperator function(String operation, String type, Binding binding) {
    return switch (operation + "." + type) {
      case "add.f32" ->
          (a, b) -> floatToRawIntBits(intBitsToFloat((int) a) + intBitsToFloat((int) b));
      case "add.f64" -> (a, b) -> doubleToRawLongBits(longBitsToDouble(a) + longBitsToDouble(b));
      case "add.u32", "add.s32", "add.u64" -> Long::sum;
      case "max.s32", "max.s64" -> Math::max;
      case "min.s32", "min.s64" -> Math::min;
      // Sign extension keeps the order of unsigned numbers.
      case "max.u32", "max.u64" -> (a, b) -> Long.compareUnsigned(a, b) > 0 ? a : b;
      case "min.u32", "min.u64" -> (a, b) -> Long.compareUnsigned(a, b) < 0 ? a : b;
      case "and.b32", "and.b64" -> (a, b) -> a & b;
      case "or.b32", "or.b64" -> (a, b) -> a | b;
      case "xor.b32", "xor.b64" -> (a, b) -> a ^ b;
      case "exch.b32", "exch.b64" -> (_, b) -> b;
      case "inc.u32" -> (a, b) -> Integer.compareUnsigned((int) a, (int) b) >= 0 ? 0 : a + 1;
      case "dec.u32" ->
          (a, b) -> a == 0 || Integer.compareUnsigned((int) a, (int) b) > 0 ? b : a - 1;
      default -> throw binding.unsupported();
    };
  }
}
