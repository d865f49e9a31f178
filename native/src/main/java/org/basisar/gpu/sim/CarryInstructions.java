package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.WordInstructions.unsigned;

import java.util.List;
import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.Step.Effect;

/** Arithmetic on 32-bit integers that hands on a carry, from which long integers are made. */
final class CarryInstructions {
  private CarryInstructions() {}

  /** The exact result before the carry comes in; bits 32 and up tell the carry that goes out. */
  @FunctionalInterface
  private interface Exact {
    long apply(long a, long b, long c);
  }

  static void register(Map<String, Recipe> table) {
    for (String type : List.of(".u32", ".s32")) {
      boolean signed = type.equals(".s32");
      forms(table, "add", type, false, (a, b, _) -> a + b);
      forms(table, "sub", type, true, (a, b, _) -> a - b);
      forms(table, "mad", ".lo", type, (a, b, c) -> (a * b & 0xffffffffL) + c);
      forms(table, "mad", ".hi", type, (a, b, c) -> high(a, b, signed) + c);
    }
  }

  private static long high(long a, long b, boolean signed) {
    return signed ? unsigned((int) (((long) (int) a * (int) b) >> 32)) : (a * b) >>> 32;
  }

  private static void forms(
      Map<String, Recipe> table, String stem, String type, boolean borrows, Exact exact) {
    table.put(stem + ".cc" + type, recipe(exact, false, true, borrows));
    table.put(stem + "c" + type, recipe(exact, true, false, borrows));
    table.put(stem + "c.cc" + type, recipe(exact, true, true, borrows));
  }

  private static void forms(
      Map<String, Recipe> table, String stem, String part, String type, Exact exact) {
    table.put(stem + part + ".cc" + type, recipe(exact, false, true, false));
    table.put(stem + "c" + part + type, recipe(exact, true, false, false));
    table.put(stem + "c" + part + ".cc" + type, recipe(exact, true, true, false));
  }

  private static Recipe recipe(Exact exact, boolean in, boolean out, boolean borrows) {
    return binding -> effect(binding, exact, in, out, borrows);
  }

  private static Effect effect(
      Binding binding, Exact exact, boolean in, boolean out, boolean borrows) {
    int d = binding.word(0);
    int a = binding.word(1);
    int b = binding.word(2);
    int c = binding.operands() > 3 ? binding.word(3) : b;
    return (w, mask) -> {
      int carries = w.carries;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int carry = in ? carries >>> l & 1 : 0;
        long result =
            exact.apply(unsigned(w.words[a][l]), unsigned(w.words[b][l]), unsigned(w.words[c][l]))
                + (borrows ? -carry : carry);
        w.words[d][l] = (int) result;
        if (out) {
          int bit = (int) (result >>> 32) & 1;
          carries = (carries & ~(1 << l)) | bit << l;
        }
      }
      w.carries = carries;
    };
  }
}
