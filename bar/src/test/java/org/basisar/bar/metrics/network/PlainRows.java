package org.basisar.bar.metrics.network;

/** What transformers do with rows of tokens [count][width], in plain loops of fp64. */
final class PlainRows {
  private PlainRows() {}

  static double[] linear(double[] row, double[] weight, double[] bias) {
    double[] result = new double[weight.length / row.length];
    for (int o = 0; o < result.length; o++) {
      double sum = bias.length == 0 ? 0 : bias[o];
      for (int i = 0; i < row.length; i++) {
        sum += weight[o * row.length + i] * row[i];
      }
      result[o] = sum;
    }
    return result;
  }

  static double[] linear(double[] row, PlainWeights weights, String key) {
    return linear(row, weights.get(key + ".weight"), bias(weights, key));
  }

  private static double[] bias(PlainWeights weights, String key) {
    return weights.has(key + ".bias") ? weights.get(key + ".bias") : new double[0];
  }

  static double[] norm(double[] row, PlainWeights weights, String key, double epsilon) {
    double mean = 0;
    for (double value : row) {
      mean += value / row.length;
    }
    double variance = 0;
    for (double value : row) {
      variance += (value - mean) * (value - mean) / row.length;
    }
    double[] result = new double[row.length];
    for (int i = 0; i < row.length; i++) {
      result[i] =
          (row[i] - mean) / Math.sqrt(variance + epsilon) * weights.get(key + ".weight")[i]
              + weights.get(key + ".bias")[i];
    }
    return result;
  }

  /** Attention of rows over rows, each head by itself. */
  static double[][] attention(
      double[][] query, double[][] key, double[][] value, int heads, boolean causal) {
    int count = query.length;
    int width = query[0].length;
    int head = width / heads;
    double[][] result = new double[count][width];
    for (int h = 0; h < heads; h++) {
      for (int i = 0; i < count; i++) {
        int seen = causal ? i + 1 : count;
        double[] share = new double[seen];
        double sum = 0;
        for (int j = 0; j < seen; j++) {
          double score = 0;
          for (int c = h * head; c < (h + 1) * head; c++) {
            score += query[i][c] * key[j][c];
          }
          share[j] = Math.exp(score / Math.sqrt(head));
          sum += share[j];
        }
        for (int j = 0; j < seen; j++) {
          for (int c = h * head; c < (h + 1) * head; c++) {
            result[i][c] += share[j] / sum * value[j][c];
          }
        }
      }
    }
    return result;
  }

  static double[] sum(double[] left, double[] right) {
    double[] result = left.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] += right[i];
    }
    return result;
  }

  static double[] product(double[] left, double[] right) {
    double[] result = left.clone();
    for (int i = 0; i < result.length; i++) {
      result[i] *= right[i];
    }
    return result;
  }

  /** Patches of an image as a filter of their own size sees them, then a class token in front. */
  static double[][] tokens(PlainImage patches, double[] classToken) {
    double[][] rows = new double[1 + patches.height * patches.width][patches.channels];
    rows[0] = classToken.clone();
    for (int i = 1; i < rows.length; i++) {
      for (int c = 0; c < patches.channels; c++) {
        rows[i][c] = patches.values[c * (rows.length - 1) + i - 1];
      }
    }
    return rows;
  }

  static double[] slice(double[] row, int from, int count) {
    double[] result = new double[count];
    System.arraycopy(row, from, result, 0, count);
    return result;
  }
}
