package org.basisar.bar.metrics;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * The unbiased estimate of the squared maximum mean discrepancy under the kernel (x·y/width + 1)³:
 * the formula of the kernel inception distance. It may be slightly negative.
 */
public final class KernelDistance {
  /** Subsets that the usual figure is a mean of. */
  public static final int SUBSETS = 100;

  /** Rows of each of them. */
  public static final int SUBSET_SIZE = 1000;

  private static final int SEED = 2020;

  private KernelDistance() {}

  /**
   * The mean over random subsets and its spread.
   *
   * @param mean of the subsets' distances
   * @param deviation their standard deviation, divided by their number, not one less
   */
  public record Estimate(double mean, double deviation) {}

  /**
   * The usual figure: the mean over random subsets of both sets, drawn as torch-fidelity draws
   * them.
   *
   * @param size rows of a subset, at least 2
   * @throws IllegalArgumentException if a set has fewer rows
   */
  public static Estimate overSubsets(Features left, Features right, int subsets, int size) {
    Features.requireSameWidth(left, right);
    if (size < 2 || left.count() < size || right.count() < size) {
      throw new IllegalArgumentException(
          "a kernel distance over subsets of "
              + size
              + " needs at least 2, and as many images of each kind; there are "
              + left.count()
              + " and "
              + right.count());
    }
    MersenneTwister random = new MersenneTwister(SEED);
    double sum = 0;
    double squares = 0;
    for (int i = 0; i < subsets; i++) {
      double[] first = chosen(left, random.permutation(left.count()), size);
      double[] second = chosen(right, random.permutation(right.count()), size);
      double distance = ofSubsets(first, second, size, left.width());
      sum += distance;
      squares += distance * distance;
    }
    double mean = sum / subsets;
    return new Estimate(mean, Math.sqrt(Math.max(0, squares / subsets - mean * mean)));
  }

  private static double[] chosen(Features set, int[] order, int size) {
    int width = set.width();
    double[] rows = new double[size * width];
    for (int i = 0; i < size; i++) {
      System.arraycopy(set.values(), order[i] * width, rows, i * width, width);
    }
    return rows;
  }

  private static double ofSubsets(double[] first, double[] second, int size, int width) {
    try (Scope _ = Scope.open()) {
      Tensor left = Tensor.of(first, size, width);
      Tensor right = Tensor.of(second, size, width);
      double within = 0;
      for (Tensor set : new Tensor[] {left, right}) {
        double[] products = Ops.matmul(set, false, set, true).toDoubles();
        for (int i = 0; i < products.length; i++) {
          within += i % (size + 1) == 0 ? 0 : kernel(products[i], width);
        }
      }
      double across = 0;
      for (double product : Ops.matmul(left, false, right, true).toDoubles()) {
        across += kernel(product, width);
      }
      return within / ((double) size * (size - 1)) - 2 * across / ((double) size * size);
    }
  }

  /** The distance of two sets over all pairs, two rows or more each. */
  public static double between(Features left, Features right) {
    Features.requireSameWidth(left, right);
    if (left.count() < 2 || right.count() < 2) {
      throw new IllegalArgumentException("a kernel distance needs two images or more of each kind");
    }
    return within(left) + within(right) - 2 * across(left, right);
  }

  private static double kernel(Features left, int row, Features right, int other) {
    return kernel(Features.dot(left, row, right, other), left.width());
  }

  private static double kernel(double product, int width) {
    double base = product / width + 1;
    return base * base * base;
  }

  private static double within(Features set) {
    double sum = 0;
    for (int i = 0; i < set.count(); i++) {
      for (int j = 0; j < i; j++) {
        sum += 2 * kernel(set, i, set, j);
      }
    }
    return sum / ((double) set.count() * (set.count() - 1));
  }

  private static double across(Features left, Features right) {
    double sum = 0;
    for (int i = 0; i < left.count(); i++) {
      for (int j = 0; j < right.count(); j++) {
        sum += kernel(left, i, right, j);
      }
    }
    return sum / ((double) left.count() * right.count());
  }
}
