package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link AttentionOp}; each head of each image is computed on its own. */
final class PlainAttention {
  private final int heads;
  private final int cellTokens;
  private final double dropout;
  private final int call;
  private final int images;
  private final int queries;
  private final int keys;
  private final int width;
  private final int headWidth;

  private PlainAttention(
      int heads, int cellTokens, double dropout, int call, Shape query, Shape key) {
    this.heads = heads;
    this.cellTokens = cellTokens;
    this.dropout = dropout;
    this.call = call;
    this.images = query.dim(0);
    this.queries = query.dim(1);
    this.keys = key.dim(1);
    this.width = query.dim(2);
    this.headWidth = width / heads;
  }

  static PlainKernels.Body body(AttentionOp op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case AttentionOp.RotarySplit(int heads) -> rotarySplit(heads, outputs[0].shape());
      case AttentionOp.RotarySplitGradient(int heads) ->
          rotarySplitGradient(heads, inputs[0].shape());
      case AttentionOp.Attention(int heads, int cellTokens, double dropout, int call) ->
          new PlainAttention(heads, cellTokens, dropout, call, inputs[0].shape(), inputs[1].shape())
              ::forward;
      case AttentionOp.AttentionGradient(int heads, int cellTokens, double dropout, int call) ->
          new PlainAttention(heads, cellTokens, dropout, call, inputs[0].shape(), inputs[1].shape())
              ::backward;
    };
  }

  private static PlainKernels.Body rotarySplit(int heads, Shape shape) {
    int width = shape.dim(2);
    int tokens = shape.dim(1);
    int headWidth = width / heads;
    return (in, out) -> {
      for (int row = 0; row < shape.dim(0) * tokens; row++) {
        int table = row % tokens * headWidth;
        int from = row * 3 * width;
        int to = row * width;
        for (int d = 0; d < width; d += 2) {
          int angle = table + d % headWidth;
          for (int part = 0; part < 2; part++) {
            double a = in[0][from + part * width + d];
            double b = in[0][from + part * width + d + 1];
            out[part][to + d] = a * in[1][angle] - b * in[2][angle];
            out[part][to + d + 1] = b * in[1][angle + 1] + a * in[2][angle + 1];
          }
        }
        System.arraycopy(in[0], from + 2 * width, out[2], to, width);
      }
    };
  }

  private static PlainKernels.Body rotarySplitGradient(int heads, Shape shape) {
    int width = shape.dim(2);
    int tokens = shape.dim(1);
    int headWidth = width / heads;
    return (in, out) -> {
      for (int row = 0; row < shape.dim(0) * tokens; row++) {
        int table = row % tokens * headWidth;
        int from = row * width;
        int to = row * 3 * width;
        for (int d = 0; d < width; d += 2) {
          int angle = table + d % headWidth;
          for (int part = 0; part < 2; part++) {
            double a = in[part][from + d];
            double b = in[part][from + d + 1];
            int at = to + part * width + d;
            out[0][at] = a * in[3][angle] + b * in[4][angle + 1];
            out[0][at + 1] = b * in[3][angle + 1] - a * in[4][angle];
          }
        }
        System.arraycopy(in[2], from, out[0], to + 2 * width, width);
      }
    };
  }

  /** Number of keys that a query sees; they are the first ones. */
  private int visible(int query) {
    return cellTokens == 0
        ? keys
        : Math.min(keys, ((keys - queries + query) / cellTokens + 1) * cellTokens);
  }

  /** The columns of one head, [tokens, hd]. */
  private double[] head(double[] values, int image, int head, int tokens) {
    double[] out = new double[tokens * headWidth];
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(
          values, (image * tokens + t) * width + head * headWidth, out, t * headWidth, headWidth);
    }
    return out;
  }

  private void putHead(double[] part, double[] values, int image, int head, int tokens) {
    for (int t = 0; t < tokens; t++) {
      System.arraycopy(
          part, t * headWidth, values, (image * tokens + t) * width + head * headWidth, headWidth);
    }
  }

  /** Fills {@code row} with the probabilities of one query; returns the log denominator. */
  private double probabilities(double[] query, int index, double[] turnedKeys, double[] row) {
    Arrays.fill(row, 0);
    PlainLoops.rowTimesMatrix(query, index * headWidth, 1, headWidth, turnedKeys, 0, keys, row, 0);
    int seen = visible(index);
    double scale = 1 / Math.sqrt(headWidth);
    for (int j = 0; j < seen; j++) {
      row[j] *= scale;
    }
    return PlainNormalization.softmaxRow(row, 0, seen, row, 0);
  }

  /** The factors by which dropout multiplies one row of probabilities. */
  private void keep(double[] state, int item, int query, double[] factors) {
    long first = ((long) item * queries + query) * keys;
    PlainGeneration.uniform(state, call, first, factors);
    for (int j = 0; j < keys; j++) {
      factors[j] = factors[j] >= dropout ? 1 / (1 - dropout) : 0;
    }
  }

  private void forward(double[][] in, double[][] out) {
    PlainLoops.run(
        images * heads,
        (long) queries * keys * headWidth,
        (first, end) -> {
          double[] row = new double[keys];
          double[] factors = new double[keys];
          for (int item = first; item < end; item++) {
            int image = item / heads;
            int head = item % heads;
            double[] query = head(in[0], image, head, queries);
            double[] turned =
                PlainLoops.transpose(head(in[1], image, head, keys), 0, keys, headWidth);
            double[] value = head(in[2], image, head, keys);
            double[] result = new double[queries * headWidth];
            for (int i = 0; i < queries; i++) {
              out[1][item * queries + i] = probabilities(query, i, turned, row);
              if (dropout > 0) {
                keep(in[3], item, i, factors);
                for (int j = 0; j < keys; j++) {
                  row[j] *= factors[j];
                }
              }
              PlainLoops.rowTimesMatrix(
                  row, 0, 1, visible(i), value, 0, headWidth, result, i * headWidth);
            }
            putHead(result, out[0], image, head, queries);
          }
        });
  }

  /** Operands 3 and 4, the forward results, are not needed when probabilities are in fp64. */
  private void backward(double[][] in, double[][] out) {
    PlainLoops.run(
        images * heads,
        (long) queries * keys * headWidth,
        (first, end) -> {
          for (int item = first; item < end; item++) {
            backwardHead(in, out, item);
          }
        });
  }

  private void backwardHead(double[][] in, double[][] out, int item) {
    int image = item / heads;
    int head = item % heads;
    double[] query = head(in[0], image, head, queries);
    double[] key = head(in[1], image, head, keys);
    double[] value = head(in[2], image, head, keys);
    double[] gradient = head(in[5], image, head, queries);
    double[] turnedKeys = PlainLoops.transpose(key, 0, keys, headWidth);
    double[] turnedValues = PlainLoops.transpose(value, 0, keys, headWidth);
    double[] queryGradient = new double[query.length];
    double[] keyGradient = new double[key.length];
    double[] valueGradient = new double[value.length];
    double[] row = new double[keys];
    double[] slope = new double[keys];
    double[] factors = new double[keys];
    Arrays.fill(factors, 1);
    double scale = 1 / Math.sqrt(headWidth);
    for (int i = 0; i < queries; i++) {
      int at = i * headWidth;
      int seen = visible(i);
      probabilities(query, i, turnedKeys, row);
      if (dropout > 0) {
        keep(in[6], item, i, factors);
      }
      Arrays.fill(slope, 0);
      PlainLoops.rowTimesMatrix(gradient, at, 1, headWidth, turnedValues, 0, keys, slope, 0);
      double along = 0;
      for (int j = 0; j < seen; j++) {
        slope[j] *= factors[j];
        along += row[j] * slope[j];
      }
      for (int j = 0; j < seen; j++) {
        double score = row[j] * (slope[j] - along) * scale;
        int to = j * headWidth;
        PlainLoops.axpy(row[j] * factors[j], gradient, at, valueGradient, to, headWidth);
        PlainLoops.axpy(score, query, at, keyGradient, to, headWidth);
        PlainLoops.axpy(score, key, to, queryGradient, at, headWidth);
      }
    }
    putHead(queryGradient, out[0], image, head, queries);
    putHead(keyGradient, out[1], image, head, keys);
    putHead(valueGradient, out[2], image, head, keys);
  }
}
