package org.basisar.tensor;

/**
 * Operations that make numbers: constants and the counter-based random generator of {@link Random}.
 */
public sealed interface Generation extends Op {

  /** A constant tensor; no operands. */
  record Fill(Shape shape, DType dtype, double value) implements Generation {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 0);
      return Checks.one(shape, dtype);
    }
  }

  /** (random state I32 [4]) ↦ independent standard normal numbers. */
  record Normal(Shape shape, DType dtype, int call) implements Generation {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Random.checkState(this, inputs[0]);
      Checks.require(dtype.isFloating(), this, "dtype must be floating, is " + dtype, shape);
      return Checks.one(shape, dtype);
    }
  }

  /** (random state I32 [4]) ↦ independent numbers uniform on [0, 1), multiples of 2⁻²⁴. */
  record Uniform(Shape shape, DType dtype, int call) implements Generation {
    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 1);
      Random.checkState(this, inputs[0]);
      Checks.require(dtype.isFloating(), this, "dtype must be floating, is " + dtype, shape);
      return Checks.one(shape, dtype);
    }
  }

  /**
   * (x, random state I32 [4]) ↦ x with each element zeroed with probability {@code rate}, the
   * others scaled by 1/(1 − rate). Element i is kept when uniform number i of {@code call} is at
   * least {@code rate}; applying the same operation to the gradient is the backward pass, so no
   * mask is stored.
   */
  record Dropout(double rate, int call) implements Generation {
    /** Checks the rate. */
    public Dropout {
      if (!(rate >= 0 && rate < 1)) {
        throw new IllegalArgumentException("dropout: rate must be in [0, 1), is " + rate);
      }
    }

    @Override
    public Output[] infer(Tensor... inputs) {
      Checks.count(this, inputs, 2);
      Checks.floating(this, inputs, 0, 1);
      Random.checkState(this, inputs[1]);
      return Checks.like(inputs[0]);
    }
  }
}
