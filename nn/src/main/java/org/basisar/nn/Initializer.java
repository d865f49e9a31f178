package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Initial values of a parameter. */
@FunctionalInterface
public interface Initializer {
  /** Makes a dense tensor; draws from {@code random} if it needs chance. */
  Tensor create(Shape shape, DType dtype, Random random);

  /** Every element the same. */
  static Initializer constant(double value) {
    return (shape, dtype, _) -> Ops.fill(shape, dtype, value);
  }

  /** Independent normal numbers with mean 0. */
  static Initializer normal(double standardDeviation) {
    return (shape, dtype, random) ->
        Ops.scale(random.normal(dtype, shape.dims()), standardDeviation);
  }

  /**
   * Uniform within ±√(6/(fan in + fan out)), where a matrix [out, in] has these fans (Glorot and
   * Bengio 2010).
   *
   * @throws IllegalArgumentException if the shape is no matrix
   */
  static Initializer xavierUniform() {
    return (shape, dtype, random) -> {
      if (shape.rank() != 2) {
        throw new IllegalArgumentException("xavier uniform needs a matrix, shape is " + shape);
      }
      double bound = Math.sqrt(6.0 / (shape.dim(0) + shape.dim(1)));
      return Ops.affine(random.uniform(dtype, shape.dims()), 2 * bound, -bound);
    };
  }

  /**
   * Uniform within ±1/√(fan in), the fan in being the product of all extents but the first.
   *
   * @throws IllegalArgumentException if the shape has fewer than two axes
   */
  static Initializer fanInUniform() {
    return (shape, dtype, random) -> {
      if (shape.rank() < 2 || shape.dim(0) == 0) {
        throw new IllegalArgumentException("uniform by fan in needs a weight, shape is " + shape);
      }
      double bound = 1 / Math.sqrt((double) shape.size() / shape.dim(0));
      return Ops.affine(random.uniform(dtype, shape.dims()), 2 * bound, -bound);
    };
  }
}
