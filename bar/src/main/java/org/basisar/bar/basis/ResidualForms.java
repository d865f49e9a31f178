package org.basisar.bar.basis;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * The residual loss in the forms that its closed form ({@link Ops#residualLoss}) is checked and
 * benchmarked against. All are differentiable and take A [N, N], x and prediction ŷ [B, N, C].
 */
public final class ResidualForms {
  private ResidualForms() {}

  /**
   * The paper's Algorithm 1, literally: every prefix reconstruction by its own product, then the
   * mean of everything. Its two slips are mended: the prefix of k tokens holds k tokens, and A's
   * rows are the basis vectors.
   */
  public static Tensor literal(Tensor a, Tensor x, Tensor prediction) {
    int tokens = a.shape().dim(0);
    Tensor[] losses = new Tensor[tokens];
    for (int k = 1; k <= tokens; k++) {
      Tensor basis = a.slice(0, 0, k); // [k, N]
      Tensor coefficients = prediction.slice(1, 0, k); // [B, k, C]
      Tensor reconstruction = Ops.matmul(basis, true, coefficients, false); // [B, N, C]
      losses[k - 1] = Ops.mean(Ops.square(Ops.sub(x, reconstruction)));
    }
    return Ops.mean(Ops.stack(0, losses));
  }

  /** {@link #scan} as one operation, which on a GPU keeps the residual in registers. */
  public static Tensor fusedScan(Tensor a, Tensor x, Tensor prediction) {
    return Ops.residualLoss(Basis.ResidualForm.SCAN, a, x, prediction);
  }

  /** One pass over the prefixes that keeps a running residual R_k = R_{k−1} − ŷ_k a_k. */
  public static Tensor scan(Tensor a, Tensor x, Tensor prediction) {
    int tokens = a.shape().dim(0);
    int batch = x.shape().dim(0);
    int channels = x.shape().dim(2);
    Tensor residual = x; // [B, N, C]
    Tensor[] losses = new Tensor[tokens];
    for (int k = 0; k < tokens; k++) {
      Tensor vector = a.slice(0, k, 1).reshape(1, tokens, 1);
      Tensor coefficient = prediction.slice(1, k, 1).reshape(batch, 1, channels);
      residual = Ops.sub(residual, Ops.mul(vector, coefficient));
      losses[k] = Ops.mean(Ops.square(residual));
    }
    return Ops.mean(Ops.stack(0, losses));
  }
}
