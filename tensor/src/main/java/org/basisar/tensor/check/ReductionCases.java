package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.Reduction;
import org.basisar.tensor.Reduction.Kind;
import org.basisar.tensor.Shape;

/** Cases of {@link Reduction}. */
final class ReductionCases {
  private ReductionCases() {}

  static void addTo(CaseList list) {
    for (Kind kind : Kind.values()) {
      for (Shape shape : new Shape[] {shape(3, 31, 5), shape(2, 3, 113), shape(1, 1, 1)}) {
        for (int axis = 0; axis < 3; axis++) {
          list.sum(shape.dim(axis), new Reduction.Reduce(kind, axis), operand(kind, shape));
        }
      }
      list.sum(33, new Reduction.Reduce(kind, -1), operand(kind, shape(33)));
      list.sum(1023, new Reduction.ReduceAll(kind), operand(kind, shape(31, 33)));
      list.sum(1, new Reduction.ReduceAll(kind), operand(kind, shape()));
    }
    list.add(new Reduction.Reduce(Kind.SUM, 0), Operand.of(0, 3));
    list.add(new Reduction.Reduce(Kind.SUM, 1), Operand.of(0, 3));
    list.add(new Reduction.ReduceAll(Kind.SUM), Operand.of(0));
    list.sum(12, new Reduction.SumTo(shape(5)), Operand.of(3, 4, 5));
    list.sum(31, new Reduction.SumTo(shape(3, 1)), Operand.of(3, 31));
    list.sum(6, new Reduction.SumTo(shape(2, 1, 31, 1)), Operand.of(2, 3, 31, 2));
    list.sum(99, new Reduction.SumTo(shape()), Operand.of(3, 33));
    list.add(new Reduction.SumTo(shape(3)), Operand.of(0, 3));
    for (int[] size : new int[][] {{31, 113}, {1, 3}, {3, 1}}) {
      Operand logits = Operand.range(shape(size[0], size[1]), -3, 3);
      Operand labels = Operand.integers(shape(size[0]), size[1]);
      list.sum(size[0], new Reduction.CrossEntropy(), logits, labels);
      list.add(
          new Reduction.CrossEntropyGradient(),
          logits.fixed(),
          labels,
          Operand.range(shape(), 0.5, 2).fixed());
    }
  }

  static Operand operand(Kind kind, Shape shape) {
    return switch (kind) {
      case SUM, MEAN -> Operand.range(shape, -1, 1);
      case MAX -> Operand.distinct(shape);
      case NORM -> Operand.range(shape, 0.25, 1);
      case LOG_SUM_EXP -> Operand.range(shape, -3, 3);
    };
  }
}
