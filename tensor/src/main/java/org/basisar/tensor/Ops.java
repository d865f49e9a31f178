package org.basisar.tensor;

import java.util.List;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.jspecify.annotations.Nullable;

/**
 * One method per operation, on tensors. Results belong to the innermost open {@link Scope}; shapes
 * that do not fit throw {@link ShapeException} before anything runs.
 */
public final class Ops {
  private Ops() {}

  private static Tensor one(Op op, Tensor... inputs) {
    return Engine.run(op, inputs)[0];
  }

  // Elementwise, one operand.

  /** f(x) for a function of one variable. */
  public static Tensor unary(UnaryKind kind, Tensor x) {
    return one(new Elementwise.Unary(kind), x);
  }

  /** −x. */
  public static Tensor neg(Tensor x) {
    return unary(UnaryKind.NEG, x);
  }

  /** eˣ. */
  public static Tensor exp(Tensor x) {
    return unary(UnaryKind.EXP, x);
  }

  /** Natural logarithm. */
  public static Tensor log(Tensor x) {
    return unary(UnaryKind.LOG, x);
  }

  /** √x. */
  public static Tensor sqrt(Tensor x) {
    return unary(UnaryKind.SQRT, x);
  }

  /** 1/√x. */
  public static Tensor rsqrt(Tensor x) {
    return unary(UnaryKind.RSQRT, x);
  }

  /** x². */
  public static Tensor square(Tensor x) {
    return unary(UnaryKind.SQUARE, x);
  }

  /** |x|. */
  public static Tensor abs(Tensor x) {
    return unary(UnaryKind.ABS, x);
  }

  /** 1/(1 + e⁻ˣ). */
  public static Tensor sigmoid(Tensor x) {
    return unary(UnaryKind.SIGMOID, x);
  }

  /** x·sigmoid(x). */
  public static Tensor silu(Tensor x) {
    return unary(UnaryKind.SILU, x);
  }

  /** x·Φ(x), exact. */
  public static Tensor gelu(Tensor x) {
    return unary(UnaryKind.GELU, x);
  }

  /** Hyperbolic tangent. */
  public static Tensor tanh(Tensor x) {
    return unary(UnaryKind.TANH, x);
  }

  /** Sine of radians. */
  public static Tensor sin(Tensor x) {
    return unary(UnaryKind.SIN, x);
  }

  /** Cosine of radians. */
  public static Tensor cos(Tensor x) {
    return unary(UnaryKind.COS, x);
  }

  /** Rounds toward zero. */
  public static Tensor trunc(Tensor x) {
    return unary(UnaryKind.TRUNC, x);
  }

  /** scale·x + shift. */
  public static Tensor affine(Tensor x, double scale, double shift) {
    return one(new Elementwise.Affine(scale, shift), x);
  }

  /** factor·x. */
  public static Tensor scale(Tensor x, double factor) {
    return affine(x, factor, 0);
  }

  /** x^exponent. */
  public static Tensor power(Tensor x, double exponent) {
    return one(new Elementwise.Power(exponent), x);
  }

  /** x limited to [least, most]. */
  public static Tensor clamp(Tensor x, double least, double most) {
    return one(new Elementwise.Clamp(least, most), x);
  }

  /**
   * x in another dtype; x itself if it has it already. F64 is made on the CPU, wherever x lies; no
   * gradient flows back to another device.
   */
  public static Tensor cast(Tensor x, DType dtype) {
    if (dtype == DType.F64 && x.device() != Device.CPU) {
      return cast(x.to(Device.CPU), dtype);
    }
    return x.dtype() == dtype ? x : one(new Elementwise.Cast(dtype), x);
  }

  /**
   * What {@link #cast} makes of x, where another tensor already holds it: nothing is computed, and
   * gradients flow to x as through the cast.
   *
   * @param held of x's shape, on its device; its owner keeps it up to date
   * @return a view of {@code held}
   */
  public static Tensor castTo(Tensor x, Tensor held) {
    return Engine.held(new Elementwise.Cast(held.dtype()), held, x);
  }

  // Elementwise, several operands.

  /** f(x, y), broadcast. */
  public static Tensor binary(BinaryKind kind, Tensor x, Tensor y) {
    return one(new Elementwise.Binary(kind), x, y);
  }

  /** x + y, broadcast. */
  public static Tensor add(Tensor x, Tensor y) {
    return binary(BinaryKind.ADD, x, y);
  }

  /** x − y, broadcast. */
  public static Tensor sub(Tensor x, Tensor y) {
    return binary(BinaryKind.SUB, x, y);
  }

  /** x·y, broadcast. */
  public static Tensor mul(Tensor x, Tensor y) {
    return binary(BinaryKind.MUL, x, y);
  }

  /** x/y, broadcast. */
  public static Tensor div(Tensor x, Tensor y) {
    return binary(BinaryKind.DIV, x, y);
  }

  /** The greater of x and y, broadcast. */
  public static Tensor max(Tensor x, Tensor y) {
    return binary(BinaryKind.MAX, x, y);
  }

  /** The lesser of x and y, broadcast. */
  public static Tensor min(Tensor x, Tensor y) {
    return binary(BinaryKind.MIN, x, y);
  }

  /** U8 mask of a relation between tensors of equal shape. */
  public static Tensor compare(CompareKind kind, Tensor x, Tensor y) {
    return one(new Elementwise.Compare(kind), x, y);
  }

  /** x where the U8 condition holds, else y; equal shapes. */
  public static Tensor where(Tensor condition, Tensor x, Tensor y) {
    return one(new Elementwise.Where(), condition, x, y);
  }

  /** gelu(gate)·value. */
  public static Tensor gatedGelu(Tensor gate, Tensor value) {
    return one(new Elementwise.GatedGelu(), gate, value);
  }

  /** x + gate·y with one gate row [B, G, D] per run of tokens. */
  public static Tensor gateResidual(Tensor x, Tensor y, Tensor gate) {
    return one(new Elementwise.GateResidual(), x, y, gate);
  }

  /** (1 − time)·x + time·noise with time [B, G]. */
  public static Tensor interpolate(Tensor x, Tensor noise, Tensor time) {
    return one(new Elementwise.Interpolate(), x, noise, time);
  }

  // Reductions.

  /** Reduces one axis, which disappears. */
  public static Tensor reduce(Reduction.Kind kind, Tensor x, int axis) {
    return one(new Reduction.Reduce(kind, axis), x);
  }

  /** Sum over one axis. */
  public static Tensor sum(Tensor x, int axis) {
    return reduce(Reduction.Kind.SUM, x, axis);
  }

  /** Mean over one axis. */
  public static Tensor mean(Tensor x, int axis) {
    return reduce(Reduction.Kind.MEAN, x, axis);
  }

  /** Sum of all elements, a scalar. */
  public static Tensor sum(Tensor x) {
    return one(new Reduction.ReduceAll(Reduction.Kind.SUM), x);
  }

  /** Mean of all elements, a scalar. */
  public static Tensor mean(Tensor x) {
    return one(new Reduction.ReduceAll(Reduction.Kind.MEAN), x);
  }

  /** Greatest element, a scalar. */
  public static Tensor max(Tensor x) {
    return one(new Reduction.ReduceAll(Reduction.Kind.MAX), x);
  }

  /** L2 norm of all elements, a scalar. */
  public static Tensor norm(Tensor x) {
    return one(new Reduction.ReduceAll(Reduction.Kind.NORM), x);
  }

  /** log Σ exp over one axis. */
  public static Tensor logSumExp(Tensor x, int axis) {
    return reduce(Reduction.Kind.LOG_SUM_EXP, x, axis);
  }

  /** Sums x down to a shape that broadcasts to x's; x itself if it has it already. */
  public static Tensor sumTo(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x : one(new Reduction.SumTo(shape), x);
  }

  /** Mean cross-entropy of logits [R, K] against labels I32 [R]. */
  public static Tensor crossEntropy(Tensor logits, Tensor labels) {
    return one(new Reduction.CrossEntropy(), logits, labels);
  }

  // Movement.

  /** Same elements, another shape; one extent may be -1 and is then worked out. */
  public static Tensor reshape(Tensor x, int... dims) {
    int[] resolved = dims.clone();
    int known = 1;
    int unknown = -1;
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] == -1) {
        unknown = i;
      } else {
        known *= dims[i];
      }
    }
    if (unknown >= 0) {
      resolved[unknown] = known == 0 ? 0 : x.size() / known;
    }
    return one(new Movement.Reshape(Shape.of(resolved)), x);
  }

  /** Axes in another order. */
  public static Tensor permute(Tensor x, List<Integer> order) {
    return one(new Movement.Permute(order), x);
  }

  /** The last two axes exchanged. */
  public static Tensor transpose(Tensor x) {
    Integer[] order = new Integer[x.shape().rank()];
    for (int i = 0; i < order.length; i++) {
      order[i] = i;
    }
    order[order.length - 1] = order.length - 2;
    order[order.length - 2] = order.length - 1;
    return permute(x, List.of(order));
  }

  /** Entries start … start+length−1 of one axis. */
  public static Tensor slice(Tensor x, int axis, int start, int length) {
    return one(new Movement.Slice(axis, start, length), x);
  }

  /** Broadcast to a shape. */
  public static Tensor expand(Tensor x, Shape shape) {
    return x.shape().equals(shape) ? x : one(new Movement.Expand(shape), x);
  }

  /** A dense copy, or x itself if it is dense. */
  public static Tensor contiguous(Tensor x) {
    return x.isDense() ? x : one(new Movement.Contiguous(), x);
  }

  /** Joined along an axis. */
  public static Tensor concat(int axis, Tensor... parts) {
    return one(new Movement.Concat(axis), parts);
  }

  /** Joined along a new axis. */
  public static Tensor stack(int axis, Tensor... parts) {
    Tensor[] raised = new Tensor[parts.length];
    for (int i = 0; i < parts.length; i++) {
      raised[i] = reshape(parts[i], parts[i].shape().insert(axis, 1).dims());
    }
    return concat(axis, raised);
  }

  /** Cut into equal parts along an axis. */
  public static Tensor[] split(Tensor x, int axis, int parts) {
    return Engine.run(new Movement.Split(axis, parts), x);
  }

  /** Zeros added at both ends of an axis. */
  public static Tensor pad(Tensor x, int axis, int before, int after) {
    return one(new Movement.Pad(axis, before, after), x);
  }

  /** Entries of an axis chosen by an I32 index. */
  public static Tensor gather(Tensor x, int axis, Tensor index) {
    return one(new Movement.Gather(axis), x, index);
  }

  /** The transpose of {@link #gather}. */
  public static Tensor scatterAdd(Tensor x, int axis, Tensor index, int extent) {
    return one(new Movement.ScatterAdd(axis, extent), x, index);
  }

  /** Rows of a table chosen by an I32 index of any shape. */
  public static Tensor embedding(Tensor table, Tensor index) {
    return one(new Movement.Embedding(), table, index);
  }

  // Matrix products.

  /** left·right. */
  public static Tensor matmul(Tensor left, Tensor right) {
    return matmul(left, false, right, false);
  }

  /** left·right with either operand's last two axes exchanged first. */
  public static Tensor matmul(
      Tensor left, boolean transposeLeft, Tensor right, boolean transposeRight) {
    return one(new Matrix.MatMul(transposeLeft, transposeRight), left, right);
  }

  /** x·weightᵀ + bias; the bias may be null. */
  public static Tensor linear(Tensor x, Tensor weight, @Nullable Tensor bias) {
    return linear(x, weight, bias, null, Matrix.Epilogue.NONE);
  }

  /** epilogue(x·weightᵀ + bias) + residual; bias and residual may be null. */
  public static Tensor linear(
      Tensor x,
      Tensor weight,
      @Nullable Tensor bias,
      @Nullable Tensor residual,
      Matrix.Epilogue epilogue) {
    Matrix.Linear op = new Matrix.Linear(bias != null, residual != null, epilogue);
    if (bias != null) {
      return residual != null ? one(op, x, weight, bias, residual) : one(op, x, weight, bias);
    }
    return residual != null ? one(op, x, weight, residual) : one(op, x, weight);
  }

  // Images.

  /**
   * Two-dimensional cross-correlation of images [B, C, H, W] with a weight [O, C, kH, kW]; the bias
   * [O] may be null. {@code padding} zeros surround the image.
   */
  public static Tensor convolve(
      Tensor x, Tensor weight, @Nullable Tensor bias, int stride, int padding) {
    Convolution.Convolve op = new Convolution.Convolve(stride, padding, bias != null);
    return bias == null ? one(op, x, weight) : one(op, x, weight, bias);
  }

  /** Images [B, C, H, W] with every pixel repeated twice in both directions: [B, C, 2H, 2W]. */
  public static Tensor upsampleNearest(Tensor x) {
    Shape shape = x.shape();
    int lead = shape.dim(0) * shape.dim(1);
    int height = shape.dim(2);
    int width = shape.dim(3);
    Tensor pixels = reshape(x, lead * height, 1, width, 1);
    Tensor repeated = contiguous(expand(pixels, Shape.of(lead * height, 2, width, 2)));
    return reshape(repeated, shape.dim(0), shape.dim(1), 2 * height, 2 * width);
  }

  // Normalisation and attention.

  /** x·rsqrt(mean x² + epsilon)·weight over the last axis; the weight may be null. */
  public static Tensor rmsNorm(Tensor x, @Nullable Tensor weight, double epsilon) {
    Normalization.RmsNorm op = new Normalization.RmsNorm(epsilon);
    return weight == null ? one(op, x) : one(op, x, weight);
  }

  /** rms(x)·(1 + scale) + shift with scale and shift [B, G, D]. */
  public static Tensor rmsNormModulate(Tensor x, Tensor scale, Tensor shift, double epsilon) {
    return one(new Normalization.RmsNormModulate(epsilon), x, scale, shift);
  }

  /** Layer norm over the last axis; weight and bias both given or both null. */
  public static Tensor layerNorm(
      Tensor x, @Nullable Tensor weight, @Nullable Tensor bias, double epsilon) {
    Normalization.LayerNorm op = new Normalization.LayerNorm(epsilon);
    return weight == null || bias == null ? one(op, x) : one(op, x, weight, bias);
  }

  /** Softmax over the last axis. */
  public static Tensor softmax(Tensor x) {
    return one(new Normalization.Softmax(), x);
  }

  /** (query, key, value) from a joint projection, with rotary positions on query and key. */
  public static Tensor[] rotarySplit(Tensor qkv, Tensor cosine, Tensor sine, int heads) {
    return Engine.run(new AttentionOp.RotarySplit(heads), qkv, cosine, sine);
  }

  /** Multi-head attention; see {@link AttentionOp.Attention}. */
  public static Tensor attention(
      Tensor query, Tensor key, Tensor value, int heads, int cellTokens) {
    return one(new AttentionOp.Attention(heads, cellTokens, 0, 0), query, key, value);
  }

  /** Multi-head attention with dropped probabilities. */
  public static Tensor attention(
      Tensor query,
      Tensor key,
      Tensor value,
      int heads,
      int cellTokens,
      double dropout,
      Random random) {
    if (dropout == 0) {
      return attention(query, key, value, heads, cellTokens);
    }
    return one(
        new AttentionOp.Attention(heads, cellTokens, dropout, random.nextCall()),
        query,
        key,
        value,
        random.state());
  }

  // The basis.

  /** A·x on the token axis (Aᵀ·x if transposed). */
  public static Tensor basisTransform(Tensor a, Tensor x, boolean transposed) {
    return one(new Basis.Transform(transposed), a, x);
  }

  /** (y, y_t): y = A·x and (1 − time)·y + time·noise with time [B, G]. */
  public static Tensor[] noisyTransform(Tensor a, Tensor x, Tensor noise, Tensor time) {
    return Engine.run(new Basis.NoisyTransform(), a, x, noise, time);
  }

  /** Σ over images of p·qᵀ. */
  public static Tensor outerSum(Tensor p, Tensor q) {
    return one(new Basis.OuterSum(), p, q);
  }

  /** (mean of (A·Aᵀ − I)², ‖A·Aᵀ − I‖_F, A·Aᵀ − I). */
  public static Tensor[] orthogonality(Tensor a) {
    return Engine.run(new Basis.Orthogonality(), a);
  }

  /** Residual loss in closed form; see {@link Basis.ResidualLoss}. */
  public static Tensor residualLoss(Tensor a, Tensor x, Tensor prediction) {
    return one(new Basis.ResidualLoss(), a, x, prediction);
  }

  /** Residual loss in a form that is chosen by hand. */
  public static Tensor residualLoss(
      Basis.ResidualForm form, Tensor a, Tensor x, Tensor prediction) {
    return one(new Basis.ResidualLoss(form), a, x, prediction);
  }

  // Constants and in-place operations.

  /** A constant tensor on the current device. */
  public static Tensor fill(Shape shape, DType dtype, double value) {
    return one(new Generation.Fill(shape, dtype, value));
  }

  /** A constant tensor of the shape, dtype and device of another. */
  public static Tensor fillLike(Tensor like, double value) {
    return like.device().call(() -> fill(like.shape(), like.dtype(), value));
  }

  /** L2 norm over many tensors, a scalar. */
  public static Tensor globalNorm(Tensor... tensors) {
    return one(new Optimization.GlobalNorm(), tensors);
  }

  /** destination ← source. */
  public static void copyInto(Tensor destination, Tensor source) {
    Engine.run(new Optimization.CopyInto(), destination, source);
  }

  /** destination ← destination + source. */
  public static void addInto(Tensor destination, Tensor source) {
    Engine.run(new Optimization.AddInto(), destination, source);
  }
}
