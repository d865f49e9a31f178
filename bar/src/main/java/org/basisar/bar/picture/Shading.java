package org.basisar.bar.picture;

/** How the values of a basis vector become colours. */
public enum Shading {
  /**
   * Darker marks higher values, each vector from its own lowest value to its own highest (paper,
   * figures 3 and 8); a vector that is nearly constant is drawn in middle tones.
   */
  DARKER_IS_HIGHER,
  /** Red above zero, blue below, each vector up to its own largest magnitude. */
  DIVERGING
}
