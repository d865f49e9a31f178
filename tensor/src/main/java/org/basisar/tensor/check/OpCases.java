package org.basisar.tensor.check;

import java.util.List;

/**
 * The table: at least one case for every operation and every kind of it, at sizes that fit no
 * vector and no tile (1, 3, 31, 33, 113), at no elements, and with every option.
 */
public final class OpCases {
  private OpCases() {}

  private static final List<OpCase> ALL = build();

  /** All cases. */
  public static List<OpCase> all() {
    return ALL;
  }

  private static List<OpCase> build() {
    CaseList list = new CaseList();
    ElementwiseCases.addTo(list);
    ReductionCases.addTo(list);
    MovementCases.addTo(list);
    MatrixCases.addTo(list);
    NormalizationCases.addTo(list);
    AttentionCases.addTo(list);
    BasisCases.addTo(list);
    ConvolutionCases.addTo(list);
    GenerationCases.addTo(list);
    OptimizationCases.addTo(list);
    list.add(new CubeOp(), Operand.of(3, 31));
    return list.cases();
  }

  private static final class ForDevices {
    static final List<OpCase> ALL = build();

    private static List<OpCase> build() {
      CaseList list = new CaseList();
      DeviceCases.addTo(list);
      return list.cases();
    }
  }

  /** Further cases, at shapes and dtypes for which a GPU takes another kernel. */
  public static List<OpCase> forDevices() {
    return ForDevices.ALL;
  }

  /** Operands that must be refused, with the exact words. */
  public static List<ErrorCase> errors() {
    return ErrorCases.all();
  }
}
