package org.basisar.tensor.cpu;

import org.basisar.tensor.Shape;

/**
 * A kernel on tokens [B, N, D] with an operand [B, G, ...] of which token n reads row n·G/N: the
 * tokens of one group lie together, so that they are consecutive rows of both.
 */
abstract class GroupKernel extends FastKernel {
  final int groups;
  final int tokens;
  final int width;

  /**
   * The sizes.
   *
   * @param shape of the tokens
   * @param groups of the operand that the tokens of a group share
   */
  GroupKernel(Shape shape, Shape groups) {
    this.groups = groups.dim(0) * groups.dim(1);
    tokens = this.groups == 0 ? 0 : shape.dim(0) * shape.dim(1) / this.groups;
    width = shape.dim(2);
  }
}
