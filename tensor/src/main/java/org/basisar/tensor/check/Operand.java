package org.basisar.tensor.check;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Op;
import org.basisar.tensor.Shape;
import org.jspecify.annotations.Nullable;

/**
 * How to make one operand of an {@link OpCase}, the same on every machine.
 *
 * @param dtype element type, or null for the dtype that the case is run in
 * @param differentiable whether the operation has a gradient with respect to this operand
 */
public record Operand(Shape shape, @Nullable DType dtype, Source source, boolean differentiable) {

  /** Where the elements come from. */
  public sealed interface Source {}

  /** Element {@code i} is a function of the operand's place and i. */
  record Generated(Formula formula) implements Source {}

  /** A result of another operation on operands of the case that are generated. */
  record Derived(Op forward, int output, List<Integer> operands, boolean statistic)
      implements Source {}

  /** Elements by place of the operand in its case and row-major index. */
  @FunctionalInterface
  interface Formula {
    double value(int operand, int index);
  }

  /**
   * The generator of all check data: u_k(i) = ((2654435761·i + 1013904223·(k+1)) mod 2³²)/2³² − ½.
   */
  public static double u(int k, long i) {
    return ((2654435761L * i + 1013904223L * (k + 1)) & 0xffffffffL) * 0x1p-32 - 0.5;
  }

  /** The element that operand k draws for index i: its own stride keeps operands independent. */
  private static double draw(int operand, int index) {
    return u(operand, (2L * operand + 1) * index);
  }

  /** Differentiable numbers between two bounds. */
  static Operand range(Shape shape, double least, double most) {
    return generated(shape, (operand, i) -> least + (most - least) * (draw(operand, i) + 0.5));
  }

  /** Differentiable numbers in (−1, 1). */
  static Operand of(int... dims) {
    return range(Shape.of(dims), -1, 1);
  }

  /** Differentiable numbers of both signs whose magnitude lies between the bounds. */
  static Operand awayFromZero(Shape shape, double least, double most) {
    return generated(
        shape,
        (operand, i) -> {
          double u = draw(operand, i);
          return Math.copySign(least + (most - least) * 2 * Math.abs(u), u);
        });
  }

  /** Differentiable numbers out of {@code count} levels: {@code least}, {@code least + step}, …. */
  static Operand levels(Shape shape, double least, double step, int count) {
    return generated(
        shape, (operand, i) -> least + step * Math.floor(count * (draw(operand, i) + 0.5)));
  }

  /** Differentiable numbers in (−1, 1), all different and equally far apart, in mixed order. */
  static Operand distinct(Shape shape) {
    int count = Math.max(1, shape.size());
    return generated(
        shape, (operand, i) -> (2 * Math.floorMod(i * 7919L, count) + 1.0) / count - 1);
  }

  /** I32 numbers 0 … limit−1. */
  static Operand integers(Shape shape, int limit) {
    return new Operand(
        shape,
        DType.I32,
        new Generated((operand, i) -> Math.floor(limit * (draw(operand, i) + 0.5))),
        false);
  }

  /** A U8 mask. */
  static Operand mask(Shape shape) {
    return new Operand(
        shape, DType.U8, new Generated((operand, i) -> draw(operand, i) < 0 ? 0 : 1), false);
  }

  /** The I32 state of a {@link org.basisar.tensor.Random} with seed 1234567 at step 5. */
  static Operand randomState() {
    double[] state = {1234567, 0, 5, 0};
    return new Operand(Shape.of(4), DType.I32, new Generated((operand, i) -> state[i]), false);
  }

  /** Given numbers, not differentiable. */
  static Operand values(Shape shape, double... values) {
    return generated(shape, (operand, i) -> values[i]).fixed();
  }

  /** Result {@code output} of another operation on generated operands, not differentiable. */
  static Operand result(Shape shape, Op forward, int output, Integer... operands) {
    return new Operand(shape, null, new Derived(forward, output, List.of(operands), false), false);
  }

  /** As {@link #result}, stored in the {@link DType#statistic} of the case's dtype. */
  static Operand statistic(Shape shape, Op forward, int output, Integer... operands) {
    return new Operand(shape, null, new Derived(forward, output, List.of(operands), true), false);
  }

  private static Operand generated(Shape shape, Formula formula) {
    return new Operand(shape, null, new Generated(formula), true);
  }

  /** This operand, without a gradient. */
  Operand fixed() {
    return new Operand(shape, dtype, source, false);
  }

  /** This operand in a dtype of its own. */
  Operand as(DType type) {
    return new Operand(shape, type, source, false);
  }
}
