package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Movement;

/** Cases of {@link Movement}. */
final class MovementCases {
  private MovementCases() {}

  static void addTo(CaseList list) {
    list.add(new Movement.Reshape(shape(31, 6)), Operand.of(2, 3, 31));
    list.add(new Movement.Reshape(shape(1, 1)), Operand.of());
    list.add(new Movement.Reshape(shape(0, 7)), Operand.of(3, 0));
    list.add(new Movement.Permute(List.of(2, 0, 1)), Operand.of(2, 3, 31));
    list.add(new Movement.Permute(List.of()), Operand.of());
    list.add(new Movement.Slice(1, 2, 29), Operand.of(3, 33));
    list.add(new Movement.Slice(-1, 5, 0), Operand.of(3, 33));
    list.add(new Movement.Slice(0, 1, 1), Operand.integers(shape(3, 4), 100));
    list.add(new Movement.Expand(shape(2, 3, 31)), Operand.of(3, 1));
    list.add(new Movement.Expand(shape(33)), Operand.of());
    list.add(new Movement.Contiguous(), Operand.of(3, 31));
    list.add(new Movement.Contiguous(), Operand.mask(shape(33)));
    list.add(new Movement.Concat(1), Operand.of(3, 1, 5), Operand.of(3, 4, 5), Operand.of(3, 0, 5));
    list.add(new Movement.Concat(-1), Operand.of(31), Operand.of(33));
    list.add(new Movement.Concat(0), Operand.of(2, 3));
    list.add(
        new Movement.Concat(0), Operand.integers(shape(2, 3), 9), Operand.integers(shape(1, 3), 9));
    list.add(new Movement.Split(1, 3), Operand.of(3, 33, 2));
    list.add(new Movement.Split(0, 1), Operand.of(31));
    list.add(new Movement.Split(-1, 2), Operand.of(3, 62));
    list.add(new Movement.Pad(0, 1, 2), Operand.of(3, 31));
    list.add(new Movement.Pad(1, 0, 3), Operand.of(2, 31, 3));
    list.add(new Movement.Pad(0, 2, 0), Operand.of(0));
    list.add(new Movement.Gather(1), Operand.of(3, 31, 2), Operand.integers(shape(40), 31));
    list.add(new Movement.Gather(0), Operand.of(33), Operand.integers(shape(0), 33));
    list.add(
        new Movement.Gather(0), Operand.integers(shape(5, 3), 50), Operand.integers(shape(4), 5));
    list.sum(
        40, new Movement.ScatterAdd(1, 7), Operand.of(3, 40, 2), Operand.integers(shape(40), 7));
    list.sum(3, new Movement.ScatterAdd(-1, 1), Operand.of(2, 3), Operand.integers(shape(3), 1));
    list.add(new Movement.Embedding(), Operand.of(11, 33), Operand.integers(shape(3, 5), 11));
    list.add(new Movement.Embedding(), Operand.of(3, 1), Operand.integers(shape(), 3));
    list.sum(
        15,
        new Movement.EmbeddingGradient(4),
        Operand.integers(shape(3, 5), 4),
        Operand.of(3, 5, 33).fixed());
    list.add(new Movement.Contiguous(), Operand.integers(shape(7), 100).as(DType.I32));
  }
}
