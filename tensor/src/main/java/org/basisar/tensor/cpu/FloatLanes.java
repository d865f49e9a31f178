package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary fp32 functions of one vector, and its reduction.
 *
 * <p>A lane's result depends only on that lane's input. The polynomials are minimax fits made for
 * this class on the intervals named beside them; errors are stated in the tests. NaN stays NaN.
 */
final class FloatLanes {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
  private static final float ROUNDER = 12_582_912f;

  private static final int ROUNDER_BITS = 0x4b400000;
  private static final float INVERSE_SQRT_2PI = 0.3989423f;

  private static final VectorShuffle<Float> HALF = rotate(LANES / 2);
  private static final VectorShuffle<Float> QUARTER = rotate(LANES / 4);
  private static final VectorShuffle<Float> EIGHTH = rotate(LANES / 8);
  private static final VectorShuffle<Float> SIXTEENTH = rotate(LANES / 16);

  private FloatLanes() {}

  private static VectorShuffle<Float> rotate(int distance) {
    return VectorShuffle.fromOp(SPECIES, lane -> (lane + distance) % LANES);
  }

  /**
   * Sum of the lanes, as a tree of halves. The platform's own reduction leaves the order open, and
   * it differs between interpreted and compiled code.
   */
  static float sum(FloatVector x) {
    FloatVector s = x;
    if (LANES >= 16) {
      s = s.add(s.rearrange(HALF));
      s = s.add(s.rearrange(QUARTER));
      s = s.add(s.rearrange(EIGHTH));
      s = s.add(s.rearrange(SIXTEENTH));
    } else if (LANES == 8) {
      s = s.add(s.rearrange(HALF));
      s = s.add(s.rearrange(QUARTER));
      s = s.add(s.rearrange(EIGHTH));
    } else if (LANES == 4) {
      s = s.add(s.rearrange(HALF));
      s = s.add(s.rearrange(QUARTER));
    } else if (LANES == 2) {
      s = s.add(s.rearrange(HALF));
    }
    return s.lane(0);
  }

  /** Largest lane; the order of a maximum does not matter. */
  static float max(FloatVector x) {
    return x.reduceLanes(VectorOperators.MAX);
  }

  /** e^x with subnormal results and infinity. */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.blend(-104f, x.lt(-104f));
    bounded = bounded.blend(89f, x.compare(VectorOperators.GT, 89f));
    FloatVector shifted = bounded.fma(broadcast(1.442695f), broadcast(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-0.6931472f), bounded);
    r = n.fma(broadcast(1.9046542e-9f), r);
    // |r| <= ln(2) / 2
    FloatVector q = r.fma(broadcast(0.001381456f), broadcast(0.008368735f));
    q = q.fma(r, broadcast(0.04166839f));
    q = q.fma(r, broadcast(0.16666521f));
    q = q.fma(r, broadcast(0.49999994f));
    FloatVector p = q.mul(r).fma(r, r).add(1f);
    // 2^n in two factors, because n may lie outside the exponents of a float
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    return p.mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(127).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Natural logarithm: of 0 minus infinity, of negative numbers NaN. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.lt(Float.MIN_NORMAL);
    FloatVector scaled = x.mul(8_388_608f, small);
    IntVector bits = scaled.reinterpretAsInts();
    // m in [sqrt(1/2), sqrt(2)), x = m 2^e
    IntVector offset = bits.sub(0x3f3504f3);
    IntVector e = offset.lanewise(VectorOperators.ASHR, 23);
    FloatVector m = bits.sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
    FloatVector exponent = ((FloatVector) e.convertShape(VectorOperators.I2F, SPECIES, 0));
    exponent = exponent.sub(23f, small);
    FloatVector f = m.sub(1f);
    FloatVector p = f.fma(broadcast(-0.076344974f), broadcast(0.12761578f));
    p = p.fma(f, broadcast(-0.1316018f));
    p = p.fma(f, broadcast(0.14201757f));
    p = p.fma(f, broadcast(-0.16623357f));
    p = p.fma(f, broadcast(0.20001227f));
    p = p.fma(f, broadcast(-0.2500082f));
    p = p.fma(f, broadcast(0.3333333f));
    FloatVector square = f.mul(f);
    FloatVector tail = p.mul(f).mul(square);
    tail = exponent.fma(broadcast(-1.9046542e-9f), tail);
    tail = square.fma(broadcast(-0.5f), tail);
    FloatVector result = exponent.fma(broadcast(0.6931472f), f.add(tail));
    result = result.blend(Float.POSITIVE_INFINITY, x.eq(Float.POSITIVE_INFINITY));
    result = result.blend(Float.NEGATIVE_INFINITY, x.eq(0f));
    return result.blend(Float.NaN, x.test(VectorOperators.IS_NAN).or(x.lt(0f)));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return broadcast(1f).div(exp(x.neg()).add(1f));
  }

  /** x sigmoid(x). */
  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(1f));
  }

  /** Derivative of {@link #silu}. */
  static FloatVector siluDerivative(FloatVector x) {
    FloatVector s = sigmoid(x);
    return x.mul(broadcast(1f).sub(s)).fma(s, s);
  }

  /** Hyperbolic tangent. */
  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector e = exp(magnitude.mul(-2f));
    FloatVector large = broadcast(1f).sub(e).div(e.add(1f));
    large = large.blend(large.neg(), x.lt(0f));
    // |x| < 0.625
    FloatVector square = x.mul(x);
    FloatVector p = square.fma(broadcast(-0.0057049873f), broadcast(0.020639088f));
    p = p.fma(square, broadcast(-0.053739715f));
    p = p.fma(square, broadcast(0.13331442f));
    p = p.fma(square, broadcast(-0.3333328f));
    FloatVector small = p.mul(square).fma(x, x);
    return large.blend(small, magnitude.lt(0.625f));
  }

  /** Normal density without its factor: e^(-x^2 / 2). */
  static FloatVector bell(FloatVector x) {
    return exp(x.mul(x).mul(-0.5f));
  }

  /**
   * Normal distribution function. The smaller tail is {@code bell(x) t P(t)} with {@code t = 1 / (1
   * + 0.35 |x|)}, so it is relatively accurate.
   *
   * @param bell {@link #bell} of x
   */
  static FloatVector normalCdf(FloatVector x, FloatVector bell) {
    FloatVector t = broadcast(1f).div(x.abs().fma(broadcast(0.35f), broadcast(1f)));
    FloatVector p = t.fma(broadcast(-0.02916258f), broadcast(0.14405473f));
    p = p.fma(t, broadcast(-0.2558902f));
    p = p.fma(t, broadcast(0.15938054f));
    p = p.fma(t, broadcast(-0.023255914f));
    p = p.fma(t, broadcast(0.10557167f));
    p = p.fma(t, broadcast(0.11981624f));
    p = p.fma(t, broadcast(0.13986424f));
    p = p.fma(t, broadcast(0.13962126f));
    FloatVector tail = p.mul(t).mul(bell);
    return broadcast(1f).sub(tail).blend(tail, x.lt(0f));
  }

  /** Exact GELU: x times the normal distribution function. */
  static FloatVector gelu(FloatVector x) {
    return x.mul(normalCdf(x, bell(x)));
  }

  /** Derivative of {@link #gelu}. */
  static FloatVector geluDerivative(FloatVector x) {
    FloatVector bell = bell(x);
    return geluDerivative(x, bell, normalCdf(x, bell));
  }

  /** Derivative of {@link #gelu} from {@link #bell} and {@link #normalCdf} of x. */
  static FloatVector geluDerivative(FloatVector x, FloatVector bell, FloatVector normalCdf) {
    return x.mul(INVERSE_SQRT_2PI).fma(bell, normalCdf);
  }

  /** Sine; accurate for |x| up to 10^4. */
  static FloatVector sin(FloatVector x) {
    return sinus(x, 0);
  }

  /** Cosine; accurate for |x| up to 10^4. */
  static FloatVector cos(FloatVector x) {
    return sinus(x, 1);
  }

  /** sin(x + quarters pi / 2). */
  private static FloatVector sinus(FloatVector x, int quarters) {
    FloatVector shifted = x.fma(broadcast(0.63661975f), broadcast(ROUNDER));
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(broadcast(-1.5707964f), x);
    r = n.fma(broadcast(4.371139e-8f), r);
    r = n.fma(broadcast(1.7151245e-15f), r);
    FloatVector square = r.mul(r);
    FloatVector s = square.fma(broadcast(-1.9515282e-4f), broadcast(0.00833216f));
    s = s.fma(square, broadcast(-0.16666655f));
    s = s.mul(square).fma(r, r);
    FloatVector c = square.fma(broadcast(2.4433157e-5f), broadcast(-0.0013887316f));
    c = c.fma(square, broadcast(0.041666646f));
    c = c.mul(square).fma(square, square.fma(broadcast(-0.5f), broadcast(1f)));
    IntVector quadrant = shifted.reinterpretAsInts().add(quarters);
    VectorMask<Float> odd = quadrant.and(1).compare(VectorOperators.NE, 0).cast(SPECIES);
    VectorMask<Float> negative = quadrant.and(2).compare(VectorOperators.NE, 0).cast(SPECIES);
    FloatVector result = s.blend(c, odd);
    return result.blend(result.neg(), negative);
  }

  /** 1 / sqrt(x), correctly rounded twice. */
  static FloatVector rsqrt(FloatVector x) {
    return broadcast(1f).div(x.sqrt());
  }

  private static FloatVector broadcast(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }
}
