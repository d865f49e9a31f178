package org.basisar.bar.metrics;

/** Statistics, merges or weights that cannot be used. One sentence says why and what to do. */
public final class MetricsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** A refusal. */
  public MetricsException(String sentence) {
    super(sentence);
  }
}
