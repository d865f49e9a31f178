package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.Normalization;
import org.basisar.tensor.Shape;

/** Cases of {@link Normalization}. */
final class NormalizationCases {
  private static final double EPSILON = 1e-5;

  private NormalizationCases() {}

  static void addTo(CaseList list) {
    for (Shape shape :
        new Shape[] {shape(3, 5, 33), shape(113), shape(31, 1), shape(1, 256), shape(0, 5)}) {
      plain(list, shape);
    }
    for (int[] g : new int[][] {{2, 6, 31, 3}, {1, 4, 64, 1}, {3, 5, 113, 5}}) {
      modulated(list, shape(g[0], g[1], g[2]), shape(g[0], g[3], g[2]));
    }
    for (Shape shape : new Shape[] {shape(3, 5, 33), shape(113), shape(31, 1), shape(2, 0)}) {
      softmax(list, shape);
    }
  }

  static void softmax(CaseList list, Shape shape) {
    list.sum(shape.dim(-1), new Normalization.Softmax(), Operand.range(shape, -4, 4));
    list.sum(
        shape.dim(-1),
        new Normalization.SoftmaxGradient(),
        Operand.range(shape, 0, 0.5).fixed(),
        Operand.range(shape, -1, 1).fixed());
  }

  static void plain(CaseList list, Shape shape) {
    int width = shape.dim(-1);
    int rows = shape.size() / width;
    Operand x = Operand.range(shape, -2, 3);
    Operand weight = Operand.range(shape(width), 0.5, 1.5);
    Operand bias = Operand.of(width);
    Operand gradient = Operand.range(shape, -1, 1).fixed();
    list.sum(width, new Normalization.RmsNorm(EPSILON), x);
    list.sum(width, new Normalization.RmsNorm(EPSILON), x, weight);
    list.sum(width, new Normalization.RmsNormGradient(EPSILON), x.fixed(), gradient);
    list.sum(
        Math.max(rows, width),
        new Normalization.RmsNormGradient(EPSILON),
        x.fixed(),
        weight.fixed(),
        gradient);
    // A large epsilon, because a layer norm of one element has no other denominator.
    double epsilon = width == 1 ? 0.5 : EPSILON;
    list.sum(width, new Normalization.LayerNorm(epsilon), x);
    list.sum(width, new Normalization.LayerNorm(epsilon), x, weight, bias);
    list.sum(width, new Normalization.LayerNormGradient(epsilon), x.fixed(), gradient);
    list.sum(
        Math.max(rows, width),
        new Normalization.LayerNormGradient(epsilon),
        x.fixed(),
        weight.fixed(),
        gradient);
  }

  static void modulated(CaseList list, Shape tokens, Shape groups) {
    Operand x = Operand.range(tokens, -2, 3);
    Operand scale = Operand.range(groups, -0.5, 0.5);
    list.sum(
        tokens.dim(2),
        new Normalization.RmsNormModulate(EPSILON),
        x,
        scale,
        Operand.range(groups, -1, 1));
    list.sum(
        tokens.dim(2),
        new Normalization.RmsNormModulateGradient(EPSILON),
        x.fixed(),
        scale.fixed(),
        Operand.range(tokens, -1, 1).fixed());
  }
}
