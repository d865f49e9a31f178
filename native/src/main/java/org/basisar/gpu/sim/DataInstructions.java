package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.Lanes.IntTernaryOperator;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.PtxOperand.Immediate;
import org.basisar.gpu.sim.PtxOperand.Vector;
import org.basisar.gpu.sim.Step.Effect;

/** Moves, selections, logic on predicates, and address spaces. */
final class DataInstructions {
  private DataInstructions() {}

  static void register(Map<String, Recipe> names, Map<String, Recipe> stems) {
    stems.put("mov", DataInstructions::move);
    stems.put("selp", DataInstructions::select);
    stems.put("cvta", DataInstructions::convertAddress);
    stems.put("isspacep", DataInstructions::isSpace);
    stems.put("lop3", DataInstructions::logic);
    names.put("and.pred", predicates((a, b, _) -> a & b));
    names.put("or.pred", predicates((a, b, _) -> a | b));
    names.put("xor.pred", predicates((a, b, _) -> a ^ b));
    names.put("not.pred", predicates((a, _, _) -> ~a));
  }

  private static Recipe predicates(IntTernaryOperator function) {
    return binding -> {
      int p = binding.predicate(binding.operand(0));
      int a = binding.predicate(binding.operand(1));
      boolean negateA = Binding.isNegated(binding.operand(1));
      PtxOperand second = binding.operand(binding.operands() - 1);
      int b = binding.predicate(second);
      boolean negateB = Binding.isNegated(second);
      return (w, mask) -> {
        int x = negateA ? ~w.predicates[a] : w.predicates[a];
        int y = negateB ? ~w.predicates[b] : w.predicates[b];
        w.setPredicate(p, function.applyAsInt(x, y, 0), mask);
      };
    };
  }

  private static Effect move(Binding binding) {
    PtxOperand target = binding.operand(0);
    PtxOperand source = binding.operand(1);
    if (target instanceof Vector vector) {
      return unpack(binding, vector.items(), source);
    }
    if (source instanceof Vector vector) {
      return pack(binding, target, vector.items());
    }
    if (binding.isPredicate(target)) {
      int p = binding.predicate(target);
      if (source instanceof Immediate immediate) {
        int value = immediate.bits() != 0 ? -1 : 0;
        return (w, mask) -> w.setPredicate(p, value, mask);
      }
      int q = binding.predicate(source);
      return (w, mask) -> w.setPredicate(p, w.predicates[q], mask);
    }
    if (binding.isWide(target)) {
      int d = binding.wide(target);
      int a = binding.wide(source);
      return (w, mask) -> Lanes.copyOrAll(w.wides[d], w.wides[a], mask);
    }
    int d = binding.word(target);
    int a = binding.word(source);
    return (w, mask) -> Lanes.copyOrAll(w.words[d], w.words[a], mask);
  }

  /** {@code mov.b32 {lo, hi}, a}. */
  private static Effect unpack(Binding binding, List<PtxOperand> targets, PtxOperand source) {
    int bits = 8 * PtxTypes.bytes(binding.type());
    int part = bits / targets.size();
    boolean wide = bits == 64;
    int a = wide ? binding.wide(source) : binding.word(source);
    int[] slots = targets.stream().mapToInt(binding::word).toArray();
    long partMask = (1L << part) - 1;
    return (w, mask) -> {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        long value = wide ? w.wides[a][l] : w.words[a][l] & 0xffffffffL;
        for (int i = 0; i < slots.length; i++) {
          w.words[slots[i]][l] = (int) (value >>> (i * part) & partMask);
        }
      }
    };
  }

  /** {@code mov.b32 d, {lo, hi}}. */
  private static Effect pack(Binding binding, PtxOperand target, List<PtxOperand> sources) {
    int bits = 8 * PtxTypes.bytes(binding.type());
    int part = bits / sources.size();
    int[] slots = sources.stream().mapToInt(binding::word).toArray();
    long partMask = (1L << part) - 1;
    if (bits == 64) {
      int d = binding.wide(target);
      return (w, mask) -> {
        for (int rest = mask; rest != 0; rest &= rest - 1) {
          int l = Integer.numberOfTrailingZeros(rest);
          long value = 0;
          for (int i = 0; i < slots.length; i++) {
            value |= (w.words[slots[i]][l] & partMask) << (i * part);
          }
          w.wides[d][l] = value;
        }
      };
    }
    int d = binding.word(target);
    if (slots.length == 2) {
      int low = slots[0];
      int high = slots[1];
      return (w, mask) -> {
        int[] x = w.words[low];
        int[] y = w.words[high];
        int[] packed = w.wordScratch;
        int lowMask = (int) partMask;
        for (int l = 0; l < LANES; l++) {
          packed[l] = y[l] << part | (x[l] & lowMask);
        }
        Lanes.copyOrAll(w.words[d], packed, mask);
      };
    }
    return (w, mask) -> {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        long value = 0;
        for (int i = 0; i < slots.length; i++) {
          value |= (w.words[slots[i]][l] & partMask) << (i * part);
        }
        w.words[d][l] = (int) value;
      }
    };
  }

  /** {@code selp.type d, a, b, p}: a where p holds, else b. */
  private static Effect select(Binding binding) {
    int p = binding.predicate(binding.operand(3));
    if (PtxTypes.bytes(binding.type()) == 8) {
      int d = binding.wide(0);
      int a = binding.wide(1);
      int b = binding.wide(2);
      return (w, mask) -> {
        int holds = w.predicates[p];
        long[] x = w.wides[a];
        long[] y = w.wides[b];
        long[] picked = w.wideScratch;
        for (int l = 0; l < LANES; l++) {
          picked[l] = (holds >>> l & 1) != 0 ? x[l] : y[l];
        }
        Lanes.copyOrAll(w.wides[d], picked, mask);
      };
    }
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    return (w, mask) -> {
      int holds = w.predicates[p];
      int[] x = w.words[a];
      int[] y = w.words[b];
      int[] picked = w.wordScratch;
      for (int l = 0; l < LANES; l++) {
        picked[l] = (holds >>> l & 1) != 0 ? x[l] : y[l];
      }
      Lanes.copyOrAll(w.words[d], picked, mask);
    };
  }

  /**
   * {@code cvta[.to].space.u64 d, a}: generic addresses of shared and local memory lie in windows.
   */
  private static Effect convertAddress(Binding binding) {
    if (!binding.type().equals("u64")) {
      throw binding.unsupported();
    }
    long window = binding.has("shared") ? Watch.SHARED_WINDOW : 0;
    if (binding.has("local")) {
      window = Watch.LOCAL_WINDOW;
    }
    long offset = binding.has("to") ? -window : window;
    int d = binding.wide(0);
    int a = binding.wide(1);
    return (w, mask) -> {
      long[] source = w.wides[a];
      for (int l = 0; l < LANES; l++) {
        w.wideScratch[l] = source[l] + offset;
      }
      Lanes.copyOrAll(w.wides[d], w.wideScratch, mask);
    };
  }

  /** {@code isspacep.space p, a}. */
  private static Effect isSpace(Binding binding) {
    int p = binding.predicate(binding.operand(0));
    int a = binding.wide(1);
    long wanted =
        binding.has("shared") ? Watch.SHARED_WINDOW : binding.has("local") ? Watch.LOCAL_WINDOW : 0;
    return (w, mask) -> {
      int holds = 0;
      for (int l = 0; l < LANES; l++) {
        holds |= (Watch.window(w.wides[a][l]) == wanted ? 1 : 0) << l;
      }
      w.setPredicate(p, holds, mask);
    };
  }

  /** {@code lop3.b32 d, a, b, c, table}: any logic function of three operands. */
  private static Effect logic(Binding binding) {
    if (!binding.opcode().equals("lop3.b32")) {
      throw binding.unsupported();
    }
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    int c = binding.word(3);
    int table = (int) binding.constant(4);
    return (w, mask) -> {
      for (int l = 0; l < LANES; l++) {
        int result = 0;
        for (int row = 0; row < 8; row++) {
          if ((table >>> row & 1) != 0) {
            int x = (row & 4) != 0 ? w.words[a][l] : ~w.words[a][l];
            int y = (row & 2) != 0 ? w.words[b][l] : ~w.words[b][l];
            int z = (row & 1) != 0 ? w.words[c][l] : ~w.words[c][l];
            result |= x & y & z;
          }
        }
        w.wordScratch[l] = result;
      }
      Lanes.copyOrAll(w.words[d], w.wordScratch, mask);
    };
  }
}
