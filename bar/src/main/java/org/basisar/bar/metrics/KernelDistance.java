package org.basisar.bar.metrics;

/**
 * The unbiased estimate of the squared maximum mean discrepancy under the kernel (x·y/width + 1)³:
 * the formula of the kernel inception distance, over all pairs instead of random subsets. It may be
 * slightly negative.
 */
public final class KernelDistance {
  private KernelDistance() {}

  /** The distance of two sets of features of one width, two rows or more each. */
  public static double between(Features left, Features right) {
    Features.requireSameWidth(left, right);
    if (left.count() < 2 || right.count() < 2) {
      throw new IllegalArgumentException("a kernel distance needs two images or more of each kind");
    }
    return within(left) + within(right) - 2 * across(left, right);
  }

  private static double kernel(Features left, int row, Features right, int other) {
    double base = Features.dot(left, row, right, other) / left.width() + 1;
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
