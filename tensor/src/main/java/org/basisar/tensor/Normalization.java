package org.basisar.tensor;

/** Normalisations over the last axis; statistics in at least fp32. */
public sealed interface Normalization extends Op {

  /** (x [..., D] {, weight [D]}) ↦ x · rsqrt(mean x² + epsilon) · weight. */
  record RmsNorm(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.countBetween(this, inputs, 1, 2);
      Checks.floating(this, inputs, 0, inputs.length);
      Checks.rankAtLeast(this, inputs[0], 1);
      if (inputs.length == 2) {
        Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(-1)), "weight");
      }
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * inputs[0].size();
    }
  }

  /** (x {, weight}, ∂L/∂y) ↦ (∂L/∂x {, ∂L/∂weight}). */
  record RmsNormGradient(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.countBetween(this, inputs, 2, 3);
      Checks.floating(this, inputs, 0, inputs.length);
      Checks.rankAtLeast(this, inputs[0], 1);
      Checks.same(this, inputs[0], inputs[inputs.length - 1]);
      if (inputs.length == 3) {
        Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(-1)), "weight");
      }
      return inputs.length == 2 ? Checks.like(inputs[0]) : Checks.like(inputs[0], inputs[1]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 9L * inputs[0].size();
    }
  }

  /**
   * (x [B, N, D], scale [B, G, D], shift [B, G, D]) ↦ rms(x)·(1 + scale) + shift, where rms has no
   * weight and token n uses row n·G/N of scale and shift (adaptive normalisation).
   */
  record RmsNormModulate(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Groups.check(this, inputs[0], inputs[1], "scale");
      Groups.check(this, inputs[0], inputs[2], "shift");
      Checks.same(this, inputs[1], inputs[2]);
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 6L * inputs[0].size();
    }
  }

  /** (x, scale, ∂L/∂y) ↦ (∂L/∂x, ∂L/∂scale, ∂L/∂shift). */
  record RmsNormModulateGradient(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 3);
      Checks.floating(this, inputs, 0, 3);
      Groups.check(this, inputs[0], inputs[1], "scale");
      Checks.same(this, inputs[0], inputs[2]);
      return Checks.like(inputs[0], inputs[1], inputs[1]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 12L * inputs[0].size();
    }
  }

  /** (x [..., D] {, weight [D], bias [D]}) ↦ (x − mean)·rsqrt(var + epsilon)·weight + bias. */
  record LayerNorm(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.require(
          inputs.length == 1 || inputs.length == 3, this, "takes x, or x with weight and bias");
      Checks.floating(this, inputs, 0, inputs.length);
      Checks.rankAtLeast(this, inputs[0], 1);
      for (int i = 1; i < inputs.length; i++) {
        Checks.shape(
            this, inputs[i], Shape.of(inputs[0].shape().dim(-1)), i == 1 ? "weight" : "bias");
      }
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 7L * inputs[0].size();
    }
  }

  /** (x {, weight}, ∂L/∂y) ↦ (∂L/∂x {, ∂L/∂weight, ∂L/∂bias}). */
  record LayerNormGradient(double epsilon) implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.countBetween(this, inputs, 2, 3);
      Checks.floating(this, inputs, 0, inputs.length);
      Checks.rankAtLeast(this, inputs[0], 1);
      Checks.same(this, inputs[0], inputs[inputs.length - 1]);
      if (inputs.length == 3) {
        Checks.shape(this, inputs[1], Shape.of(inputs[0].shape().dim(-1)), "weight");
      }
      return inputs.length == 2
          ? Checks.like(inputs[0])
          : Checks.like(inputs[0], inputs[1], inputs[1]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 14L * inputs[0].size();
    }
  }

  /** x ↦ softmax over the last axis. */
  record Softmax() implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Checks.floating(this, inputs, 0, 1);
      Checks.rankAtLeast(this, inputs[0], 1);
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * inputs[0].size();
    }
  }

  /** (y = softmax(x), ∂L/∂y) ↦ ∂L/∂x. */
  record SoftmaxGradient() implements Normalization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 2);
      Checks.same(this, inputs[0], inputs[1]);
      return Checks.like(inputs[0]);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return 4L * inputs[0].size();
    }
  }
}
