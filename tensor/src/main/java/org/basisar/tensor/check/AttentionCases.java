package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Op;
import org.basisar.tensor.Shape;

/** Cases of {@link AttentionOp}. */
final class AttentionCases {
  private AttentionCases() {}

  static void addTo(CaseList list) {
    for (int[] size : new int[][] {{2, 5, 3, 16}, {1, 1, 1, 2}, {1, 33, 2, 4}}) {
      rotary(list, size[0], size[1], size[2], size[3]);
    }
    // Images, queries, keys, heads, head width, tokens per cell.
    int[][] sizes = {
      {1, 1, 1, 1, 4, 0},
      {2, 33, 33, 3, 4, 0},
      {1, 31, 31, 2, 16, 0},
      {1, 12, 12, 2, 64, 4},
      {2, 9, 9, 1, 80, 3},
      {1, 4, 12, 2, 16, 4},
      {1, 3, 31, 1, 64, 0},
      {1, 40, 40, 2, 16, 8},
    };
    for (int[] s : sizes) {
      attention(list::sum, s[0], s[1], s[2], s[3], s[4], s[5], 0);
    }
    attention(list::sum, 1, 6, 6, 2, 16, 3, 0.25);
    attention(list::sum, 2, 5, 7, 1, 4, 0, 0.5);
  }

  /** Heads and numbers of tokens that tensor cores take in BF16. */
  static void tensorCores(CaseList list, int headWidth) {
    attention(list::products, 1, 36, 72, 1, headWidth, 0, 0);
    attention(list::products, 1, 68, 68, 1, headWidth, 34, 0.25);
  }

  /** Adds a case of so many terms. */
  @FunctionalInterface
  private interface Adding {
    void add(int terms, Op op, Operand... operands);
  }

  private static void rotary(CaseList list, int images, int tokens, int heads, int headWidth) {
    int width = heads * headWidth;
    Operand cosine = Operand.of(tokens, headWidth).fixed();
    Operand sine = Operand.of(tokens, headWidth).fixed();
    list.add(
        new AttentionOp.RotarySplit(heads), Operand.of(images, tokens, 3 * width), cosine, sine);
    Operand part = Operand.of(images, tokens, width).fixed();
    list.add(new AttentionOp.RotarySplitGradient(heads), part, part, part, cosine, sine);
  }

  private static void attention(
      Adding list,
      int images,
      int queries,
      int keys,
      int heads,
      int headWidth,
      int cellTokens,
      double dropout) {
    AttentionOp.Attention forward =
        new AttentionOp.Attention(heads, cellTokens, dropout, dropout == 0 ? 0 : 2);
    Shape query = shape(images, queries, heads * headWidth);
    Shape key = shape(images, keys, heads * headWidth);
    List<Operand> operands =
        new ArrayList<>(
            List.of(
                Operand.range(query, -2, 2), Operand.range(key, -2, 2), Operand.range(key, -1, 1)));
    if (dropout > 0) {
      operands.add(Operand.randomState());
    }
    list.add(keys + headWidth, forward, operands.toArray(new Operand[0]));
    backward(list, forward, query, key);
  }

  private static void backward(Adding list, AttentionOp.Attention forward, Shape query, Shape key) {
    Integer[] from = forward.dropout() > 0 ? new Integer[] {0, 1, 2, 6} : new Integer[] {0, 1, 2};
    List<Operand> operands = new ArrayList<>();
    operands.add(Operand.range(query, -2, 2).fixed());
    operands.add(Operand.range(key, -2, 2).fixed());
    operands.add(Operand.range(key, -1, 1).fixed());
    operands.add(Operand.result(query, forward, 0, from));
    operands.add(
        Operand.statistic(shape(query.dim(0), forward.heads(), query.dim(1)), forward, 1, from));
    operands.add(Operand.range(query, -1, 1).fixed());
    if (forward.dropout() > 0) {
      operands.add(Operand.randomState());
    }
    list.add(
        key.dim(1) + query.dim(1),
        new AttentionOp.AttentionGradient(
            forward.heads(), forward.cellTokens(), forward.dropout(), forward.call()),
        operands.toArray(new Operand[0]));
  }
}
