package org.basisar.bench;

import java.util.SplittableRandom;

/**
 * What the operations on tokens are measured with, always the same numbers.
 *
 * @param tokens N
 * @param channels C
 * @param batch B
 */
public record TokenCase(int tokens, int channels, int batch) {
  /** Times per image. */
  public static final int CELLS = 4;

  /** The same with two images, for checks. */
  public TokenCase small() {
    return new TokenCase(tokens, channels, 2);
  }

  /** The same with two images of few tokens, for checks by ways that take N³ and more. */
  public TokenCase fewTokens() {
    return new TokenCase(Math.min(tokens, 128), channels, 2);
  }

  /** Numbers of all tokens. */
  public int size() {
    return batch * tokens * channels;
  }

  /**
   * A [N, N]: a reflection, which is orthogonal, and a little noise, so that its singular values
   * lie around 1 but not at it.
   */
  public HostTensor basis() {
    SplittableRandom random = new SplittableRandom(21);
    double[] axis = new double[tokens];
    double square = 0;
    for (int i = 0; i < tokens; i++) {
      axis[i] = random.nextGaussian();
      square += axis[i] * axis[i];
    }
    float[] values = new float[tokens * tokens];
    double noise = 0.1 / Math.sqrt(tokens);
    for (int i = 0; i < tokens; i++) {
      for (int j = 0; j < tokens; j++) {
        double reflected = (i == j ? 1 : 0) - 2 * axis[i] * axis[j] / square;
        values[i * tokens + j] = (float) (reflected + noise * random.nextGaussian());
      }
    }
    return new HostTensor(values, tokens, tokens);
  }

  /** x [B, N, C]. */
  public HostTensor x() {
    return normal(22);
  }

  /** Noise [B, N, C]. */
  public HostTensor noise() {
    return normal(23);
  }

  /** A prediction [B, N, C]. */
  public HostTensor prediction() {
    return normal(24);
  }

  private HostTensor normal(long seed) {
    return HostTensor.normal(new SplittableRandom(seed), 1, batch, tokens, channels);
  }

  /** Times in (0, 1), [B, cells]. */
  public HostTensor time() {
    SplittableRandom random = new SplittableRandom(25);
    float[] values = new float[batch * CELLS];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextDouble(0.01, 0.99);
    }
    return new HostTensor(values, batch, CELLS);
  }

  /** For each token of a sequence in another order, the place it is taken from. */
  public int[] order() {
    SplittableRandom random = new SplittableRandom(26);
    int[] order = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      int j = random.nextInt(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  /** The inverse of {@link #order}: for each place, the token of the reordered sequence there. */
  public int[] places() {
    int[] order = order();
    int[] places = new int[tokens];
    for (int i = 0; i < tokens; i++) {
      places[order[i]] = i;
    }
    return places;
  }
}
