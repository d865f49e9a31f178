package org.basisar.bar.discrete;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * A vector-quantised tokenizer without a network: K vectors found by k-means, each token replaced
 * by the nearest. The same tokens and seed give the same codebook.
 */
public final class Codebook {
  private static final int ROUNDS = 15;

  private final int dimension;
  private final float[] vectors; // [K, C]

  /**
   * A codebook of given vectors.
   *
   * @param vectors row-major [K, C]
   */
  public Codebook(float[] vectors, int dimension) {
    if (dimension < 1 || vectors.length == 0 || vectors.length % dimension != 0) {
      throw new IllegalArgumentException(
          vectors.length + " numbers are no codebook of vectors of " + dimension);
    }
    this.vectors = vectors.clone();
    this.dimension = dimension;
  }

  /**
   * Finds {@code codes} vectors that lie close to a sample of tokens: k-means++ and {@value
   * #ROUNDS} rounds of Lloyd's algorithm. A code that loses all its tokens keeps its place.
   *
   * @param tokens [count, C], at least one
   * @throws IllegalArgumentException if there are fewer tokens than codes
   */
  public static Codebook fit(float[] tokens, int dimension, int codes, long seed) {
    int count = tokens.length / dimension;
    if (codes < 1 || count < codes) {
      throw new IllegalArgumentException(
          codes + " codes cannot be found from " + count + " tokens; lower --codes");
    }
    float[] centres = spread(tokens, dimension, codes, new SplittableRandom(seed));
    for (int round = 0; round < ROUNDS; round++) {
      Codebook now = new Codebook(centres, dimension);
      double[] sums = new double[centres.length];
      int[] members = new int[codes];
      for (int t = 0; t < count; t++) {
        int code = now.nearest(tokens, t * dimension);
        members[code]++;
        for (int c = 0; c < dimension; c++) {
          sums[code * dimension + c] += tokens[t * dimension + c];
        }
      }
      for (int i = 0; i < centres.length; i++) {
        int size = members[i / dimension];
        centres[i] = size == 0 ? centres[i] : (float) (sums[i] / size);
      }
    }
    return new Codebook(centres, dimension);
  }

  /** k-means++: each next centre is a token drawn by its squared distance to the centres so far. */
  private static float[] spread(float[] tokens, int dimension, int codes, SplittableRandom random) {
    int count = tokens.length / dimension;
    float[] centres = new float[codes * dimension];
    double[] distances = new double[count];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
    int chosen = random.nextInt(count);
    for (int code = 0; code < codes; code++) {
      System.arraycopy(tokens, chosen * dimension, centres, code * dimension, dimension);
      double total = 0;
      for (int t = 0; t < count; t++) {
        double distance = distance(tokens, t * dimension, centres, code * dimension, dimension);
        distances[t] = Math.min(distances[t], distance);
        total += distances[t];
      }
      chosen = draw(distances, random.nextDouble() * total);
    }
    return centres;
  }

  private static int draw(double[] weights, double target) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i];
      if (sum > target) {
        return i;
      }
    }
    return weights.length - 1;
  }

  private static double distance(float[] left, int from, float[] right, int at, int dimension) {
    double sum = 0;
    for (int c = 0; c < dimension; c++) {
      double difference = left[from + c] - right[at + c];
      sum += difference * difference;
    }
    return sum;
  }

  private int nearest(float[] tokens, int from) {
    int best = 0;
    double least = Double.POSITIVE_INFINITY;
    for (int code = 0; code < size(); code++) {
      double distance = distance(tokens, from, vectors, code * dimension, dimension);
      if (distance < least) {
        least = distance;
        best = code;
      }
    }
    return best;
  }

  /** K, the number of codes. */
  public int size() {
    return vectors.length / dimension;
  }

  /** C, the numbers of a token. */
  public int dimension() {
    return dimension;
  }

  /** The vectors, row-major [K, C]. */
  public float[] vectors() {
    return vectors.clone();
  }

  /**
   * The index of the nearest vector of every token; the lower one of two that are as near.
   *
   * @param tokens [count, C]
   */
  public int[] encode(float[] tokens) {
    int[] codes = new int[tokens.length / dimension];
    for (int t = 0; t < codes.length; t++) {
      codes[t] = nearest(tokens, t * dimension);
    }
    return codes;
  }

  /**
   * The vectors of codes.
   *
   * @return [count, C]
   */
  public double[] decode(int[] codes) {
    double[] tokens = new double[codes.length * dimension];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = vectors[codes[i / dimension] * dimension + i % dimension];
    }
    return tokens;
  }

  /** The share of the tokens' energy that quantisation loses, 0 if they have none. */
  public double lostEnergy(float[] tokens) {
    double[] decoded = decode(encode(tokens));
    double lost = 0;
    double all = 0;
    for (int i = 0; i < tokens.length; i++) {
      double difference = tokens[i] - decoded[i];
      lost += difference * difference;
      all += (double) tokens[i] * tokens[i];
    }
    return all == 0 ? 0 : lost / all;
  }
}
