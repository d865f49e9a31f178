package org.basisar.tensor;

/** Operand checks shared by the operations; each throws one sentence with the shapes in it. */
final class Checks {
  private Checks() {}

  static void count(Op op, Tensor[] inputs, int expected) {
    if (inputs.length != expected) {
      throw new IllegalArgumentException(
          op.title() + ": takes " + expected + " operands, was given " + inputs.length);
    }
  }

  static void countBetween(Op op, Tensor[] inputs, int least, int most) {
    if (inputs.length < least || inputs.length > most) {
      throw new IllegalArgumentException(
          op.title()
              + (least == most ? ": takes " + least : ": takes " + least + " to " + most)
              + " operands, was given "
              + inputs.length);
    }
  }

  /** The common floating dtype of operands {@code from} … {@code to}-1. */
  static DType floating(Op op, Tensor[] inputs, int from, int to) {
    DType dtype = inputs[from].dtype();
    if (!dtype.isFloating()) {
      throw new ShapeException(
          op.title() + ": needs a floating dtype, was given " + dtype + "; cast it first",
          inputs[from].shape());
    }
    for (int i = from + 1; i < to; i++) {
      if (inputs[i].dtype() != dtype) {
        throw new ShapeException(
            op.title()
                + ": operands have dtypes "
                + dtype
                + " and "
                + inputs[i].dtype()
                + "; cast one of them",
            inputs[from].shape(),
            inputs[i].shape());
      }
    }
    return dtype;
  }

  static void dtype(Op op, Tensor input, DType expected, String role) {
    if (input.dtype() != expected) {
      throw new ShapeException(
          op.title() + ": " + role + " must be " + expected + ", is " + input.dtype(),
          input.shape());
    }
  }

  static void same(Op op, Tensor left, Tensor right) {
    if (!left.shape().equals(right.shape())) {
      throw new ShapeException(
          op.title() + ": shapes " + left.shape() + " and " + right.shape() + " must be equal",
          left.shape(),
          right.shape());
    }
  }

  static void shape(Op op, Tensor input, Shape expected, String role) {
    if (!input.shape().equals(expected)) {
      throw new ShapeException(
          op.title() + ": " + role + " must have shape " + expected + ", has " + input.shape(),
          input.shape(),
          expected);
    }
  }

  static void rankAtLeast(Op op, Tensor input, int rank) {
    if (input.shape().rank() < rank) {
      throw new ShapeException(
          op.title() + ": needs at least " + rank + " axes, shape is " + input.shape(),
          input.shape());
    }
  }

  static void rank(Op op, Tensor input, int rank, String role) {
    if (input.shape().rank() != rank) {
      throw new ShapeException(
          op.title() + ": " + role + " must have " + rank + " axes, has shape " + input.shape(),
          input.shape());
    }
  }

  static void require(boolean holds, Op op, String message, Shape... shapes) {
    if (!holds) {
      throw new ShapeException(op.title() + ": " + message, shapes);
    }
  }

  static Op.Output[] one(Shape shape, DType dtype) {
    return new Op.Output[] {new Op.Output(shape, dtype)};
  }

  static Op.Output[] like(Tensor... tensors) {
    Op.Output[] outputs = new Op.Output[tensors.length];
    for (int i = 0; i < tensors.length; i++) {
      outputs[i] = new Op.Output(tensors[i].shape(), tensors[i].dtype());
    }
    return outputs;
  }

  /** The device of tensors that must be some, dense and together. */
  static Device oneDevice(String what, Tensor... tensors) {
    if (tensors.length == 0) {
      throw new IllegalArgumentException(what + ": needs at least one tensor");
    }
    Device device = tensors[0].device();
    for (Tensor tensor : tensors) {
      if (tensor.device() != device) {
        throw new IllegalArgumentException(
            what + ": tensors lie on " + device + " and " + tensor.device() + "; use one for each");
      }
      if (!tensor.isDense()) {
        throw new IllegalArgumentException(
            what + ": tensor of shape " + tensor.shape() + " is not dense");
      }
    }
    return device;
  }
}
