package org.basisar.tensor;

/**
 * Multi-head attention and its rotary positions. D is the width of all heads together, hd = D /
 * heads; heads are contiguous slices of the width.
 */
public sealed interface AttentionOp extends Op {

  /**
   * (qkv [B, N, 3D], cosine [N, hd], sine [N, hd]) ↦ (query, key, value), each [B, N, D], with
   * query and key rotated. Each pair of neighbouring elements (a, b) of a head turns to (a·cos −
   * b·sin, b·cos + a·sin).
   */
  record RotarySplit(int heads) implements AttentionOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      DType dtype = Checks.floating(this, inputs, 0, 3);
      Checks.rank(this, inputs[0], 3, "qkv");
      Shape shape = inputs[0].shape();
      Checks.require(
          shape.dim(2) % (3 * heads) == 0 && (shape.dim(2) / (3 * heads)) % 2 == 0,
          this,
          "width of qkv " + shape + " must be 3·heads·(even head width) for " + heads + " heads",
          shape);
      Shape table = Shape.of(shape.dim(1), shape.dim(2) / (3 * heads));
      Checks.shape(this, inputs[1], table, "cosine");
      Checks.shape(this, inputs[2], table, "sine");
      Output part = new Output(shape.with(2, shape.dim(2) / 3), dtype);
      return new Output[] {part, part, part};
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * inputs[0].size();
    }
  }

  /** (∂L/∂query, ∂L/∂key, ∂L/∂value, cosine, sine) ↦ ∂L/∂qkv: rotates back and joins. */
  record RotarySplitGradient(int heads) implements AttentionOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 5);
      DType dtype = Checks.floating(this, inputs, 0, 5);
      Checks.rank(this, inputs[0], 3, "query gradient");
      Checks.same(this, inputs[0], inputs[1]);
      Checks.same(this, inputs[0], inputs[2]);
      Shape shape = inputs[0].shape();
      Checks.require(
          shape.dim(2) % heads == 0 && (shape.dim(2) / heads) % 2 == 0,
          this,
          "width of gradient " + shape + " must be heads·(even head width) for " + heads + " heads",
          shape);
      Shape table = Shape.of(shape.dim(1), shape.dim(2) / heads);
      Checks.shape(this, inputs[3], table, "cosine");
      Checks.shape(this, inputs[4], table, "sine");
      return Checks.one(shape.with(2, 3 * shape.dim(2)), dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 2L * outputs[0].shape().size();
    }
  }

  /**
   * (query [B, Nq, D], key [B, Nk, D], value [B, Nk, D] {, random state I32 [4]}) ↦ (softmax(query
   * · keyᵀ / √hd + mask) · value [B, Nq, D], logarithm of each softmax denominator [B, heads, Nq],
   * F32 for BF16).
   *
   * <p>The queries are the last Nq of the Nk positions. With {@code cellTokens > 0} a query sees
   * the keys of its own and of earlier cells of that many tokens; with 0 it sees all. With {@code
   * dropout > 0} the probabilities are dropped by the numbers of {@code call} from the random state
   * (element index ((b·heads + h)·Nq + i)·Nk + j) and scaled by 1/(1 − dropout).
   */
  record Attention(int heads, int cellTokens, double dropout, int call) implements AttentionOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, dropout > 0 ? 4 : 3);
      DType dtype = Checks.floating(this, inputs, 0, 3);
      check(this, heads, cellTokens, inputs[0], inputs[1], inputs[2]);
      if (dropout > 0) {
        Random.checkState(this, inputs[3]);
      }
      Shape query = inputs[0].shape();
      return new Output[] {
        new Output(query, dtype),
        new Output(Shape.of(query.dim(0), heads, query.dim(1)), dtype.statistic())
      };
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * inputs[0].size() * visible(inputs[0], inputs[1], cellTokens);
    }

    static void check(Op op, int heads, int cellTokens, Tensor query, Tensor key, Tensor value) {
      Checks.rank(op, query, 3, "query");
      Checks.rank(op, key, 3, "key");
      Checks.same(op, key, value);
      Shape q = query.shape();
      Shape k = key.shape();
      Checks.require(
          q.dim(0) == k.dim(0) && q.dim(2) == k.dim(2) && q.dim(1) <= k.dim(1),
          op,
          "query " + q + " and key " + k + " must agree in batch and width, queries the fewer",
          q,
          k);
      Checks.require(
          heads > 0 && q.dim(2) % heads == 0,
          op,
          "width of " + q + " is not divisible by " + heads + " heads",
          q);
      Checks.require(
          cellTokens == 0 || (k.dim(1) % cellTokens == 0 && q.dim(1) % cellTokens == 0),
          op,
          "tokens of " + q + " and " + k + " are not whole cells of " + cellTokens,
          q,
          k);
    }

    /** Mean number of keys that a query sees. */
    static long visible(Tensor query, Tensor key, int cellTokens) {
      long keys = key.shape().dim(1);
      return cellTokens == 0 ? keys : (2 * keys - query.shape().dim(1) + cellTokens) / 2;
    }
  }

  /**
   * (query, key, value, output, log denominators, ∂L/∂output {, random state}) ↦ (∂L/∂query,
   * ∂L/∂key, ∂L/∂value); probabilities are computed anew.
   */
  record AttentionGradient(int heads, int cellTokens, double dropout, int call)
      implements AttentionOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, dropout > 0 ? 7 : 6);
      DType dtype = Checks.floating(this, inputs, 0, 4);
      Checks.dtype(this, inputs[4], dtype.statistic(), "log denominators");
      Checks.dtype(this, inputs[5], dtype, "output gradient");
      Attention.check(this, heads, cellTokens, inputs[0], inputs[1], inputs[2]);
      Checks.same(this, inputs[0], inputs[3]);
      Shape query = inputs[0].shape();
      Checks.shape(
          this, inputs[4], Shape.of(query.dim(0), heads, query.dim(1)), "log denominators");
      Checks.same(this, inputs[0], inputs[5]);
      if (dropout > 0) {
        Random.checkState(this, inputs[6]);
      }
      return Checks.like(inputs[0], inputs[1], inputs[2]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 10L * inputs[0].size() * Attention.visible(inputs[0], inputs[1], cellTokens);
    }
  }
}
