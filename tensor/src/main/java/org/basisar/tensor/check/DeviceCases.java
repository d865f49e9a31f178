package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Shape;

/**
 * Cases that are told from those of the other tables by the kernel a GPU takes for them: whole
 * packs of 16 bytes, elements of 1 and 8 bytes, wide rows, long axes, tensor cores.
 */
final class DeviceCases {
  private DeviceCases() {}

  static void addTo(CaseList list) {
    casts(list);
    movement(list);
    packs(list);
    reductions(list);
    NormalizationCases.plain(list, shape(3, 1032));
    NormalizationCases.modulated(list, shape(1, 4, 1032), shape(1, 2, 1032));
    NormalizationCases.softmax(list, shape(5, 72));
    AttentionCases.tensorCores(list, 64);
    AttentionCases.tensorCores(list, 80);
  }

  private static void casts(CaseList list) {
    Operand wide = Operand.range(shape(33), 0, 100).as(DType.F64);
    Operand integers = Operand.integers(shape(33), 100);
    Operand mask = Operand.mask(shape(33));
    for (DType to : new DType[] {DType.BF16, DType.I32, DType.U8}) {
      list.add(new Elementwise.Cast(to), wide);
    }
    for (DType to : new DType[] {DType.BF16, DType.U8, DType.F64}) {
      list.add(new Elementwise.Cast(to), integers);
    }
    for (DType to : new DType[] {DType.BF16, DType.I32, DType.F64}) {
      list.add(new Elementwise.Cast(to), mask);
    }
    list.add(new Generation.Fill(shape(33), DType.I32, -7));
    list.add(new Generation.Fill(shape(33), DType.U8, 7));
  }

  private static void movement(CaseList list) {
    Operand mask = Operand.mask(shape(5, 33));
    Operand wide = Operand.of(5, 33).as(DType.F64);
    list.add(new Movement.Contiguous(), Operand.of(5, 32).fixed());
    list.add(new Movement.Contiguous(), wide);
    list.add(new Movement.Concat(1), mask, mask);
    list.add(new Movement.Concat(1), Operand.of(5, 32), Operand.of(5, 64));
    // Read as they lie in memory, turned, they are copied by blocks.
    list.add(new Movement.Permute(List.of(1, 0)), mask);
    list.add(new Movement.Permute(List.of(1, 0)), wide);
    list.add(new Movement.Gather(1), mask, Operand.integers(shape(40), 33));
    list.add(new Movement.Gather(0), Operand.of(5, 32), Operand.integers(shape(7), 5));
  }

  private static void packs(CaseList list) {
    for (BinaryKind kind : BinaryKind.values()) {
      ElementwiseCases.binary(list, kind, shape(5, 32), shape(32));
    }
    MatrixCases.linear(list, true, true, Matrix.Epilogue.GELU, shape(5), 31, 32);
  }

  private static void reductions(CaseList list) {
    for (Kind kind : Kind.values()) {
      Shape columns = shape(70, 32);
      list.sum(70, new Reduction.Reduce(kind, 0), ReductionCases.operand(kind, columns));
      Shape row = shape(2, 2100);
      list.sum(4200, new Reduction.ReduceAll(kind), ReductionCases.operand(kind, row));
    }
  }
}
