package org.basisar.bench;

import java.util.Arrays;
import java.util.SplittableRandom;

/** An fp32 tensor in plain Java, row-major: what every contestant starts from. */
public final class HostTensor {
  private final int[] dims;
  private final float[] values;

  /**
   * A tensor of these elements, which are not copied.
   *
   * @throws IllegalArgumentException if there are not as many as the extents say
   */
  public HostTensor(float[] values, int... dims) {
    int size = Arrays.stream(dims).reduce(1, Math::multiplyExact);
    if (size != values.length) {
      throw new IllegalArgumentException(
          values.length + " elements do not fill " + Arrays.toString(dims) + "; give " + size);
    }
    this.dims = dims.clone();
    this.values = values;
  }

  /** Extents. */
  public int[] dims() {
    return dims.clone();
  }

  /** The elements themselves. */
  public float[] values() {
    return values;
  }

  /** Normal numbers of the given standard deviation. */
  public static HostTensor normal(SplittableRandom random, double deviation, int... dims) {
    float[] values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    return new HostTensor(values, dims);
  }

  /** One number everywhere. */
  public static HostTensor constant(double value, int... dims) {
    float[] values = new float[Arrays.stream(dims).reduce(1, Math::multiplyExact)];
    Arrays.fill(values, (float) value);
    return new HostTensor(values, dims);
  }
}
