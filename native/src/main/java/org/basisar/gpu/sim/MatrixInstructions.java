package org.basisar.gpu.sim;

import static java.lang.Float.floatToRawIntBits;
import static java.lang.Float.intBitsToFloat;
import static org.basisar.gpu.sim.Program.LANES;

import java.util.Map;
import org.basisar.gpu.sim.Lanes.Recipe;
import org.basisar.gpu.sim.MemoryInstructions.Place;
import org.basisar.gpu.sim.Step.Effect;
import org.basisar.gpu.sim.Watch.Access;
import org.basisar.gpu.sim.Watch.Space;

/** Tensor cores and the copies that feed them: mma, ldmatrix, cp.async. */
final class MatrixInstructions {
  private static final int ROWS = 16;
  private static final int COLUMNS = 8;

  /** Operands of a product in double, so that it is rounded once. */
  static final class Tiles {
    final double[] left = new double[ROWS * 16];
    final double[] right = new double[16 * COLUMNS];
    final double[] sum = new double[ROWS * COLUMNS];
  }

  private MatrixInstructions() {}

  static void register(Map<String, Recipe> names, Map<String, Recipe> stems) {
    String product = "mma.sync.aligned.";
    names.put(
        product + "m16n8k16.row.col.f32.bf16.bf16.f32", binding -> product(binding, true, 16));
    names.put(product + "m16n8k16.row.col.f32.f16.f16.f32", binding -> product(binding, false, 16));
    names.put(product + "m16n8k8.row.col.f32.bf16.bf16.f32", binding -> product(binding, true, 8));
    names.put(product + "m16n8k8.row.col.f32.f16.f16.f32", binding -> product(binding, false, 8));
    names.put(product + "m16n8k8.row.col.f32.tf32.tf32.f32", binding -> tf32(binding, 8));
    names.put(product + "m16n8k4.row.col.f32.tf32.tf32.f32", binding -> tf32(binding, 4));
    stems.put("ldmatrix", MatrixInstructions::loadMatrix);
    stems.put("cp", MatrixInstructions::copy);
  }

  private static double half(int bits, boolean bfloat) {
    return bfloat ? intBitsToFloat(bits << 16) : Float.float16ToFloat((short) bits);
  }

  /** Two elements a register, {@code depth} 8 or 16. */
  private static Effect product(Binding binding, boolean bfloat, int depth) {
    binding.step.kind = Step.Kind.TOGETHER;
    int[] d = binding.words(0);
    int[] a = binding.words(1);
    int[] b = binding.words(2);
    int[] c = binding.words(3);
    if (d.length != 4 || a.length != depth / 4 || b.length != depth / 8 || c.length != 4) {
      throw binding.unsupported();
    }
    return (w, _) -> {
      Tiles tiles = w.tiles;
      int[][] r = w.words;
      double[] left = tiles.left;
      double[] right = tiles.right;
      for (int q = 0; q < a.length; q++) {
        int[] register = r[a[q]];
        int base = 8 * (q & 1) * depth + 8 * (q >> 1);
        for (int l = 0; l < LANES; l++) {
          int at = base + (l >> 2) * depth + (l & 3) * 2;
          left[at] = half(register[l], bfloat);
          left[at + 1] = half(register[l] >>> 16, bfloat);
        }
      }
      for (int q = 0; q < b.length; q++) {
        int[] register = r[b[q]];
        for (int l = 0; l < LANES; l++) {
          int at = ((l & 3) * 2 + 8 * q) * COLUMNS + (l >> 2);
          right[at] = half(register[l], bfloat);
          right[at + COLUMNS] = half(register[l] >>> 16, bfloat);
        }
      }
      accumulate(w, tiles, d, c, depth);
    };
  }

  /** One element a register, {@code depth} 4 or 8; only ten bits of mantissa count. */
  private static Effect tf32(Binding binding, int depth) {
    binding.step.kind = Step.Kind.TOGETHER;
    int[] d = binding.words(0);
    int[] a = binding.words(1);
    int[] b = binding.words(2);
    int[] c = binding.words(3);
    if (d.length != 4 || a.length != depth / 2 || b.length != depth / 4 || c.length != 4) {
      throw binding.unsupported();
    }
    return (w, _) -> {
      Tiles tiles = w.tiles;
      int[][] r = w.words;
      for (int l = 0; l < LANES; l++) {
        for (int q = 0; q < a.length; q++) {
          int row = (l >> 2) + 8 * (q & 1);
          tiles.left[row * depth + (l & 3) + 4 * (q >> 1)] = truncated(r[a[q]][l]);
        }
        for (int q = 0; q < b.length; q++) {
          tiles.right[((l & 3) + 4 * q) * COLUMNS + (l >> 2)] = truncated(r[b[q]][l]);
        }
      }
      accumulate(w, tiles, d, c, depth);
    };
  }

  private static double truncated(int bits) {
    return intBitsToFloat(bits & 0xffffe000);
  }

  private static void accumulate(Warp w, Tiles tiles, int[] d, int[] c, int depth) {
    double[] left = tiles.left;
    double[] right = tiles.right;
    double[] sum = tiles.sum;
    for (int q = 0; q < 4; q++) {
      int[] register = w.words[c[q]];
      int base = 8 * (q >> 1) * COLUMNS + (q & 1);
      for (int l = 0; l < LANES; l++) {
        sum[base + (l >> 2) * COLUMNS + (l & 3) * 2] = intBitsToFloat(register[l]);
      }
    }
    for (int i = 0; i < ROWS; i++) {
      addRow(left, i * depth, depth, right, sum, i * COLUMNS);
    }
    for (int q = 0; q < 4; q++) {
      int[] register = w.words[d[q]];
      int base = 8 * (q >> 1) * COLUMNS + (q & 1);
      for (int l = 0; l < LANES; l++) {
        register[l] = floatToRawIntBits((float) sum[base + (l >> 2) * COLUMNS + (l & 3) * 2]);
      }
    }
  }

  /** Adds a row of the left operand times the right one; the sums stay in registers. */
  private static void addRow(
      double[] left, int from, int depth, double[] right, double[] sum, int to) {
    double sum0 = sum[to];
    double sum1 = sum[to + 1];
    double sum2 = sum[to + 2];
    double sum3 = sum[to + 3];
    double sum4 = sum[to + 4];
    double sum5 = sum[to + 5];
    double sum6 = sum[to + 6];
    double sum7 = sum[to + 7];
    for (int k = 0; k < depth; k++) {
      double x = left[from + k];
      int row = k * COLUMNS;
      sum0 += x * right[row];
      sum1 += x * right[row + 1];
      sum2 += x * right[row + 2];
      sum3 += x * right[row + 3];
      sum4 += x * right[row + 4];
      sum5 += x * right[row + 5];
      sum6 += x * right[row + 6];
      sum7 += x * right[row + 7];
    }
    sum[to] = sum0;
    sum[to + 1] = sum1;
    sum[to + 2] = sum2;
    sum[to + 3] = sum3;
    sum[to + 4] = sum4;
    sum[to + 5] = sum5;
    sum[to + 6] = sum6;
    sum[to + 7] = sum7;
  }

  /** {@code ldmatrix.sync.aligned.m8n8.x1|x2|x4[.trans].shared.b16 {d..}, [a]}. */
  private static Effect loadMatrix(Binding binding) {
    if (!binding.has("m8n8") || !binding.type().equals("b16")) {
      throw binding.unsupported();
    }
    binding.step.kind = Step.Kind.TOGETHER;
    int[] d = binding.words(0);
    boolean transposed = binding.has("trans");
    int matrices = binding.has("x4") ? 4 : binding.has("x2") ? 2 : 1;
    if (d.length != matrices) {
      throw binding.unsupported();
    }
    Place place = Place.of(binding, 1);
    int rows = 8 * matrices;
    return (w, _) -> {
      // The target may hold the addresses.
      long[] addresses = w.wideScratch;
      for (int row = 0; row < rows; row++) {
        addresses[row] = place.at(w, row);
      }
      for (int row = 0; row < rows; row++) {
        int offset = w.watch.check(w, row, place.space(), addresses[row], 16, Access.READ);
        byte[] data = w.watch.found().data;
        int[] register = w.words[d[row >> 3]];
        int inner = row & 7;
        if (!transposed) {
          for (int i = 0; i < 4; i++) {
            register[inner * 4 + i] = (int) Memory.INTS.get(data, offset + 4 * i);
          }
        } else {
          int shift = (inner & 1) * 16;
          for (int i = 0; i < 8; i++) {
            int value = (short) Memory.SHORTS.get(data, offset + 2 * i) & 0xffff;
            int to = i * 4 + (inner >> 1);
            register[to] = (register[to] & ~(0xffff << shift)) | value << shift;
          }
        }
      }
    };
  }

  /** {@code cp.async.ca|cg.shared.global [d], [s], bytes[, given]} and its groups. */
  private static Effect copy(Binding binding) {
    String opcode = binding.opcode();
    switch (opcode) {
      case "cp.async.commit_group" -> {
        return (w, mask) -> w.copies.commit(mask);
      }
      case "cp.async.wait_group" -> {
        int keep = (int) binding.constant(0);
        return (w, mask) -> w.copies.complete(mask, keep);
      }
      case "cp.async.wait_all" -> {
        return (w, mask) -> w.copies.completeAll(mask);
      }
      default -> {}
    }
    if (!binding.has("ca") && !binding.has("cg")) {
      throw binding.unsupported();
    }
    int bytes = (int) binding.constant(2);
    boolean known = bytes == 16 || (binding.has("ca") && (bytes == 4 || bytes == 8));
    if (!known) {
      throw binding.unsupported();
    }
    int given = binding.operands() > 3 ? binding.word(3) : binding.program().wordConstant(bytes);
    Place target = Place.of(binding, 0);
    Place source = Place.of(binding, 1);
    return (w, mask) -> {
      for (int rest = mask; rest != 0; rest &= rest - 1) {
        int l = Integer.numberOfTrailingZeros(rest);
        int count = w.words[given][l];
        if (count < 0 || count > bytes) {
          throw w.fault(l, "cp.async of " + count + " bytes where " + bytes + " are the most");
        }
        Memory from = null;
        int fromOffset = 0;
        if (count > 0) {
          fromOffset = w.watch.check(w, l, Space.GLOBAL, source.at(w, l), bytes, Access.READ);
          from = w.watch.found();
        }
        int offset = w.watch.check(w, l, Space.SHARED, target.at(w, l), bytes, Access.COPY);
        w.copies.add(l, offset, from, fromOffset, count, bytes);
      }
    };
  }
}
