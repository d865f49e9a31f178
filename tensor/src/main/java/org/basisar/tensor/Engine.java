package org.basisar.tensor;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Executes operations: infers the results' shapes, makes operands dense where needed, allocates
 * results in the innermost {@link Scope}, launches, and tells the installed {@link Recorder} and
 * the {@link Program} being captured. All state is per thread.
 */
public final class Engine {
  static final class State {
    @Nullable Scope scope;
    @Nullable List<Tensor> unowned;
    @Nullable Recorder recorder;
    @Nullable Program program;
    Device device = Device.CPU;
    boolean checkFinite;
  }

  private static final ThreadLocal<State> STATE = ThreadLocal.withInitial(State::new);

  private Engine() {}

  static State state() {
    return STATE.get();
  }

  /**
   * Runs an operation.
   *
   * @return its results, owned by the innermost open scope
   * @throws ShapeException if the operands do not fit, before anything runs
   * @throws IllegalStateException if an operand is closed
   */
  public static Tensor[] run(Op op, Tensor... inputs) {
    State state = STATE.get();
    for (Tensor input : inputs) {
      input.checkOpen(op);
    }
    // Operations without operands make their result on the thread's current device.
    Op.Output[] shapes = op.infer(inputs);
    Device device =
        inputs.length == 0 ? state.device.holding(shapes[0].dtype()) : inputs[0].device();
    for (Tensor input : inputs) {
      if (input.device() != device) {
        throw new IllegalArgumentException(
            op.title()
                + ": operands lie on "
                + device
                + " and "
                + input.device()
                + "; bring them together with Tensor.to");
      }
    }
    Tensor[] outputs;
    if (op instanceof Movement.View view) {
      Tensor source = op instanceof Movement.Reshape ? dense(state, inputs[0]) : inputs[0];
      outputs = new Tensor[] {source.view(shapes[0].shape(), view.layout(source))};
    } else {
      outputs = new Tensor[shapes.length];
      for (int i = 0; i < shapes.length; i++) {
        outputs[i] = allocate(state, device, shapes[i].shape(), shapes[i].dtype());
      }
      launch(state, device, op, inputs, outputs);
    }
    if (state.checkFinite) {
      checkFinite(op, outputs);
    }
    if (state.recorder != null) {
      state.recorder.recorded(op, inputs, outputs);
    }
    return outputs;
  }

  /**
   * Takes an operation as done whose only result some tensor already holds: nothing runs, but the
   * recorder learns of it as if it had.
   *
   * @return a view of {@code result}, owned by the innermost open scope
   * @throws IllegalArgumentException if the operation would give another shape or dtype, or another
   *     device
   */
  public static Tensor held(Op op, Tensor result, Tensor... inputs) {
    State state = STATE.get();
    result.checkOpen(op);
    for (Tensor input : inputs) {
      input.checkOpen(op);
    }
    Op.Output[] shapes = op.infer(inputs);
    boolean fits =
        shapes.length == 1
            && shapes[0].shape().equals(result.shape())
            && shapes[0].dtype() == result.dtype()
            && inputs[0].device() == result.device();
    if (!fits) {
      throw new IllegalArgumentException(
          op.title() + ": " + result + " cannot be its result on " + inputs[0]);
    }
    Tensor view = result.detach();
    if (state.recorder != null) {
      state.recorder.recorded(op, inputs, new Tensor[] {view});
    }
    return view;
  }

  private static void launch(State state, Device device, Op op, Tensor[] inputs, Tensor[] outputs) {
    Tensor[] operands = inputs.clone();
    for (int index : op.mutates(inputs)) {
      if (!inputs[index].isDense()) {
        throw new IllegalArgumentException(
            op.title() + ": operand " + index + " is written in place and must be dense");
      }
      inputs[index].storage().overwritten();
    }
    if (!(op instanceof Movement.Contiguous)) {
      for (int i = 0; i < operands.length; i++) {
        operands[i] = dense(state, operands[i]);
      }
    }
    // Binding may need memory for intermediate results.
    Launch launch = device.retrying(() -> device.backend().prepare(op, operands, outputs));
    if (state.program != null) {
      state.program.add(op, launch, operands, outputs);
    }
    launch.run();
  }

  private static Tensor dense(State state, Tensor tensor) {
    if (tensor.isDense()) {
      return tensor;
    }
    Tensor copy = allocate(state, tensor.device(), tensor.shape(), tensor.dtype());
    launch(
        state,
        tensor.device(),
        new Movement.Contiguous(),
        new Tensor[] {tensor},
        new Tensor[] {copy});
    return copy;
  }

  static Tensor allocate(State state, Device device, Shape shape, DType dtype) {
    Pool pool = state.program == null ? device.pool() : state.program.pool(device);
    return adopt(Tensor.dense(device, pool.allocate(dtype, shape.size()), shape));
  }

  /** Puts a new tensor into this thread's innermost scope, if one is open. */
  static Tensor adopt(Tensor tensor) {
    Scope scope = STATE.get().scope;
    if (scope != null) {
      scope.adopt(tensor);
    } else {
      Scope.guard(tensor);
    }
    return tensor;
  }

  /** Runs {@code body} with another recorder (null for none) installed, then restores the old. */
  public static <T extends @Nullable Object> T recording(
      @Nullable Recorder recorder, Supplier<T> body) {
    State state = STATE.get();
    Recorder before = state.recorder;
    state.recorder = recorder;
    try {
      return body.get();
    } finally {
      state.recorder = before;
    }
  }

  /** The recorder installed on this thread, or null. */
  public static @Nullable Recorder recorder() {
    return STATE.get().recorder;
  }

  /** Installs a recorder (null for none) on this thread and returns the one it replaces. */
  public static @Nullable Recorder install(@Nullable Recorder recorder) {
    State state = STATE.get();
    Recorder before = state.recorder;
    state.recorder = recorder;
    return before;
  }

  /**
   * Debug mode: after each operation of this thread, look for NaN and infinity and name the
   * operation that made the first.
   */
  public static void checkFinite(boolean on) {
    STATE.get().checkFinite = on;
  }

  private static void checkFinite(Op op, Tensor[] outputs) {
    for (int o = 0; o < outputs.length; o++) {
      if (!outputs[o].dtype().isFloating()) {
        continue;
      }
      double[] values = outputs[o].toDoubles();
      for (int i = 0; i < values.length; i++) {
        if (!Double.isFinite(values[i])) {
          throw new NonFiniteException(
              op.title()
                  + ": result "
                  + o
                  + " of shape "
                  + outputs[o].shape()
                  + " is "
                  + values[i]
                  + " at element "
                  + i
                  + "; its operands were finite or unchecked");
        }
      }
    }
  }
}
