package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.basisar.tensor.DType;
import org.jspecify.annotations.Nullable;

/**
 * One AdamW step with decoupled weight decay (Loshchilov and Hutter, 2019) over a range of fp32
 * parameters, with the moving average of the weights in the same pass over memory.
 */
final class AdamWStep extends ParallelKernel {
  private static final VectorSpecies<Float> SPECIES = FloatLanes.SPECIES;
  private static final int LANES = FloatLanes.LANES;
  private static final int BLOCK = 1024;

  private float[] parameter = {};
  private int parameterOffset;
  private float[] gradient = {};
  private int gradientOffset;
  private float[] first = {};
  private int firstOffset;
  private float[] second = {};
  private int secondOffset;
  private float[] average = {};
  private int averageOffset;
  private int length;
  private short @Nullable [] copy;
  private int copyOffset;

  private float beta1;
  private float rest1;
  private float beta2;
  private float rest2;
  private float epsilon;
  private float keep;
  private float rate;
  private float inverseCorrection2;
  private float gradientScale;
  private float averageDecay;
  private float averageRest;

  AdamWStep() {}

  /**
   * Sets the ranges, {@code count} elements each.
   *
   * @param p parameters, at {@code po}; likewise gradients, first and second moments, moving
   *     averages
   */
  AdamWStep ranges(
      float[] p,
      int po,
      float[] g,
      int go,
      float[] m,
      int mo,
      float[] v,
      int vo,
      float[] ema,
      int eo,
      int count) {
    parameter = p;
    parameterOffset = po;
    gradient = g;
    gradientOffset = go;
    first = m;
    firstOffset = mo;
    second = v;
    secondOffset = vo;
    average = ema;
    averageOffset = eo;
    length = count;
    return this;
  }

  /** Has the new parameters rounded to bfloat16 too. */
  AdamWStep copy(short[] target, int offset) {
    copy = target;
    copyOffset = offset;
    return this;
  }

  /**
   * Sets what is constant over a run.
   *
   * @param b1 decay of the first moment
   * @param b2 decay of the second moment
   * @param eps added to the root of the second moment
   * @param emaDecay decay of the moving average of the weights
   */
  AdamWStep constants(double b1, double b2, double eps, double emaDecay) {
    beta1 = (float) b1;
    rest1 = (float) (1 - b1);
    beta2 = (float) b2;
    rest2 = (float) (1 - b2);
    epsilon = (float) eps;
    averageDecay = (float) emaDecay;
    averageRest = (float) (1 - emaDecay);
    return this;
  }

  /**
   * Sets what changes from step to step.
   *
   * @param learningRate the rate
   * @param weightDecay decoupled decay; the weights shrink by rate times decay
   * @param correction1 1 - beta1^t
   * @param correction2 1 - beta2^t
   * @param scale factor of the gradients, from clipping
   */
  AdamWStep step(
      double learningRate,
      double weightDecay,
      double correction1,
      double correction2,
      double scale) {
    keep = (float) (1 - learningRate * weightDecay);
    rate = (float) (learningRate / correction1);
    inverseCorrection2 = (float) (1 / correction2);
    gradientScale = (float) scale;
    return this;
  }

  /**
   * Computes on the pool.
   *
   * @param finite whether the gradients are finite; if not, nothing is written
   */
  void execute(boolean finite) {
    if (finite) {
      Workers.run(this);
    }
  }

  @Override
  public int items() {
    return (length + BLOCK - 1) / BLOCK;
  }

  @Override
  public int grain() {
    return 16;
  }

  @Override
  public void run(int from, int to) {
    for (int block = from; block < to; block++) {
      int first = block * BLOCK;
      int end = Math.min(length, (block + 1) * BLOCK);
      block(first, end);
      if (copy != null) {
        round(parameter, parameterOffset + first, copy, copyOffset + first, end - first);
      }
    }
  }

  /** The block's new parameters, which are in the cache, as bfloat16. */
  private static void round(float[] from, int at, short[] to, int into, int count) {
    for (int i = 0; i < count; i++) {
      to[into + i] = DType.toBf16(from[at + i]);
    }
  }

  private void block(int from, int to) {
    FloatVector scale = FloatVector.broadcast(SPECIES, gradientScale);
    FloatVector keep1 = FloatVector.broadcast(SPECIES, beta1);
    FloatVector take1 = FloatVector.broadcast(SPECIES, rest1);
    FloatVector keep2 = FloatVector.broadcast(SPECIES, beta2);
    FloatVector take2 = FloatVector.broadcast(SPECIES, rest2);
    FloatVector inverse2 = FloatVector.broadcast(SPECIES, inverseCorrection2);
    FloatVector floor = FloatVector.broadcast(SPECIES, epsilon);
    FloatVector shrink = FloatVector.broadcast(SPECIES, keep);
    FloatVector stride = FloatVector.broadcast(SPECIES, rate);
    FloatVector keepAverage = FloatVector.broadcast(SPECIES, averageDecay);
    FloatVector takeAverage = FloatVector.broadcast(SPECIES, averageRest);
    int i = from;
    for (; i <= to - LANES; i += LANES) {
      FloatVector g = FloatVector.fromArray(SPECIES, gradient, gradientOffset + i).mul(scale);
      FloatVector m = FloatVector.fromArray(SPECIES, first, firstOffset + i);
      FloatVector v = FloatVector.fromArray(SPECIES, second, secondOffset + i);
      FloatVector p = FloatVector.fromArray(SPECIES, parameter, parameterOffset + i);
      FloatVector e = FloatVector.fromArray(SPECIES, average, averageOffset + i);
      m = g.mul(take1).add(m.mul(keep1));
      v = g.mul(g).mul(take2).add(v.mul(keep2));
      p = p.mul(shrink).sub(m.mul(stride).div(v.mul(inverse2).sqrt().add(floor)));
      m.intoArray(first, firstOffset + i);
      v.intoArray(second, secondOffset + i);
      p.intoArray(parameter, parameterOffset + i);
      e.mul(keepAverage).add(p.mul(takeAverage)).intoArray(average, averageOffset + i);
    }
    for (; i < to; i++) {
      element(i);
    }
  }

  /** One element, with the roundings of the vectors. */
  private void element(int i) {
    float g = gradient[gradientOffset + i] * gradientScale;
    float m = g * rest1 + first[firstOffset + i] * beta1;
    float v = g * g * rest2 + second[secondOffset + i] * beta2;
    float root = (float) Math.sqrt(v * inverseCorrection2) + epsilon;
    float p = parameter[parameterOffset + i] * keep - m * rate / root;
    first[firstOffset + i] = m;
    second[secondOffset + i] = v;
    parameter[parameterOffset + i] = p;
    average[averageOffset + i] = average[averageOffset + i] * averageDecay + p * averageRest;
  }
}
