package org.basisar.bar.train;

/**
 * What one optimiser step measured.
 *
 * @param step number of the step, from 1
 * @param objective plain or residual loss
 * @param regularizer mean (A·Aᵀ − I)² before the step; 0 without a learned basis, not a number on
 *     discrete tokens
 * @param orthogonality ‖A·Aᵀ − I‖_F after step and projection; 0 without a basis, not a number on
 *     discrete tokens
 * @param gradientNorm before clipping
 * @param learningRate in force
 */
public record StepReport(
    long step,
    double objective,
    double regularizer,
    double orthogonality,
    double gradientNorm,
    double learningRate) {}
