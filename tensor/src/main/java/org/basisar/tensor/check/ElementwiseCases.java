package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Shape;

/** Cases of {@link Elementwise}. */
final class ElementwiseCases {
  private ElementwiseCases() {}

  static void addTo(CaseList list) {
    unary(list);
    binary(list);
    constants(list);
    fused(list);
  }

  private static Operand domain(UnaryKind kind, Shape shape) {
    return switch (kind) {
      case NEG, SQUARE, TANH, SIGMOID, SILU, GELU -> Operand.range(shape, -5, 5);
      case EXP -> Operand.range(shape, -3, 3);
      case SIN, COS -> Operand.range(shape, -7, 7);
      case LOG, SQRT, RSQRT -> Operand.range(shape, 0.25, 4);
      case ABS -> Operand.awayFromZero(shape, 0.1, 2);
      case TRUNC -> Operand.levels(shape, -2.7, 1, 6);
    };
  }

  private static void unary(CaseList list) {
    for (UnaryKind kind : UnaryKind.values()) {
      for (Shape shape : new Shape[] {shape(3, 113), shape(1), shape(), shape(2, 0)}) {
        list.add(new Elementwise.Unary(kind), domain(kind, shape));
      }
      list.add(
          new Elementwise.UnaryGradient(kind),
          domain(kind, shape(31, 33)).fixed(),
          Operand.of(31, 33).fixed());
    }
    // Far out, where a careless formula overflows or cancels.
    for (UnaryKind kind :
        new UnaryKind[] {UnaryKind.SIGMOID, UnaryKind.SILU, UnaryKind.GELU, UnaryKind.TANH}) {
      list.add(new Elementwise.Unary(kind), Operand.range(shape(1023), -60, 60).fixed());
      list.add(
          new Elementwise.UnaryGradient(kind),
          Operand.range(shape(1023), -60, 60).fixed(),
          Operand.of(1023).fixed());
    }
    list.add(new Elementwise.Unary(UnaryKind.EXP), Operand.range(shape(1023), -80, 40).fixed());
  }

  private static void binary(CaseList list) {
    Shape[][] pairs = {
      {shape(31, 33), shape(31, 33)},
      {shape(3, 113), shape(113)},
      {shape(3, 1, 5), shape(4, 1)},
      {shape(), shape(33)},
      {shape(2, 3, 31), shape(2, 3, 1)},
      {shape(0, 3), shape(3)},
    };
    for (BinaryKind kind : BinaryKind.values()) {
      for (Shape[] pair : pairs) {
        binary(list, kind, pair[0], pair[1]);
      }
    }
    for (CompareKind kind : CompareKind.values()) {
      list.add(
          new Elementwise.Compare(kind),
          Operand.levels(shape(3, 31), -1, 0.5, 5).fixed(),
          Operand.levels(shape(3, 31), -1, 0.5, 5).fixed());
    }
    list.add(
        new Elementwise.Where(), Operand.mask(shape(3, 31)), Operand.of(3, 31), Operand.of(3, 31));
  }

  static void binary(CaseList list, BinaryKind kind, Shape left, Shape right) {
    list.add(new Elementwise.Binary(kind), left(kind, left), right(kind, right));
  }

  private static Operand left(BinaryKind kind, Shape shape) {
    return switch (kind) {
      case ADD, SUB, MUL, DIV -> Operand.range(shape, -2, 2);
      case MAX, MIN -> Operand.levels(shape, -1, 0.5, 5);
    };
  }

  private static Operand right(BinaryKind kind, Shape shape) {
    return switch (kind) {
      case ADD, SUB, MUL -> Operand.range(shape, -2, 2);
      case DIV -> Operand.awayFromZero(shape, 0.5, 2);
      case MAX, MIN -> Operand.levels(shape, -0.75, 0.5, 4);
    };
  }

  private static void constants(CaseList list) {
    list.add(new Elementwise.Affine(-1.75, 0.375), Operand.of(3, 113));
    list.add(new Elementwise.Affine(2, 0), Operand.of(0));
    for (double exponent : new double[] {0.5, -1, 2.25}) {
      list.add(new Elementwise.Power(exponent), Operand.range(shape(3, 31), 0.5, 2));
    }
    list.add(new Elementwise.Power(3), Operand.awayFromZero(shape(33), 0.25, 2));
    list.add(new Elementwise.Clamp(-0.5, 0.25), Operand.levels(shape(3, 31), -0.8, 0.2, 10));
    for (DType dtype : DType.values()) {
      Operand operand = Operand.range(shape(3, 31), 0, 100);
      boolean exact = dtype == DType.F64;
      list.add(new Elementwise.Cast(dtype), exact ? operand : operand.fixed());
      list.add(new Elementwise.Cast(DType.F32), Operand.integers(shape(33), 250).as(dtype));
    }
  }

  private static void fused(CaseList list) {
    list.add(
        new Elementwise.GatedGelu(),
        Operand.range(shape(3, 113), -4, 4),
        Operand.range(shape(3, 113), -2, 2));
    list.add(
        new Elementwise.GatedGeluGradient(),
        Operand.range(shape(3, 113), -4, 4).fixed(),
        Operand.range(shape(3, 113), -2, 2).fixed(),
        Operand.of(3, 113).fixed());
    int[][] groupings = {{2, 6, 31, 3}, {1, 4, 33, 1}, {3, 5, 16, 5}};
    for (int[] g : groupings) {
      Operand tokens = Operand.of(g[0], g[1], g[2]);
      Operand gate = Operand.of(g[0], g[3], g[2]);
      list.add(new Elementwise.GateResidual(), tokens, tokens, gate);
      list.sum(
          g[1] / g[3],
          new Elementwise.GateResidualGradient(),
          tokens.fixed(),
          gate.fixed(),
          tokens.fixed());
      list.add(
          new Elementwise.Interpolate(),
          tokens,
          tokens,
          Operand.range(shape(g[0], g[3]), 0.05, 0.95).fixed());
    }
  }
}
