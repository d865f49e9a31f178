package org.basisar.kernels.attention;

import org.basisar.kernels.PhiloxReference;
import org.basisar.kernels.Rounding;

/** Attention and its gradient by their definitions, naively, in some precision. */
final class AttentionReference {
  static final int[] STATE = {1234567, 8, 5, 0};
  static final int CALL = 3;

  private final Rounding rounding;
  private final AttentionShape shape;
  private final double rate;
  private final int width;

  final double[] out;
  final double[] logSum;
  final double[] queryGradient;
  final double[] keyGradient;
  final double[] valueGradient;

  AttentionReference(
      Rounding rounding,
      AttentionShape shape,
      double rate,
      double[] query,
      double[] key,
      double[] value,
      double[] outGradient) {
    this.rounding = rounding;
    this.shape = shape;
    this.rate = rate;
    width = shape.heads() * shape.headWidth();
    out = new double[query.length];
    logSum = new double[(int) shape.rows()];
    queryGradient = new double[query.length];
    keyGradient = new double[key.length];
    valueGradient = new double[key.length];
    for (int item = 0; item < shape.images() * shape.heads(); item++) {
      head(item, query, key, value, outGradient);
    }
  }

  private int visible(int query) {
    int cell = shape.cellTokens();
    return cell == 0
        ? shape.keys()
        : Math.min(shape.keys(), ((shape.keys() - shape.queries() + query) / cell + 1) * cell);
  }

  private int at(int item, int token, int tokens) {
    int image = item / shape.heads();
    return (image * tokens + token) * width + item % shape.heads() * shape.headWidth();
  }

  private void head(int item, double[] query, double[] key, double[] value, double[] gradient) {
    int keys = shape.keys();
    int queries = shape.queries();
    double scale = 1 / Math.sqrt(shape.headWidth());
    double[] p = new double[keys];
    double[] slope = new double[keys];
    for (int i = 0; i < queries; i++) {
      int q = at(item, i, queries);
      int seen = visible(i);
      double most = Double.NEGATIVE_INFINITY;
      for (int j = 0; j < seen; j++) {
        p[j] = rounding.stored(rounding.stored(dot(query, q, key, at(item, j, keys))) * scale);
        most = Math.max(most, p[j]);
      }
      double sum = 0;
      for (int j = 0; j < seen; j++) {
        p[j] = rounding.sum(Math.exp(p[j] - most));
        sum = rounding.sum(sum + p[j]);
      }
      int row = item * queries + i;
      logSum[row] = rounding.sum(most + Math.log(sum));
      double along = 0;
      for (int j = 0; j < seen; j++) {
        double keep = keep((long) row * keys + j);
        p[j] = rounding.stored(p[j] / sum);
        double kept = rounding.stored(p[j] * keep);
        int k = at(item, j, keys);
        add(out, q, kept, value, k);
        add(valueGradient, k, kept, gradient, q);
        slope[j] = rounding.stored(rounding.stored(dot(gradient, q, value, k)) * keep);
        along = rounding.sum(along + p[j] * slope[j]);
      }
      for (int j = 0; j < seen; j++) {
        int k = at(item, j, keys);
        double score = rounding.stored(rounding.stored(p[j] * (slope[j] - along)) * scale);
        add(queryGradient, q, score, key, k);
        add(keyGradient, k, score, query, q);
      }
      store(out, q);
      store(queryGradient, q);
    }
    for (int j = 0; j < keys; j++) {
      store(keyGradient, at(item, j, keys));
      store(valueGradient, at(item, j, keys));
    }
  }

  private double keep(long element) {
    if (rate == 0) {
      return 1;
    }
    return PhiloxReference.uniform(STATE, CALL, element) >= rate ? 1 / (1 - rate) : 0;
  }

  private double dot(double[] a, int ai, double[] b, int bi) {
    double sum = 0;
    for (int d = 0; d < shape.headWidth(); d++) {
      sum = rounding.sum(sum + a[ai + d] * b[bi + d]);
    }
    return sum;
  }

  private void add(double[] to, int ti, double factor, double[] from, int fi) {
    for (int d = 0; d < shape.headWidth(); d++) {
      to[ti + d] = rounding.sum(to[ti + d] + factor * from[fi + d]);
    }
  }

  private void store(double[] values, int at) {
    for (int d = 0; d < shape.headWidth(); d++) {
      values[at + d] = rounding.stored(values[at + d]);
    }
  }
}
