package org.basisar.kernels.elementwise;

import java.util.Locale;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.Rounding;

/** A function of two variables in plain Java. */
enum BinaryFunction {
  ADD,
  SUB,
  MUL,
  DIV,
  MAX,
  MIN;

  private double value(double x, double y) {
    return switch (this) {
      case ADD -> x + y;
      case SUB -> x - y;
      case MUL -> x * y;
      case DIV -> x / y;
      case MAX -> Math.max(x, y);
      case MIN -> Math.min(x, y);
    };
  }

  String kernel() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** In fp32, then as stored. */
  double of(ElementType type, double x, double y) {
    return Rounding.of(type).stored((float) value(x, y));
  }
}
