package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Shape;

/** Cases of {@link Optimization}. */
final class OptimizationCases {
  private OptimizationCases() {}

  static void addTo(CaseList list) {
    list.sum(
        206,
        new Optimization.GlobalNorm(),
        Operand.of(3, 31).fixed(),
        Operand.of(113).fixed(),
        Operand.of(0).fixed());
    list.sum(1, new Optimization.GlobalNorm(), Operand.of().fixed());
    list.sum(1023, new Optimization.GlobalNorm(), Operand.of(1023).fixed());
    adamW(list, 0, 2.5, 1, 0.0, shape(31), shape(3, 5));
    adamW(list, 0, 0.5, 1, 0.05, shape(113));
    adamW(list, 0, 2.5, Double.POSITIVE_INFINITY, 0.05, shape(1), shape(1023), shape(0));
    adamW(list, 0, Double.NaN, 1, 0.05, shape(33));
    adamW(list, 0, Double.POSITIVE_INFINITY, Double.POSITIVE_INFINITY, 0.05, shape(33));
    adamW(list, 2, 2.5, 1, 0.05, shape(33), shape(1, 1023), shape(31));
    adamW(list, 2, 0.5, 1, 0.0, shape(0), shape(1));
    adamW(list, 1, Double.NaN, 1, 0.05, shape(113));
    for (Shape shape : new Shape[] {shape(3, 31), shape(), shape(0)}) {
      Operand destination = Operand.range(shape, -1, 1).fixed();
      list.add(new Optimization.CopyInto(), destination, destination);
      list.add(new Optimization.AddInto(), destination, destination);
    }
    Operand integers = Operand.integers(shape(33), 1000).as(DType.I32);
    list.add(new Optimization.CopyInto(), integers, integers);
  }

  private static void adamW(
      CaseList list, int copies, double norm, double maxNorm, double weightDecay, Shape... shapes) {
    List<Operand> operands = new ArrayList<>();
    operands.add(Operand.values(shape(3), 0.01, 0.19, 0.005));
    operands.add(Operand.values(shape(), norm));
    for (int part = 0; part < 5; part++) {
      for (Shape shape : shapes) {
        // Second moments are positive; they are the fourth of the five parts.
        operands.add(
            (part == 3 ? Operand.range(shape, 0.01, 1) : Operand.range(shape, -1, 1)).fixed());
      }
    }
    for (int i = 0; i < copies; i++) {
      operands.add(Operand.range(shapes[i], -1, 1).as(DType.BF16));
    }
    list.add(
        new Optimization.AdamW(shapes.length, copies, 0.9, 0.95, 1e-8, weightDecay, maxNorm, 0.999),
        operands.toArray(new Operand[0]));
  }
}
