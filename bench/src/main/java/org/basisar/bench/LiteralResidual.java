package org.basisar.bench;

import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * The residual loss as the paper's Algorithm 1 writes it, with the memory it takes: a list of all
 * prefix reconstructions, stacked to [B, N, N, C], minus x, squared, averaged. Its two slips are
 * mended: the prefix of k tokens holds k tokens, and A's rows are the basis vectors.
 */
final class LiteralResidual {
  private LiteralResidual() {}

  /** The loss of A [N, N], x and prediction [B, N, C]. */
  static Tensor loss(Tensor a, Tensor x, Tensor prediction) {
    int tokens = a.shape().dim(0);
    Tensor[] reconstructions = new Tensor[tokens];
    for (int k = 1; k <= tokens; k++) {
      Tensor basis = a.slice(0, 0, k); // [k, N]
      Tensor coefficients = prediction.slice(1, 0, k); // [B, k, C]
      reconstructions[k - 1] = Ops.matmul(basis, true, coefficients, false); // [B, N, C]
    }
    Tensor stacked = Ops.stack(1, reconstructions); // [B, N, N, C]
    Tensor whole = x.reshape(x.shape().dim(0), 1, tokens, x.shape().dim(2));
    return Ops.mean(Ops.square(Ops.sub(stacked, whole)));
  }
}
