package org.basisar.tensor;

/**
 * A way of computing some operations that a device has and {@link Engine} never takes: the first
 * version of a kernel, kept so that the faster one can be compared with it.
 */
public interface Alternative {
  /** Name for messages, in camel case like the titles of operations. */
  String name();

  /** Whether it computes this operation. */
  boolean computes(Op op);

  /**
   * Binds an operation that it {@linkplain #computes} to dense operands and results on its device.
   * Checks nothing, as {@link Backend#prepare}.
   */
  Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs);
}
