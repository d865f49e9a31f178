package org.basisar.tensor;

/** Matrix products. */
public sealed interface Matrix extends Op {

  /**
   * (left [..., m, k], right [..., k, n]) ↦ [..., m, n]; leading axes broadcast. A transposed
   * operand is stored with its last two axes exchanged.
   */
  record MatMul(boolean transposeLeft, boolean transposeRight) implements Matrix {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      DType dtype = Checks.floating(this, inputs, 0, 2);
      Checks.rankAtLeast(this, inputs[0], 2);
      Checks.rankAtLeast(this, inputs[1], 2);
      Shape left = inputs[0].shape();
      Shape right = inputs[1].shape();
      int m = left.dim(transposeLeft ? -1 : -2);
      int innerLeft = left.dim(transposeLeft ? -2 : -1);
      int innerRight = right.dim(transposeRight ? -1 : -2);
      int n = right.dim(transposeRight ? -2 : -1);
      Checks.require(
          innerLeft == innerRight,
          this,
          "inner extents differ, left "
              + left
              + (transposeLeft ? " (transposed)" : "")
              + ", right "
              + right
              + (transposeRight ? " (transposed)" : ""),
          left,
          right);
      Shape batch =
          Shape.broadcast(title(), left.without(-1).without(-1), right.without(-1).without(-1));
      return Checks.one(batch.insert(batch.rank(), m).insert(batch.rank() + 1, n), dtype);
    }

    /** The extent that is summed over. */
    public int inner(Tensor left) {
      return left.shape().dim(transposeLeft ? -2 : -1);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * outputs[0].shape().size() * inner(inputs[0]);
    }
  }

  /** What happens to a linear layer's result while it is still in cache. */
  enum Epilogue {
    NONE,
    /** Exact GELU of the biased result. */
    GELU
  }

  /**
   * (x [..., K], weight [M, K] {, bias [M]} {, residual [..., M]}) ↦ epilogue(x·weightᵀ + bias) +
   * residual, shape [..., M].
   */
  record Linear(boolean bias, boolean residual, Epilogue epilogue) implements Matrix {
    @Override
    public Output[] infer(Tensor... inputs) {
      int count = 2 + (bias ? 1 : 0) + (residual ? 1 : 0);
      Checks.count(this, inputs, count);
      DType dtype = Checks.floating(this, inputs, 0, count);
      Checks.rankAtLeast(this, inputs[0], 1);
      Checks.rank(this, inputs[1], 2, "weight");
      Shape x = inputs[0].shape();
      Shape weight = inputs[1].shape();
      Checks.require(
          x.dim(-1) == weight.dim(1),
          this,
          "x " + x + " and weight " + weight + " differ in their last extent",
          x,
          weight);
      Shape out = x.with(-1, weight.dim(0));
      if (bias) {
        Checks.shape(this, inputs[2], Shape.of(weight.dim(0)), "bias");
      }
      if (residual) {
        Checks.shape(this, inputs[count - 1], out, "residual");
      }
      return Checks.one(out, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * outputs[0].shape().size() * inputs[1].shape().dim(1);
    }
  }
}
