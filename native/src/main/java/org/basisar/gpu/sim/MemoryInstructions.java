package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.PtxOperand.Address;
import org.basisar.gpu.sim.PtxOperand.Symbol;
import org.basisar.gpu.sim.PtxOperand.Vector;
import org.basisar.gpu.sim.Step.Effect;
import org.basisar.gpu.sim.Watch.Access;
import org.basisar.gpu.sim.Watch.Space;

/** Loads and stores. */
final class MemoryInstructions {
  private MemoryInstructions() {}

  static void register(Map<String, Recipe> stems) {
    stems.put("ld", MemoryInstructions::load);
    stems.put("ldu", MemoryInstructions::load);
    stems.put("st", MemoryInstructions::store);
    Recipe hint = _ -> Step.NOTHING;
    stems.put("prefetch", hint);
    stems.put("prefetchu", hint);
    stems.put("applypriority", hint);
    stems.put("discard", hint);
  }

  /** An address: a slot, whether it is of 64 bits, and an offset. */
  record Place(Space space, int slot, boolean wide, long offset) {
    static Place of(Binding binding, int index) {
      Address address = binding.address(index);
      boolean wide = binding.isWide(address.base());
      int slot = wide ? binding.wide(address.base()) : -1;
      if (!wide) {
        // Variables and absolute addresses fit both.
        wide = !(address.base() instanceof PtxOperand.Register);
        slot = wide ? binding.wide(address.base()) : binding.word(address.base());
      }
      return new Place(MemoryInstructions.space(binding), slot, wide, address.offset());
    }

    /** Checks that the lanes access a row of memory; -1 if each is to be checked for itself. */
    int row(Warp w, int mask, int bytes, Access access) {
      return mask == -1 && isRegular(w, bytes)
          ? w.watch.checkAll(w, space, at(w, 0), bytes, false, access)
          : -1;
    }

    /** Checks that the lanes read the same bytes; -1 if each is to be checked for itself. */
    int same(Warp w, int mask, int bytes) {
      return mask == -1 && isRegular(w, 0)
          ? w.watch.checkAll(w, space, at(w, 0), bytes, true, Access.READ)
          : -1;
    }

    /** Whether the lanes' addresses lie {@code stride} apart, 0 or the bytes of an access. */
    boolean isRegular(Warp w, int stride) {
      if (wide) {
        long[] a = w.wides[slot];
        for (int l = 1; l < LANES; l++) {
          if (a[l] - a[l - 1] != stride) {
            return false;
          }
        }
        return true;
      }
      int[] a = w.words[slot];
      for (int l = 1; l < LANES; l++) {
        if (a[l] - a[l - 1] != stride) {
          return false;
        }
      }
      return true;
    }

    long at(Warp w, int lane) {
      return (wide ? w.wides[slot][lane] : w.words[slot][lane] & 0xffffffffL) + offset;
    }
  }

  static Space space(Binding binding) {
    for (String modifier : binding.modifiers()) {
      switch (modifier) {
        case "global", "const" -> {
          return Space.GLOBAL;
        }
        case "shared", "shared::cta" -> {
          return Space.SHARED;
        }
        case "local", "param" -> {
          return Space.LOCAL;
        }
        default -> {}
      }
    }
    return Space.GENERIC;
  }

  /** Number of elements: 1, 2 or 4. */
  private static int elements(Binding binding) {
    return binding.has("v4") ? 4 : binding.has("v2") ? 2 : 1;
  }

  private static int[] slots(Binding binding, int operand, int elements, boolean wide) {
    List<PtxOperand> items =
        binding.operand(operand) instanceof Vector vector
            ? vector.items()
            : List.of(binding.operand(operand));
    if (items.size() != elements) {
      throw new PtxException("moves " + elements + " elements, not " + items.size());
    }
    return items.stream()
        .mapToInt(item -> wide ? binding.wide(item) : binding.word(item))
        .toArray();
  }

  private static Effect load(Binding binding) {
    String type = binding.type();
    int size = PtxTypes.bytes(type);
    int elements = elements(binding);
    PtxOperand first = binding.items(0).getFirst();
    // A load of four bytes or less may go to a register of eight.
    boolean wide = binding.isWide(first);
    if (size == 8 && !wide) {
      wide = true;
    }
    int[] slots = slots(binding, 0, elements, wide);
    boolean signed = type.startsWith("s");
    int extension = wide ? 64 : binding.bits(first);
    if (binding.has("param")
        && binding.address(1).base() instanceof Symbol symbol
        && binding.program().isParameter(symbol.name())) {
      int offset = (int) (binding.program().symbol(symbol.name()) + binding.address(1).offset());
      return parameter(slots, offset, size, wide, signed, extension);
    }
    Place place = Place.of(binding, 1);
    if (elements == 1 && size == 4 && !wide) {
      return loadWord(place, slots[0]);
    }
    boolean wideTarget = wide;
    int bytes = size * elements;
    return (w, mask) -> {
      int offset = place.row(w, mask, bytes, Access.READ);
      int stride = bytes;
      if (offset < 0) {
        offset = place.same(w, mask, bytes);
        stride = 0;
      }
      if (offset < 0) {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int l = Integer.numberOfTrailingZeros(rest);
          int from = w.watch.check(w, l, place.space(), place.at(w, l), bytes, Access.READ);
          byte[] data = w.watch.found().data;
          for (int slot : slots) {
            take(w, slot, l, wideTarget, read(data, from, size, signed, extension));
            from += size;
          }
        }
        return;
      }
      byte[] data = w.watch.found().data;
      for (int i = 0; i < slots.length; i++) {
        int from = offset + i * size;
        if (size == 4 && !wideTarget) {
          words(w.words[slots[i]], data, from, stride);
        } else {
          for (int l = 0; l < LANES; l++) {
            long value = read(data, from + l * stride, size, signed, extension);
            take(w, slots[i], l, wideTarget, value);
          }
        }
      }
    };
  }

  private static void take(Warp w, int slot, int lane, boolean wide, long value) {
    if (wide) {
      w.wides[slot][lane] = value;
    } else {
      w.words[slot][lane] = (int) value;
    }
  }

  private static void words(int[] target, byte[] data, int from, int stride) {
    for (int l = 0; l < LANES; l++) {
      target[l] = (int) Memory.INTS.get(data, from + l * stride);
    }
  }

  private static Effect loadWord(Place place, int slot) {
    return (w, mask) -> {
      int[] target = w.words[slot];
      int all = place.row(w, mask, 4, Access.READ);
      if (all >= 0) {
        words(target, w.watch.found().data, all, 4);
        return;
      }
      all = place.same(w, mask, 4);
      if (all >= 0) {
        Arrays.fill(target, (int) Memory.INTS.get(w.watch.found().data, all));
        return;
      }
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int offset = w.watch.check(w, l, place.space(), place.at(w, l), 4, Access.READ);
        target[l] = (int) Memory.INTS.get(w.watch.found().data, offset);
      }
    };
  }

  private static Effect parameter(
      int[] slots, int offset, int size, boolean wide, boolean signed, int extension) {
    return (w, mask) -> {
      byte[] data = w.block.parameters();
      for (int i = 0; i < slots.length; i++) {
        long value = read(data, offset + i * size, size, signed, extension);
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int l = Integer.numberOfTrailingZeros(rest);
          if (wide) {
            w.wides[slots[i]][l] = value;
          } else {
            w.words[slots[i]][l] = (int) value;
          }
        }
      }
    };
  }

  private static long read(byte[] data, int offset, int size, boolean signed, int registerBits) {
    return switch (size) {
      case 1 -> extend(data[offset], 0xff, signed, registerBits);
      case 2 -> extend((short) Memory.SHORTS.get(data, offset), 0xffff, signed, registerBits);
      case 4 -> {
        int value = (int) Memory.INTS.get(data, offset);
        yield signed ? value : value & 0xffffffffL;
      }
      default -> (long) Memory.LONGS.get(data, offset);
    };
  }

  private static long extend(int value, int mask, boolean signed, int registerBits) {
    if (!signed) {
      return value & mask;
    }
    return registerBits == 16 ? value & 0xffff : value;
  }

  private static Effect store(Binding binding) {
    int size = PtxTypes.bytes(binding.type());
    int elements = elements(binding);
    boolean wide = size == 8 || binding.isWide(binding.items(1).getFirst());
    int[] slots = slots(binding, 1, elements, wide);
    Place place = Place.of(binding, 0);
    if (elements == 1 && size == 4 && !wide) {
      return storeWord(place, slots[0]);
    }
    int bytes = size * elements;
    return (w, mask) -> {
      int all = place.row(w, mask, bytes, Access.WRITE);
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int offset =
            all >= 0
                ? all + l * bytes
                : w.watch.check(w, l, place.space(), place.at(w, l), bytes, Access.WRITE);
        byte[] data = w.watch.found().data;
        for (int slot : slots) {
          write(data, offset, size, wide ? w.wides[slot][l] : w.words[slot][l]);
          offset += size;
        }
      }
    };
  }

  private static void write(byte[] data, int offset, int size, long value) {
    switch (size) {
      case 1 -> data[offset] = (byte) value;
      case 2 -> Memory.SHORTS.set(data, offset, (short) value);
      case 4 -> Memory.INTS.set(data, offset, (int) value);
      default -> Memory.LONGS.set(data, offset, value);
    }
  }

  private static Effect storeWord(Place place, int slot) {
    return (w, mask) -> {
      int[] source = w.words[slot];
      int all = place.row(w, mask, 4, Access.WRITE);
      if (all >= 0) {
        byte[] data = w.watch.found().data;
        for (int l = 0; l < LANES; l++) {
          Memory.INTS.set(data, all + 4 * l, source[l]);
        }
        return;
      }
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int offset = w.watch.check(w, l, place.space(), place.at(w, l), 4, Access.WRITE);
        Memory.INTS.set(w.watch.found().data, offset, source[l]);
      }
    };
  }
}
