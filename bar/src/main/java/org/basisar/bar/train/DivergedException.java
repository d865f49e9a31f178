package org.basisar.bar.train;

/** A loss or gradient norm that is not finite; the weights are those before the step. */
public final class DivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A sentence on which step and what to do. */
  public DivergedException(String message) {
    super(message);
  }

  /**
   * Checks what a step reports.
   *
   * @throws DivergedException if its loss or gradient norm is not finite
   */
  public static void check(StepReport report) {
    if (!Double.isFinite(report.objective()) || !Double.isFinite(report.gradientNorm())) {
      throw new DivergedException(
          "step "
              + report.step()
              + " has loss "
              + report.objective()
              + " and gradient norm "
              + report.gradientNorm()
              + "; its update was not applied; lower --learning-rate or look at the data");
    }
  }
}
