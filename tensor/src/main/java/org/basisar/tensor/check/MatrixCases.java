package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Matrix.Epilogue;
import org.basisar.tensor.Shape;

/** Cases of {@link Matrix}. */
final class MatrixCases {
  private MatrixCases() {}

  static void addTo(CaseList list) {
    int[][] sizes = {{1, 1, 1}, {3, 31, 5}, {33, 3, 31}, {31, 113, 33}, {64, 64, 64}, {2, 0, 3}};
    for (int[] size : sizes) {
      for (int flags = 0; flags < 4; flags++) {
        matMul(list, (flags & 1) != 0, (flags & 2) != 0, shape(), shape(), size);
      }
    }
    int[] small = {5, 31, 7};
    for (int flags = 0; flags < 4; flags++) {
      matMul(list, (flags & 1) != 0, (flags & 2) != 0, shape(3), shape(3), small);
      matMul(list, (flags & 1) != 0, (flags & 2) != 0, shape(2, 1), shape(3), small);
    }
    matMul(list, false, false, shape(3), shape(), small);
    matMul(list, false, false, shape(), shape(3), small);
    matMul(list, false, false, shape(0), shape(), small);
    for (int flags = 0; flags < 8; flags++) {
      boolean bias = (flags & 1) != 0;
      boolean residual = (flags & 2) != 0;
      Epilogue epilogue = (flags & 4) != 0 ? Epilogue.GELU : Epilogue.NONE;
      linear(list, bias, residual, epilogue, shape(33), 31, 113);
    }
    linear(list, true, false, Epilogue.NONE, shape(), 31, 33);
    linear(list, true, true, Epilogue.GELU, shape(2, 3), 1, 1);
    linear(list, true, false, Epilogue.NONE, shape(0), 3, 5);
    linear(list, false, false, Epilogue.NONE, shape(64), 64, 96);
  }

  private static void matMul(
      CaseList list, boolean left, boolean right, Shape leftLead, Shape rightLead, int[] size) {
    list.sum(
        size[1],
        new Matrix.MatMul(left, right),
        Operand.range(matrix(leftLead, left, size[0], size[1]), -1, 1),
        Operand.range(matrix(rightLead, right, size[1], size[2]), -1, 1));
  }

  private static Shape matrix(Shape lead, boolean transposed, int rows, int columns) {
    Shape withRows = lead.insert(lead.rank(), transposed ? columns : rows);
    return withRows.insert(withRows.rank(), transposed ? rows : columns);
  }

  static void linear(
      CaseList list,
      boolean bias,
      boolean residual,
      Epilogue epilogue,
      Shape lead,
      int inner,
      int width) {
    List<Operand> operands = new ArrayList<>();
    operands.add(Operand.range(lead.insert(lead.rank(), inner), -1, 1));
    operands.add(Operand.range(shape(width, inner), -0.5, 0.5));
    if (bias) {
      operands.add(Operand.of(width));
    }
    if (residual) {
      operands.add(Operand.range(lead.insert(lead.rank(), width), -1, 1));
    }
    list.sum(inner, new Matrix.Linear(bias, residual, epilogue), operands.toArray(new Operand[0]));
  }
}
