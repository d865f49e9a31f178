package org.basisar.gpu.sim;

import static org.basisar.gpu.sim.Program.LANES;

import java.util.Map;
import java.util.function.IntBinaryOperator;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.PtxOperand.Pair;
import org.basisar.gpu.sim.Step.Effect;

/** Instructions by which the lanes of a warp talk to each other. */
final class WarpInstructions {
  private WarpInstructions() {}

  static void register(Map<String, Recipe> names, Map<String, Recipe> stems) {
    stems.put("shfl", WarpInstructions::shuffle);
    stems.put("vote", WarpInstructions::vote);
    stems.put("match", WarpInstructions::match);
    stems.put("redux", WarpInstructions::reduce);
    names.put(
        "activemask.b32",
        binding -> {
          int d = binding.word(0);
          return (w, mask) -> fill(w.words[d], mask, mask);
        });
  }

  private static void fill(int[] register, int value, int mask) {
    for (int rest = mask; rest != 0; rest &= rest - 1) {
      register[Integer.numberOfTrailingZeros(rest)] = value;
    }
  }

  private static void together(Binding binding, int members) {
    binding.step.kind = Step.Kind.TOGETHER;
    binding.step.members = binding.word(members);
  }

  /** {@code shfl.sync.mode.b32 d[|p], a, b, c, members}. */
  private static Effect shuffle(Binding binding) {
    if (!binding.has("sync")) {
      throw binding.unsupported();
    }
    together(binding, 4);
    String mode = binding.modifiers().get(1);
    source(mode, 0, 0, 0);
    int d = binding.word(Binding.first(binding.operand(0)));
    int p = binding.operand(0) instanceof Pair pair ? binding.predicate(pair.second()) : -1;
    int a = binding.word(1);
    int b = binding.word(2);
    int c = binding.word(3);
    return (w, mask) -> {
      int[] values = w.words[a];
      int[] distances = w.words[b];
      int[] bounds = w.words[c];
      int[] received = w.wordScratch;
      int inRange = 0;
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int lane = Integer.numberOfTrailingZeros(rest);
        int segment = bounds[lane] >>> 8 & 31;
        int source = source(mode, lane, distances[lane] & 31, segment);
        int limit = (lane & segment) | (bounds[lane] & 31 & ~segment);
        boolean valid = mode.equals("up") ? source >= limit : source <= limit;
        if (valid) {
          inRange |= 1 << lane;
        } else {
          source = lane;
        }
        if ((mask >>> source & 1) == 0) {
          throw w.fault(lane, "shfl reads lane " + source + ", which does not take part");
        }
        received[lane] = values[source];
      }
      Lanes.copyOrAll(w.words[d], received, mask);
      if (p >= 0) {
        w.setPredicate(p, inRange, mask);
      }
    };
  }

  private static int source(String mode, int lane, int distance, int segment) {
    return switch (mode) {
      case "up" -> lane - distance;
      case "down" -> lane + distance;
      case "bfly" -> lane ^ distance;
      case "idx" -> (lane & segment) | (distance & ~segment);
      default -> throw new PtxException("mode " + mode);
    };
  }

  /** {@code vote.sync.mode d, p, members}. */
  private static Effect vote(Binding binding) {
    together(binding, 2);
    PtxOperand vote = binding.operand(1);
    int p = binding.predicate(vote);
    boolean negated = Binding.isNegated(vote);
    String mode = binding.modifiers().get(1);
    if (mode.equals("ballot")) {
      int d = binding.word(0);
      return (w, mask) ->
          fill(w.words[d], (negated ? ~w.predicates[p] : w.predicates[p]) & mask, mask);
    }
    int d = binding.predicate(binding.operand(0));
    outcome(mode, 0, 0);
    return (w, mask) -> {
      int holds = (negated ? ~w.predicates[p] : w.predicates[p]) & mask;
      w.setPredicate(d, outcome(mode, holds, mask) ? -1 : 0, mask);
    };
  }

  private static boolean outcome(String mode, int holds, int mask) {
    return switch (mode) {
      case "all" -> holds == mask;
      case "any" -> holds != 0;
      case "uni" -> holds == mask || holds == 0;
      default -> throw new PtxException("mode " + mode);
    };
  }

  /** {@code match.any.sync.b32 d, a, members} and {@code match.all.sync.b32 d[|p], a, members}. */
  private static Effect match(Binding binding) {
    together(binding, 2);
    boolean all = binding.has("all");
    boolean wide = PtxTypes.bytes(binding.type()) == 8;
    int a = wide ? binding.wide(1) : binding.word(1);
    int d = binding.word(Binding.first(binding.operand(0)));
    int p = binding.operand(0) instanceof Pair pair ? binding.predicate(pair.second()) : -1;
    return (w, mask) -> {
      int[] result = w.wordScratch;
      boolean equal = true;
      for (int lane = 0; lane < LANES; lane++) {
        int same = 0;
        for (int other = 0; other < LANES; other++) {
          boolean matches =
              wide ? w.wides[a][lane] == w.wides[a][other] : w.words[a][lane] == w.words[a][other];
          same |= (matches ? 1 : 0) << other;
        }
        result[lane] = same & mask;
        equal &= (mask >>> lane & 1) == 0 || result[lane] == mask;
      }
      if (all) {
        fill(w.words[d], equal ? mask : 0, mask);
      } else {
        Lanes.copyOrAll(w.words[d], result, mask);
      }
      if (p >= 0) {
        w.setPredicate(p, equal ? -1 : 0, mask);
      }
    };
  }

  /** {@code redux.sync.op.type d, a, members}. */
  private static Effect reduce(Binding binding) {
    together(binding, 2);
    IntBinaryOperator function =
        switch (binding.modifiers().get(1) + "." + binding.type()) {
          case "add.s32", "add.u32" -> Integer::sum;
          case "min.s32" -> Math::min;
          case "max.s32" -> Math::max;
          case "min.u32" -> (a, b) -> Integer.compareUnsigned(a, b) < 0 ? a : b;
          case "max.u32" -> (a, b) -> Integer.compareUnsigned(a, b) > 0 ? a : b;
          case "and.b32" -> (a, b) -> a & b;
          case "or.b32" -> (a, b) -> a | b;
          case "xor.b32" -> (a, b) -> a ^ b;
          default -> throw binding.unsupported();
        };
    int d = binding.word(0);
    int a = binding.word(1);
    return (w, mask) -> {
      int rest = mask;
      int result = w.words[a][Integer.numberOfTrailingZeros(rest)];
      for (rest &= rest - 1; rest != 0; rest &= rest - 1) {
        result = function.applyAsInt(result, w.words[a][Integer.numberOfTrailingZeros(rest)]);
      }
      fill(w.words[d], result, mask);
    };
  }
}
