package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainAttentionTest {
  private Scope scope;
  private Random random;

  @BeforeEach
  void open() {
    scope = Scope.open();
    random = new Random(11);
  }

  @AfterEach
  void close() {
    random.close();
    scope.close();
  }

  private static void assertClose(double[] actual, double[] expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.length; i++) {
      assertThat(actual[i]).as("element " + i).isCloseTo(expected[i], within(1e-12));
    }
  }

  @Test
  void rotaryTurnsPairs() {
    // One token, one head of width 4: the first pair turns by 90°, the second not at all.
    Tensor qkv = Tensor.of(new double[] {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}, 1, 1, 12);
    Tensor cosine = Tensor.of(new double[] {0, 0, 1, 1}, 1, 4);
    Tensor sine = Tensor.of(new double[] {1, 1, 0, 0}, 1, 4);
    Tensor[] parts = Ops.rotarySplit(qkv, cosine, sine, 1);
    assertThat(parts[0].toDoubles()).containsExactly(-2, 1, 3, 4);
    assertThat(parts[1].toDoubles()).containsExactly(-6, 5, 7, 8);
    assertThat(parts[2].toDoubles()).containsExactly(9, 10, 11, 12);
  }

  @Test
  void rotaryGradientIsTheTranspose() {
    int heads = 2;
    Tensor qkv = random.normal(DType.F64, 2, 3, 24);
    Tensor cosine = random.normal(DType.F64, 3, 4);
    Tensor sine = random.normal(DType.F64, 3, 4);
    Tensor[] gradients = new Tensor[3];
    double forward = 0;
    Tensor[] parts = Ops.rotarySplit(qkv, cosine, sine, heads);
    for (int i = 0; i < 3; i++) {
      gradients[i] = random.normal(DType.F64, 2, 3, 8);
      forward += Ops.sum(Ops.mul(parts[i], gradients[i])).item();
    }
    Tensor back =
        Engine.run(
            new AttentionOp.RotarySplitGradient(heads),
            gradients[0],
            gradients[1],
            gradients[2],
            cosine,
            sine)[0];
    assertThat(Ops.sum(Ops.mul(back, qkv)).item()).isCloseTo(forward, within(1e-12));
  }

  /**
   * Attention of one head from matrix products and a softmax; keys that the mask hides score −∞.
   */
  private static double[] written(
      Tensor query, Tensor key, Tensor value, int heads, int cellTokens, double[] keep) {
    int images = query.shape().dim(0);
    int queries = query.shape().dim(1);
    int keys = key.shape().dim(1);
    int width = query.shape().dim(2);
    int headWidth = width / heads;
    double[] out = new double[query.size()];
    for (int b = 0; b < images; b++) {
      for (int h = 0; h < heads; h++) {
        Tensor q = part(query, b, h, headWidth);
        Tensor k = part(key, b, h, headWidth);
        Tensor v = part(value, b, h, headWidth);
        Tensor scores = Ops.scale(Ops.matmul(q, false, k, true), 1 / Math.sqrt(headWidth));
        double[] masked = scores.toDoubles();
        for (int i = 0; i < queries; i++) {
          for (int j = 0; j < keys; j++) {
            int position = keys - queries + i;
            if (cellTokens > 0 && j / cellTokens > position / cellTokens) {
              masked[i * keys + j] = Double.NEGATIVE_INFINITY;
            }
          }
        }
        double[] probabilities = Ops.softmax(Tensor.of(masked, queries, keys)).toDoubles();
        for (int i = 0; i < probabilities.length; i++) {
          probabilities[i] *= keep.length == 0 ? 1 : keep[(b * heads + h) * queries * keys + i];
        }
        double[] result = Ops.matmul(Tensor.of(probabilities, queries, keys), v).toDoubles();
        for (int i = 0; i < queries; i++) {
          System.arraycopy(
              result, i * headWidth, out, (b * queries + i) * width + h * headWidth, headWidth);
        }
      }
    }
    return out;
  }

  private static Tensor part(Tensor x, int image, int head, int headWidth) {
    return x.slice(0, image, 1)
        .slice(2, head * headWidth, headWidth)
        .reshape(x.shape().dim(1), headWidth);
  }

  @Test
  void agreesWithProductsAndSoftmax() {
    int[][] sizes = {
      {2, 7, 7, 3, 4, 0}, {1, 6, 6, 2, 16, 2}, {2, 4, 12, 2, 5, 4}, {1, 3, 8, 1, 64, 0}
    };
    for (int[] s : sizes) {
      int width = s[3] * s[4];
      Tensor query = random.normal(DType.F64, s[0], s[1], width);
      Tensor key = random.normal(DType.F64, s[0], s[2], width);
      Tensor value = random.normal(DType.F64, s[0], s[2], width);
      assertClose(
          Ops.attention(query, key, value, s[3], s[5]).toDoubles(),
          written(query, key, value, s[3], s[5], new double[0]));
    }
  }

  @Test
  void dropsProbabilitiesByTheDocumentedNumbers() {
    Tensor query = random.normal(DType.F64, 2, 6, 8);
    Tensor key = random.normal(DType.F64, 2, 6, 8);
    Tensor value = random.normal(DType.F64, 2, 6, 8);
    random.call(9);
    Tensor dropped = Ops.attention(query, key, value, 2, 3, 0.25, random);
    random.call(9);
    double[] keep = random.uniform(DType.F64, 2 * 2 * 6 * 6).toDoubles();
    for (int i = 0; i < keep.length; i++) {
      keep[i] = keep[i] >= 0.25 ? 1 / 0.75 : 0;
    }
    assertClose(dropped.toDoubles(), written(query, key, value, 2, 3, keep));
  }

  @Test
  void logDenominatorsAreThoseOfTheScores() {
    // Scores 0 and log 3 for the only query; √hd is 1.
    Tensor query = Tensor.of(new double[] {1}, 1, 1, 1);
    Tensor key = Tensor.of(new double[] {0, Math.log(3)}, 1, 2, 1);
    Tensor value = Tensor.of(new double[] {4, 8}, 1, 2, 1);
    Tensor[] results = Engine.run(new AttentionOp.Attention(1, 0, 0, 0), query, key, value);
    assertThat(results[0].item()).isCloseTo(7, within(1e-14));
    assertThat(results[1].shape()).isEqualTo(Shape.of(1, 1, 1));
    assertThat(results[1].item()).isCloseTo(Math.log(4), within(1e-14));
  }

  @Test
  void gradientIsTheSlope() {
    for (double dropout : new double[] {0, 0.5}) {
      Tensor[] at = {
        random.normal(DType.F64, 1, 4, 6),
        random.normal(DType.F64, 1, 6, 6),
        random.normal(DType.F64, 1, 6, 6)
      };
      Tensor gradient = random.normal(DType.F64, 1, 4, 6);
      AttentionOp.Attention forward = new AttentionOp.Attention(2, 2, dropout, 4);
      Tensor[] results = run(forward, at);
      Tensor[] operands = {at[0], at[1], at[2], results[0], results[1], gradient, random.state()};
      Tensor[] gradients =
          Engine.run(
              new AttentionOp.AttentionGradient(2, 2, dropout, 4),
              java.util.Arrays.copyOf(operands, dropout > 0 ? 7 : 6));
      for (int operand = 0; operand < 3; operand++) {
        double[] actual = gradients[operand].toDoubles();
        for (int i = 0; i < actual.length; i++) {
          double h = 1e-5;
          double[] sums = new double[2];
          for (int side = 0; side < 2; side++) {
            double[] moved = at[operand].toDoubles();
            moved[i] += side == 0 ? -h : h;
            Tensor[] inputs = at.clone();
            inputs[operand] = Tensor.of(moved, at[operand].shape().dims());
            sums[side] = Ops.sum(Ops.mul(run(forward, inputs)[0], gradient)).item();
          }
          assertThat(actual[i])
              .as("operand %d, element %d", operand, i)
              .isCloseTo((sums[1] - sums[0]) / (2 * h), within(1e-8));
        }
      }
    }
  }

  private Tensor[] run(AttentionOp.Attention op, Tensor[] at) {
    return op.dropout() > 0
        ? Engine.run(op, at[0], at[1], at[2], random.state())
        : Engine.run(op, at);
  }
}
