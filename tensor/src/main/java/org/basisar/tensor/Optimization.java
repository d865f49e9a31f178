package org.basisar.tensor;

import java.util.stream.IntStream;

/** In-place operations of the training step; none is differentiable. */
public sealed interface Optimization extends Op {

  /** (any number of gradients) ↦ the L2 norm of all their elements, a scalar. */
  record GlobalNorm() implements Optimization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.countBetween(this, inputs, 1, Integer.MAX_VALUE);
      DType dtype = Checks.floating(this, inputs, 0, inputs.length);
      return Checks.one(Shape.SCALAR, dtype);
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      long count = 0;
      for (Tensor input : inputs) {
        count += 2L * input.size();
      }
      return count;
    }
  }

  /**
   * One AdamW step with decoupled weight decay on {@code count} parameters, and the moving average
   * of the weights in the same pass.
   *
   * <p>Operands: control [3] = (learning rate, 1 − β₁ᵗ, 1 − β₂ᵗ), global gradient norm (scalar),
   * then count each of parameters, gradients, first moments, second moments, averages, and last the
   * BF16 copies of the first {@code copies} parameters: they are written with what {@link
   * Elementwise.Cast} makes of the new weights. Gradients are scaled by min(1, maxNorm/(norm +
   * 1e-6)); {@code maxNorm} = ∞ turns clipping off. If the norm is not finite nothing is written: a
   * bad step never reaches the weights.
   */
  record AdamW(
      int count,
      int copies,
      double beta1,
      double beta2,
      double epsilon,
      double weightDecay,
      double maxNorm,
      double averageDecay)
      implements Optimization {
    @Override
    public Output[] infer(Tensor... inputs) {
      if (copies < 0 || copies > count) {
        throw new IllegalArgumentException(
            title() + ": " + copies + " copies are not 0 to " + count + ", one for each parameter");
      }
      Checks.count(this, inputs, 2 + 5 * count + copies);
      Checks.floating(this, inputs, 0, 2 + 5 * count);
      Checks.shape(this, inputs[0], Shape.of(3), "control");
      Checks.shape(this, inputs[1], Shape.SCALAR, "norm");
      for (int i = 0; i < count; i++) {
        for (int part = 1; part < 5; part++) {
          Checks.same(this, inputs[2 + i], inputs[2 + part * count + i]);
        }
      }
      for (int i = 0; i < copies; i++) {
        Tensor copy = inputs[2 + 5 * count + i];
        Checks.dtype(this, copy, DType.BF16, "copy");
        Checks.same(this, inputs[2 + i], copy);
      }
      return new Output[0];
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      long elements = 0;
      for (int i = 0; i < count; i++) {
        elements += inputs[2 + i].size();
      }
      return 14 * elements;
    }

    @Override
    public int[] mutates(Tensor... inputs) {
      return IntStream.concat(
              IntStream.range(2, 2 + count), IntStream.range(2 + 2 * count, 2 + 5 * count + copies))
          .toArray();
    }
  }

  /** (destination, source): destination ← source. */
  record CopyInto() implements Optimization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.dtype(this, inputs[1], inputs[0].dtype(), "source");
      Checks.same(this, inputs[0], inputs[1]);
      return new Output[0];
    }

    @Override
    public int[] mutates(Tensor... inputs) {
      return new int[] {0};
    }
  }

  /** (destination, source): destination ← destination + source. */
  record AddInto() implements Optimization {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 2);
      Checks.same(this, inputs[0], inputs[1]);
      return new Output[0];
    }

    @Override
    public long flops(Tensor[] inputs, Output[] outputs) {
      return inputs[0].size();
    }

    @Override
    public int[] mutates(Tensor... inputs) {
      return new int[] {0};
    }
  }
}
