package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.DType;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Shape;

/** Cases of {@link Generation}. */
final class GenerationCases {
  private GenerationCases() {}

  static void addTo(CaseList list) {
    for (Shape shape : new Shape[] {shape(), shape(1), shape(3, 31), shape(1023), shape(0, 3)}) {
      list.add(new Generation.Fill(shape, DType.F64, -1.25));
      list.add(new Generation.Normal(shape, DType.F64, 3), Operand.randomState());
      list.add(new Generation.Uniform(shape, DType.F64, 3), Operand.randomState());
      list.add(new Generation.Dropout(0.25, 4), Operand.range(shape, -1, 1), Operand.randomState());
    }
    list.add(new Generation.Dropout(0, 0), Operand.of(33), Operand.randomState());
  }
}
