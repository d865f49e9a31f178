package org.basisar.kernels.normalization;

/**
 * Addresses of a normalisation's gradient.
 *
 * @param x [rows, width]
 * @param factor weight or scale [groups, width], 0 for none
 * @param gradient ∂L/∂y [rows, width]
 * @param ofX ∂L/∂x, written
 * @param ofFactor ∂L/∂factor, written; 0 for none
 * @param ofShift ∂L/∂shift, written; 0 for none
 */
public record NormOperands(
    long x, long factor, long gradient, long ofX, long ofFactor, long ofShift) {
  boolean hasSums() {
    return ofFactor != 0 || ofShift != 0;
  }
}
