package org.basisar.bar.metrics;

/**
 * exp of the mean divergence of an image's class distribution from that of its split, over splits
 * (Salimans et al. 2016). Class distributions are the softmax of logits in fp64.
 *
 * @param mean over the splits
 * @param deviation standard deviation over the splits, divided by their number, not one less
 */
public record InceptionScore(double mean, double deviation) {
  /** Splits of the usual figure. */
  public static final int SPLITS = 10;

  /** Images in a split of the ADM evaluator's figure. */
  public static final int ADM_SPLIT = 5000;

  private static final int SEED = 2020;

  /**
   * The figure of torch-fidelity: images shuffled, then cut into equal splits.
   *
   * @param logits one row per image, without the last layer's bias
   * @throws IllegalArgumentException for fewer images than splits
   */
  public static InceptionScore shuffled(Features logits, int splits) {
    if (splits < 1 || logits.count() < splits) {
      throw new IllegalArgumentException(
          "an Inception score over "
              + splits
              + " splits needs at least as many images, not "
              + logits.count());
    }
    int[] order = new MersenneTwister(SEED).permutation(logits.count());
    double[] scores = new double[splits];
    for (int split = 0; split < splits; split++) {
      int from = (int) ((long) split * logits.count() / splits);
      int to = (int) ((long) (split + 1) * logits.count() / splits);
      scores[split] = score(logits, order, from, to);
    }
    return of(scores);
  }

  /**
   * The figure of the ADM evaluator: splits of a size in the order of the file, the last one as
   * small as it comes. Images sorted by class score far too low in it.
   */
  public static InceptionScore inOrder(Features logits, int size) {
    if (size < 1 || logits.count() == 0) {
      throw new IllegalArgumentException("an Inception score needs images and splits of some");
    }
    int[] order = new int[logits.count()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    double[] scores = new double[(logits.count() + size - 1) / size];
    for (int split = 0; split < scores.length; split++) {
      int to = (int) Math.min(logits.count(), (split + 1L) * size);
      scores[split] = score(logits, order, split * size, to);
    }
    return of(scores);
  }

  private static InceptionScore of(double[] scores) {
    double mean = 0;
    for (double score : scores) {
      mean += score / scores.length;
    }
    double variance = 0;
    for (double score : scores) {
      variance += (score - mean) * (score - mean) / scores.length;
    }
    return new InceptionScore(mean, Math.sqrt(variance));
  }

  /** exp(Σ p·log p − Σ p̄·log p̄), the first a mean over images. */
  private static double score(Features logits, int[] order, int from, int to) {
    int width = logits.width();
    double[] mean = new double[width];
    double[] logarithms = new double[width];
    double negentropy = 0;
    for (int i = from; i < to; i++) {
      logSoftmax(logits, order[i], logarithms);
      for (int j = 0; j < width; j++) {
        double p = Math.exp(logarithms[j]);
        mean[j] += p / (to - from);
        negentropy += p == 0 ? 0 : p * logarithms[j] / (to - from);
      }
    }
    for (double p : mean) {
      negentropy -= p == 0 ? 0 : p * Math.log(p);
    }
    return Math.exp(negentropy);
  }

  private static void logSoftmax(Features logits, int row, double[] result) {
    double greatest = Double.NEGATIVE_INFINITY;
    for (int j = 0; j < result.length; j++) {
      greatest = Math.max(greatest, logits.at(row, j));
    }
    double sum = 0;
    for (int j = 0; j < result.length; j++) {
      sum += Math.exp(logits.at(row, j) - greatest);
    }
    double shift = greatest + Math.log(sum);
    for (int j = 0; j < result.length; j++) {
      result[j] = logits.at(row, j) - shift;
    }
  }
}
