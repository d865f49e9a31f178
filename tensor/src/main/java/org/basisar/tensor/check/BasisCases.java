package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.Basis;

/** Cases of {@link Basis}. */
final class BasisCases {
  private BasisCases() {}

  static void addTo(CaseList list) {
    // Images, rows of A, columns of A, channels.
    for (int[] s : new int[][] {{1, 1, 1, 1}, {3, 31, 33, 5}, {2, 113, 113, 3}, {2, 64, 64, 16}}) {
      Operand a = Operand.of(s[1], s[2]);
      Operand left = Operand.of(s[0], s[1], s[3]);
      Operand right = Operand.of(s[0], s[2], s[3]);
      list.sum(s[2], new Basis.Transform(false), a, right);
      list.sum(s[1], new Basis.Transform(true), a, left);
      list.sum(s[0] * s[3], new Basis.OuterSum(), left, right);
    }
    // Images, rows of A, columns of A, channels, times of an image.
    for (int[] s :
        new int[][] {
          {1, 1, 1, 1, 1},
          {3, 31, 33, 5, 31},
          {2, 113, 113, 3, 1},
          {2, 64, 64, 16, 4},
          {1, 66, 3, 1, 3},
          {2, 6, 33, 67, 2},
          {0, 4, 4, 3, 2},
          {2, 4, 0, 3, 2}
        }) {
      list.sum(
          s[2],
          new Basis.NoisyTransform(),
          Operand.of(s[1], s[2]),
          Operand.of(s[0], s[2], s[3]),
          Operand.of(s[0], s[1], s[3]),
          Operand.range(shape(s[0], s[4]), 0.05, 0.95));
    }
    for (int n : new int[] {1, 3, 31, 33, 64, 113}) {
      double spread = 1.7 / Math.sqrt(n);
      list.sum(n, new Basis.Orthogonality(), Operand.range(shape(n, n), -spread, spread));
    }
    list.add(new Basis.Transform(false), Operand.of(3, 3), Operand.of(0, 3, 5));
    list.add(new Basis.OuterSum(), Operand.of(0, 3, 5), Operand.of(0, 4, 5));
    for (int[] s : new int[][] {{1, 1, 1}, {2, 3, 5}, {3, 31, 3}, {1, 33, 16}, {2, 64, 4}}) {
      double spread = 1.7 / Math.sqrt(s[1]);
      Operand a = Operand.range(shape(s[1], s[1]), -spread, spread);
      Operand tokens = Operand.of(s[0], s[1], s[2]);
      Operand prediction = Operand.of(s[0], s[1], s[2]);
      int terms = s[0] * s[1] * s[1] * s[2];
      for (Basis.ResidualForm form : Basis.ResidualForm.values()) {
        list.sum(terms, new Basis.ResidualLoss(form), a, tokens, prediction);
        list.sum(
            terms,
            new Basis.ResidualLossGradient(form),
            a.fixed(),
            tokens.fixed(),
            prediction.fixed(),
            Operand.range(shape(), 0.5, 2).fixed());
      }
    }
  }
}
