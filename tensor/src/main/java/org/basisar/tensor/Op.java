package org.basisar.tensor;

/**
 * One operation: a value that names a computation and its constants. The set is closed, so that the
 * gradient table, the back ends and the tests can each be exhaustive; {@link CustomOp} is the door
 * left open for users.
 *
 * <p>An operation is executed by {@link Engine#run}; {@link Ops} has a method for each.
 */
public sealed interface Op
    permits Elementwise,
        Reduction,
        Movement,
        Matrix,
        Normalization,
        AttentionOp,
        Basis,
        Convolution,
        Generation,
        Optimization,
        CustomOp {

  /** Shape and dtype of one result. */
  record Output(Shape shape, DType dtype) {}

  /**
   * The work of one execution.
   *
   * @param flops additions and multiplications (a multiply-add counts 2; a transcendental counts 1)
   * @param bytes bytes read and written if every operand is touched once
   */
  record Cost(long flops, long bytes) {}

  /**
   * Shapes and dtypes of the results for these operands.
   *
   * @throws ShapeException if the operands do not fit this operation
   */
  Output[] infer(Tensor... inputs);

  /**
   * Name for messages and profiles: the record's name in camel case, with its kind if it has one.
   */
  default String title() {
    String name = getClass().getSimpleName();
    return Character.toLowerCase(name.charAt(0)) + name.substring(1);
  }

  /** Floating-point operations for these operands; elementwise operations count one per result. */
  default long flops(Tensor[] inputs, Output[] outputs) {
    long count = 0;
    for (Output output : outputs) {
      count += output.shape().size();
    }
    return count;
  }

  /** The work of executing this operation on these operands. */
  default Cost cost(Tensor... inputs) {
    Output[] outputs = infer(inputs);
    long bytes = 0;
    for (Tensor input : inputs) {
      bytes += (long) input.size() * input.dtype().bytes();
    }
    for (Output output : outputs) {
      bytes += (long) output.shape().size() * output.dtype().bytes();
    }
    return new Cost(flops(inputs, outputs), bytes);
  }

  /** The operands this operation writes to, as indices; empty for all but in-place operations. */
  default int[] mutates(Tensor... inputs) {
    return NOTHING;
  }

  /** No operand is written. */
  int[] NOTHING = {};
}
