package org.basisar.tensor.cpu;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * Elementary fp32 functions of one vector, and the sum of its lanes.
 *
 * <p>A lane's result depends only on that lane's input. The polynomials are minimax fits made for
 * this class on the intervals named beside them; errors are stated in the tests. NaN stays NaN.
 *
 * <p>All constants are vectors: with scalar operands a caller's loop grows so many nodes that the
 * compiler stops inlining, and each operation then allocates its result. The operations of a vector
 * are always inlined, our own methods only while what is compiled together is small: so methods
 * that take or return vectors are few, and called early in short methods.
 */
final class FloatLanes {
  static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  static final int LANES = SPECIES.length();

  private static final VectorSpecies<Integer> INTS =
      VectorSpecies.of(int.class, SPECIES.vectorShape());

  private static final FloatVector ZERO = vector(0);
  private static final FloatVector ONE = vector(1);
  private static final FloatVector INFINITY = vector(Float.POSITIVE_INFINITY);
  private static final FloatVector MINUS_INFINITY = vector(Float.NEGATIVE_INFINITY);
  private static final FloatVector NOT_A_NUMBER = vector(Float.NaN);

  /** Adding and subtracting 1.5 * 2^23 rounds to the nearest integer. */
  private static final FloatVector ROUNDER = vector(12_582_912);

  private static final IntVector ROUNDER_BITS = IntVector.broadcast(INTS, 0x4b400000);
  private static final IntVector EXPONENT_BIAS = IntVector.broadcast(INTS, 127);

  /** Beyond these arguments e^x is 0 or infinity. */
  private static final FloatVector EXP_LEAST = vector(-104);

  private static final FloatVector EXP_MOST = vector(89);
  private static final FloatVector EXP_LEAST_NORMAL = vector(-87.3f);
  private static final FloatVector INVERSE_LN_2 = vector(1.442695f);

  /** ln(2) in two parts, negated. */
  private static final FloatVector LN_2_HEAD = vector(-0.6931472f);

  private static final FloatVector LN_2_REST = vector(1.9046542e-9f);

  /** e^r = 1 + r + r^2 (E2 + E3 r + ...) for |r| up to ln(2) / 2. */
  private static final FloatVector E2 = vector(0.49999994f);

  private static final FloatVector E3 = vector(0.16666521f);
  private static final FloatVector E4 = vector(0.04166839f);
  private static final FloatVector E5 = vector(0.008368735f);
  private static final FloatVector E6 = vector(0.001381456f);

  /** log(1 + f) = f - f^2 / 2 + f^3 (L3 + L4 f + ...) for 1 + f in [sqrt(1/2), sqrt(2)). */
  private static final FloatVector L3 = vector(0.3333333f);

  private static final FloatVector L4 = vector(-0.2500082f);
  private static final FloatVector L5 = vector(0.20001227f);
  private static final FloatVector L6 = vector(-0.16623357f);
  private static final FloatVector L7 = vector(0.14201757f);
  private static final FloatVector L8 = vector(-0.1316018f);
  private static final FloatVector L9 = vector(0.12761578f);
  private static final FloatVector L10 = vector(-0.076344974f);
  private static final FloatVector MINUS_HALF = vector(-0.5f);
  private static final FloatVector LEAST_NORMAL = vector(Float.MIN_NORMAL);
  private static final FloatVector TWO_TO_23 = vector(8_388_608);
  private static final FloatVector TWENTY_THREE = vector(23);
  private static final IntVector SQRT_HALF_BITS = IntVector.broadcast(INTS, 0x3f3504f3);

  /** tanh(x) = x + x^3 (H3 + H5 x^2 + ...) for |x| up to 0.625. */
  private static final FloatVector H3 = vector(-0.3333328f);

  private static final FloatVector H5 = vector(0.13331442f);
  private static final FloatVector H7 = vector(-0.053739715f);
  private static final FloatVector H9 = vector(0.020639088f);
  private static final FloatVector H11 = vector(-0.0057049873f);
  private static final FloatVector TANH_SMALL = vector(0.625f);
  private static final FloatVector MINUS_TWO = vector(-2);

  /** The normal tail over e^(-x^2 / 2) is N1 t + N2 t^2 + ... with t = 1 / (1 + NT |x|). */
  private static final FloatVector N1 = vector(0.13962126f);

  private static final FloatVector N2 = vector(0.13986424f);
  private static final FloatVector N3 = vector(0.11981624f);
  private static final FloatVector N4 = vector(0.10557167f);
  private static final FloatVector N5 = vector(-0.023255914f);
  private static final FloatVector N6 = vector(0.15938054f);
  private static final FloatVector N7 = vector(-0.2558902f);
  private static final FloatVector N8 = vector(0.14405473f);
  private static final FloatVector N9 = vector(-0.02916258f);
  private static final FloatVector NT = vector(0.35f);
  private static final FloatVector INVERSE_SQRT_2PI = vector(0.3989423f);

  /** sin(r) = r + r^3 (S3 + ...) and cos(r) = 1 - r^2 / 2 + r^4 (C4 + ...) for |r| up to pi / 4. */
  private static final FloatVector S3 = vector(-0.16666655f);

  private static final FloatVector S5 = vector(0.00833216f);
  private static final FloatVector S7 = vector(-1.9515282e-4f);
  private static final FloatVector C4 = vector(0.041666646f);
  private static final FloatVector C6 = vector(-0.0013887316f);
  private static final FloatVector C8 = vector(2.4433157e-5f);
  private static final IntVector NO_BIT = IntVector.zero(INTS);
  private static final IntVector ONE_BIT = IntVector.broadcast(INTS, 1);
  private static final IntVector TWO_BIT = IntVector.broadcast(INTS, 2);
  private static final FloatVector INVERSE_QUARTER = vector(0.63661975f);

  /** pi / 2 in three parts, negated. */
  private static final FloatVector QUARTER_HEAD = vector(-1.5707964f);

  private static final FloatVector QUARTER_MIDDLE = vector(4.371139e-8f);
  private static final FloatVector QUARTER_REST = vector(1.7151245e-15f);

  private FloatLanes() {}

  private static FloatVector vector(float value) {
    return FloatVector.broadcast(SPECIES, value);
  }

  /**
   * Sum of the lanes of a vector that was stored in {@code lanes}, as a tree of halves; the array
   * is overwritten. The platform's own reduction leaves the order open, and it differs between
   * interpreted and compiled code. A method on the vector itself would force it onto the heap, in
   * every step of the loop that makes it, wherever the compiler did not inline the method.
   */
  static float sum(float[] lanes) {
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        lanes[lane] += lanes[lane + half];
      }
    }
    return lanes[0];
  }

  /** e^x with subnormal results and infinity. */
  static FloatVector exp(FloatVector x) {
    FloatVector bounded = x.blend(EXP_LEAST, x.lt(EXP_LEAST));
    bounded = bounded.blend(EXP_MOST, EXP_MOST.lt(x));
    FloatVector shifted = bounded.fma(INVERSE_LN_2, ROUNDER);
    // 2^n in two factors, because n may lie outside the exponents of a float
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS);
    IntVector half = exponent.lanewise(VectorOperators.ASHR, 1);
    return mantissa(bounded, shifted).mul(powerOfTwo(half)).mul(powerOfTwo(exponent.sub(half)));
  }

  /** e^x for x up to 0, in fewer operations than {@link #exp}: subnormal results become 0. */
  static FloatVector expOfNegative(FloatVector x) {
    VectorMask<Float> tiny = x.lt(EXP_LEAST_NORMAL);
    FloatVector bounded = x.blend(EXP_LEAST_NORMAL, tiny);
    FloatVector shifted = bounded.fma(INVERSE_LN_2, ROUNDER);
    IntVector exponent = shifted.reinterpretAsInts().sub(ROUNDER_BITS).add(EXPONENT_BIAS);
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(LN_2_REST, n.fma(LN_2_HEAD, bounded));
    FloatVector q = r.fma(E6, E5).fma(r, E4).fma(r, E3).fma(r, E2);
    FloatVector power = exponent.lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
    return q.mul(r).fma(r, r).add(ONE).mul(power).blend(ZERO, tiny);
  }

  /** e^(x - n ln 2), where n is x / ln 2 rounded, as {@code shifted} holds it. */
  private static FloatVector mantissa(FloatVector x, FloatVector shifted) {
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(LN_2_REST, n.fma(LN_2_HEAD, x));
    FloatVector q = r.fma(E6, E5).fma(r, E4).fma(r, E3).fma(r, E2);
    return q.mul(r).fma(r, r).add(ONE);
  }

  private static FloatVector powerOfTwo(IntVector n) {
    return n.add(EXPONENT_BIAS).lanewise(VectorOperators.LSHL, 23).reinterpretAsFloats();
  }

  /** Natural logarithm: of 0 minus infinity, of negative numbers NaN. */
  static FloatVector log(FloatVector x) {
    VectorMask<Float> small = x.lt(LEAST_NORMAL);
    IntVector bits = x.mul(TWO_TO_23, small).reinterpretAsInts();
    // x = m 2^e with m in [sqrt(1/2), sqrt(2))
    IntVector e = bits.sub(SQRT_HALF_BITS).lanewise(VectorOperators.ASHR, 23);
    FloatVector m = bits.sub(e.lanewise(VectorOperators.LSHL, 23)).reinterpretAsFloats();
    FloatVector exponent = (FloatVector) e.convertShape(VectorOperators.I2F, SPECIES, 0);
    exponent = exponent.sub(TWENTY_THREE, small);
    FloatVector f = m.sub(ONE);
    FloatVector p = f.fma(L10, L9).fma(f, L8).fma(f, L7).fma(f, L6).fma(f, L5).fma(f, L4);
    FloatVector square = f.mul(f);
    FloatVector tail = p.fma(f, L3).mul(f).mul(square);
    FloatVector negated = exponent.neg();
    tail = square.fma(MINUS_HALF, negated.fma(LN_2_REST, tail));
    FloatVector result = negated.fma(LN_2_HEAD, f.add(tail));
    result = result.blend(INFINITY, x.eq(INFINITY)).blend(MINUS_INFINITY, x.eq(ZERO));
    return result.blend(NOT_A_NUMBER, x.test(VectorOperators.IS_NAN).or(x.lt(ZERO)));
  }

  /** 1 / (1 + e^-x). */
  static FloatVector sigmoid(FloatVector x) {
    return ONE.div(exp(x.neg()).add(ONE));
  }

  /** x sigmoid(x). */
  static FloatVector silu(FloatVector x) {
    return x.div(exp(x.neg()).add(ONE));
  }

  /** Derivative of {@link #silu}. */
  static FloatVector siluDerivative(FloatVector x) {
    FloatVector s = sigmoid(x);
    return x.mul(ONE.sub(s)).fma(s, s);
  }

  /** Hyperbolic tangent. */
  static FloatVector tanh(FloatVector x) {
    FloatVector magnitude = x.abs();
    FloatVector e = expOfNegative(magnitude.mul(MINUS_TWO));
    FloatVector large = ONE.sub(e).div(e.add(ONE));
    large = large.blend(large.neg(), x.lt(ZERO));
    FloatVector square = x.mul(x);
    FloatVector p = square.fma(H11, H9).fma(square, H7).fma(square, H5).fma(square, H3);
    return large.blend(p.mul(square).fma(x, x), magnitude.lt(TANH_SMALL));
  }

  /** Normal density without its factor: e^(-x^2 / 2). */
  static FloatVector bell(FloatVector x) {
    return expOfNegative(x.mul(x).mul(MINUS_HALF));
  }

  /**
   * Normal distribution function. The smaller tail is computed, so that it is relatively accurate.
   *
   * @param bell {@link #bell} of x
   */
  static FloatVector normalCdf(FloatVector x, FloatVector bell) {
    FloatVector t = ONE.div(x.abs().fma(NT, ONE));
    // Half as deep as one chain of multiply-adds.
    FloatVector square = t.mul(t);
    FloatVector low = t.fma(N4, N3).fma(square, t.fma(N2, N1));
    FloatVector high = square.fma(N9, t.fma(N8, N7)).fma(square, t.fma(N6, N5));
    FloatVector tail = high.fma(square.mul(square), low).mul(t).mul(bell);
    return ONE.sub(tail).blend(tail, x.lt(ZERO));
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
    return sinus(x, NO_BIT);
  }

  /** Cosine; accurate for |x| up to 10^4. */
  static FloatVector cos(FloatVector x) {
    return sinus(x, ONE_BIT);
  }

  /** sin(x + quarters pi / 2). */
  private static FloatVector sinus(FloatVector x, IntVector quarters) {
    FloatVector shifted = x.fma(INVERSE_QUARTER, ROUNDER);
    FloatVector n = shifted.sub(ROUNDER);
    FloatVector r = n.fma(QUARTER_REST, n.fma(QUARTER_MIDDLE, n.fma(QUARTER_HEAD, x)));
    FloatVector square = r.mul(r);
    FloatVector s = square.fma(S7, S5).fma(square, S3).mul(square).fma(r, r);
    FloatVector c = square.fma(C8, C6).fma(square, C4).mul(square);
    c = c.fma(square, square.fma(MINUS_HALF, ONE));
    IntVector quadrant = shifted.reinterpretAsInts().add(quarters);
    VectorMask<Float> odd = quadrant.and(ONE_BIT).eq(ONE_BIT).cast(SPECIES);
    VectorMask<Float> negative = quadrant.and(TWO_BIT).eq(TWO_BIT).cast(SPECIES);
    FloatVector result = s.blend(c, odd);
    return result.blend(result.neg(), negative);
  }

  /** 1 / sqrt(x), correctly rounded twice. */
  static FloatVector rsqrt(FloatVector x) {
    return ONE.div(x.sqrt());
  }
}
