package org.basisar.tensor;

/**
 * Operations of the paper itself: the basis transform on the token axis, the orthogonality of the
 * basis, and the residual loss.
 */
public sealed interface Basis extends Op {

  /**
   * (A [M, N], x [B, N, C]) ↦ A·x [B, M, C], the same A for every image and channel (paper eq. 4).
   * Transposed: (A [M, N], x [B, M, C]) ↦ Aᵀ·x [B, N, C].
   */
  record Transform(boolean transposed) implements Basis {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      Checks.rank(this, inputs[0], 2, "A");
      Checks.rank(this, inputs[1], 3, "tokens");
      Shape a = inputs[0].shape();
      Shape x = inputs[1].shape();
      Checks.require(
          x.dim(1) == a.dim(transposed ? 0 : 1),
          this,
          "tokens " + x + " do not fit A " + a + (transposed ? " (transposed)" : ""),
          a,
          x);
      return Checks.one(x.with(1, a.dim(transposed ? 1 : 0)), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * inputs[0].size() * inputs[1].shape().dim(0) * inputs[1].shape().dim(2);
    }
  }

  /**
   * (A [M, N], x [B, N, C], noise ε [B, M, C], time t [B, G]) ↦ (y = A·x [B, M, C], y_t = (1 − t)·y
   * + t·ε [B, M, C]) with one time per image and group of M/G tokens of y: what a flow network in
   * the basis is trained on (paper eqs. 4, 19 and 23).
   */
  record NoisyTransform() implements Basis {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 4);
      DType dtype = Checks.floating(this, inputs, 0, 4);
      Checks.rank(this, inputs[0], 2, "A");
      Checks.rank(this, inputs[1], 3, "tokens");
      Shape a = inputs[0].shape();
      Shape x = inputs[1].shape();
      Checks.require(x.dim(1) == a.dim(1), this, "tokens " + x + " do not fit A " + a, a, x);
      Shape y = x.with(1, a.dim(0));
      Checks.shape(this, inputs[2], y, "noise");
      Groups.checkTime(this, y, inputs[3]);
      return new Output[] {new Output(y, dtype), new Output(y, dtype)};
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return (2L * inputs[0].shape().dim(1) + 3) * outputs[0].shape().size();
    }
  }

  /** (p [B, M, C], q [B, N, C]) ↦ Σ over images of p·qᵀ, [M, N]; images are added in order. */
  record OuterSum() implements Basis {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      Checks.rank(this, inputs[0], 3, "left");
      Checks.rank(this, inputs[1], 3, "right");
      Shape p = inputs[0].shape();
      Shape q = inputs[1].shape();
      Checks.require(
          p.dim(0) == q.dim(0) && p.dim(2) == q.dim(2),
          this,
          "left " + p + " and right " + q + " must agree in batch and channels",
          p,
          q);
      return Checks.one(Shape.of(p.dim(1), q.dim(1)), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * inputs[0].size() * inputs[1].shape().dim(1);
    }
  }

  /**
   * (A [N, N]) ↦ (mean of D² over entries, ‖D‖_F, D [N, N]) with D = A·Aᵀ − I: the regulariser as
   * the paper's Algorithm 1 writes it, and the norm that certifies that no singular value has left
   * its band. Results have the dtype's {@link DType#statistic}.
   */
  record Orthogonality() implements Basis {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      DType dtype = Checks.floating(this, inputs, 0, 1).statistic();
      Checks.rank(this, inputs[0], 2, "A");
      Shape a = inputs[0].shape();
      Checks.require(
          a.dim(0) == a.dim(1) && a.dim(0) > 0, this, "A must be square and not empty, is " + a, a);
      return new Output[] {
        new Output(Shape.SCALAR, dtype), new Output(Shape.SCALAR, dtype), new Output(a, dtype)
      };
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * inputs[0].size() * (inputs[0].shape().dim(0) + 1);
    }
  }

  /** How a device is to compute the residual loss; the results differ in rounding only. */
  enum ResidualForm {
    /** By the closed form below: matrix products. */
    CLOSED("residualLoss"),
    /**
     * By its definition, in one pass that keeps the running residual. No device is better off with
     * it; it is there to be compared with. A GPU takes at most 1024 tokens.
     */
    SCAN("residualScan");

    private final String title;

    ResidualForm(String title) {
      this.title = title;
    }
  }

  /**
   * (A [N, N], x [B, N, C], prediction ŷ [B, N, C]) ↦ the mean over k, tokens, channels and images
   * of (x − Σ_{l≤k} ŷ_l a_l)², k = 1 … N (paper eq. 10), by its closed form and for any A:
   *
   * <p>Σ_k‖R_k‖² = N‖x‖² − 2 Σ_l w_l⟨ŷ_l, (A·x)_l⟩ + Σ_lm W_lm (A·Aᵀ)_lm ⟨ŷ_l, ŷ_m⟩ with w_l = N −
   * l and W_lm = N − max(l, m), 0-based.
   */
  record ResidualLoss(ResidualForm form) implements Basis {
    /** In closed form. */
    public ResidualLoss() {
      this(ResidualForm.CLOSED);
    }

    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      DType dtype = Checks.floating(this, inputs, 0, 3);
      check(this, inputs);
      return Checks.one(Shape.SCALAR, dtype);
    }

    @Override
    public String title() {
      return form.title;
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * inputs[1].size() * inputs[0].shape().dim(0);
    }

    static void check(Op op, Tensor[] inputs) {
      Checks.rank(op, inputs[0], 2, "A");
      Checks.rank(op, inputs[1], 3, "tokens");
      Checks.same(op, inputs[1], inputs[2]);
      int n = inputs[1].shape().dim(1);
      Checks.shape(op, inputs[0], Shape.of(n, n), "A");
    }
  }

  /** (A, x, ŷ, ∂L/∂loss scalar) ↦ (∂L/∂A explicit part, ∂L/∂x, ∂L/∂ŷ). */
  record ResidualLossGradient(ResidualForm form) implements Basis {
    /** In closed form. */
    public ResidualLossGradient() {
      this(ResidualForm.CLOSED);
    }

    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 4);
      Checks.floating(this, inputs, 0, 4);
      ResidualLoss.check(this, inputs);
      Checks.shape(this, inputs[3], Shape.SCALAR, "gradient");
      return Checks.like(inputs[0], inputs[1], inputs[2]);
    }

    @Override
    public String title() {
      return form.title + "Gradient";
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 10L * inputs[1].size() * inputs[0].shape().dim(0);
    }
  }
}
