package org.basisar.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * An fp32 tensor in plain Java, row-major: what every contestant starts from.
 *
 * @param dims extents
 * @param values the elements
 */
public record HostTensor(int[] dims, float[] values) {
  /** Checks that there are as many elements as the extents say. */
  public HostTensor {
    int size = Arrays.stream(dims).reduce(1, Math::multiplyExact);
    if (size != values.length) {
      throw new IllegalArgumentException(
          values.length + " elements do not fill " + Arrays.toString(dims) + "; give " + size);
    }
  }

  /** Normal numbers of the given standard deviation. */
  public static HostTensor normal(SplittableRandom random, double deviation, int... dims) {
    float[] values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return new HostTensor(dims, values);
  }

  /** One number everywhere. */
  public static HostTensor constant(double value, int... dims) {
    float[] values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, (float) value);
    return new HostTensor(dims, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof HostTensor tensor
        && Arrays.equals(dims, tensor.dims)
        && Arrays.equals(values, tensor.values);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(dims) + Arrays.hashCode(values);
  }

  @Override
  public String toString() {
    return "fp32" + Arrays.toString(dims);
  }
}
