package org.basisar.tensor.cpu;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Launch;

/**
 * Column sums inside a product. The gradient of a weight is a product that reads all rows of the
 * result's gradient; the gradient of a bias is their sum. Where one follows the other in a captured
 * program, one pass over the rows does for both. The bits are the same.
 */
final class JoinedSums implements Launch {
  private final Gemm product;
  private final ColumnSums sums;

  private JoinedSums(Gemm product, ColumnSums sums) {
    this.product = product;
    this.sums = sums;
  }

  /** The launches with those joined that can be. */
  static List<Launch> in(List<Launch> launches) {
    List<Launch> result = new ArrayList<>();
    for (Launch launch : launches) {
      if (!result.isEmpty()
          && launch instanceof BoundLaunch after
          && after.launch() instanceof ColumnSums sums
          && result.getLast() instanceof BoundLaunch before
          && before.launch() instanceof FastMatrix.Product(Gemm product)
          && product.sharesRows(sums)
          && before.reads().stream().noneMatch(after::overwrites)
          && before.writes().stream().noneMatch(after::overwrites)) {
        result.set(result.size() - 1, new JoinedSums(product, sums));
      } else {
        result.add(launch);
      }
    }
    return result;
  }

  @Override
  public void run() {
    product.execute(sums);
  }
}
