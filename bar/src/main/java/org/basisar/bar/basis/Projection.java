package org.basisar.bar.basis;

import org.basisar.tensor.DType;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Keeps A near the orthogonal matrices after each optimiser step: U·S·Vᵀ = A becomes U·clamp(S,
 * 1−δ, 1+δ)·Vᵀ (paper §3.5). δ = 0 is the hard projection, the polar factor U·Vᵀ.
 *
 * <p>If ‖A·Aᵀ − I‖_F ≤ 1 − (1−δ)² then every singular value already lies in the band: the
 * projection is the identity and the decomposition is skipped. Skips are counted.
 */
public final class Projection {
  /** The three choices of paper table 6. */
  public enum Kind {
    NONE,
    HARD,
    SOFT
  }

  private final Kind kind;
  private final double delta;
  private long applied;
  private long skipped;

  /**
   * A projection.
   *
   * @param delta half width of the band for singular values, 0 &lt; δ &lt; 1; only the soft one
   *     uses it
   */
  public Projection(Kind kind, double delta) {
    if (kind == Kind.SOFT && !(delta > 0 && delta < 1)) {
      throw new IllegalArgumentException(
          "soft projection needs 0 < delta < 1, was given "
              + delta
              + "; for delta = 0 choose the hard one");
    }
    this.kind = kind;
    this.delta = kind == Kind.HARD ? 0 : delta;
  }

  /** Which projection this is. */
  public Kind kind() {
    return kind;
  }

  /** Half width of the band for singular values. */
  public double delta() {
    return delta;
  }

  /** Decompositions done. */
  public long applied() {
    return applied;
  }

  /** Decompositions that the certificate saved. */
  public long skipped() {
    return skipped;
  }

  /** Restores the counters of a resumed run. */
  public void counters(long appliedBefore, long skippedBefore) {
    applied = appliedBefore;
    skipped = skippedBefore;
  }

  /** Whether ‖A·Aᵀ − I‖_F proves that all singular values lie in [1−δ, 1+δ]. */
  public boolean certified(double deviationNorm) {
    return deviationNorm <= 1 - (1 - delta) * (1 - delta);
  }

  /**
   * Projects A in place if needed.
   *
   * @param a [N, N]
   * @param deviationNorm ‖A·Aᵀ − I‖_F of the present A
   * @return whether A was changed
   */
  public boolean apply(Tensor a, double deviationNorm) {
    if (kind == Kind.NONE) {
      return false;
    }
    if (kind == Kind.SOFT && certified(deviationNorm)) {
      skipped++;
      return false;
    }
    applied++;
    try (Scope _ = Scope.open()) {
      Tensor projected = clamp(Ops.cast(a, DType.F64), delta);
      Ops.copyInto(a, Ops.cast(projected, a.dtype()).to(a.device()));
    }
    return true;
  }

  /**
   * U·clamp(S, 1−δ, 1+δ)·Vᵀ of a square F64 matrix. Clamping is exact: a matrix whose singular
   * values all lie in the band comes back as it is.
   */
  public static Tensor clamp(Tensor a, double delta) {
    LinearAlgebra.Svd svd = LinearAlgebra.svd(a);
    double[] singular = svd.singularValues().toDoubles();
    double[] clamped = new double[singular.length];
    boolean inside = true;
    for (int i = 0; i < singular.length; i++) {
      clamped[i] = Math.clamp(singular[i], 1 - delta, 1 + delta);
      inside &= clamped[i] == singular[i];
    }
    if (inside) {
      return a;
    }
    Tensor scaled = Ops.mul(svd.u(), Tensor.of(clamped, 1, clamped.length));
    return Ops.matmul(scaled, svd.vt());
  }
}
