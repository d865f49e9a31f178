package org.basisar.autograd;

import java.util.SplittableRandom;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** Fixed numbers without pattern for tests. */
final class Numbers {
  private Numbers() {}

  /** Numbers in (−1, 1) that differ from seed to seed. */
  static double[] values(int seed, int count) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextDouble(-1, 1);
    }
    return values;
  }

  /** An F64 tensor of such numbers. */
  static Tensor tensor(int seed, int... dims) {
    return Tensor.of(values(seed, Shape.of(dims).size()), dims);
  }

  /** An F32 tensor of such numbers. */
  static Tensor floats(int seed, int... dims) {
    return Tensor.of(DType.F32, values(seed, Shape.of(dims).size()), dims);
  }
}
