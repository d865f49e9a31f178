package org.basisar.tensor.check;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * An operation with operands on which it is well-behaved: away from kinks, poles and ties.
 *
 * @param terms greatest number of terms that are added into one result element; 0 if none are
 * @param rounding whether intermediate results may be rounded to the dtype
 */
public record OpCase(String name, Op op, List<Operand> operands, int terms, boolean rounding) {
  /** Copies the list. */
  public OpCase {
    operands = List.copyOf(operands);
  }

  /**
   * The operation for operands of this dtype: generators make numbers of the dtype they are told,
   * all others follow their operands.
   */
  public Op op(DType dtype) {
    return switch (op) {
      case Generation.Fill(Shape shape, DType own, double value) ->
          new Generation.Fill(shape, own.isFloating() ? dtype : own, value);
      case Generation.Normal normal -> new Generation.Normal(normal.shape(), dtype, normal.call());
      case Generation.Uniform uniform ->
          new Generation.Uniform(uniform.shape(), dtype, uniform.call());
      default -> op;
    };
  }

  /** Operands on the CPU; those without a dtype of their own have the given one. */
  public Tensor[] inputs(DType dtype) {
    return inputs(dtype, dtype);
  }

  /**
   * Operands whose elements are rounded to one dtype and stored in another that holds them exactly,
   * so that a computation alone can be compared and not the rounding of its operands.
   *
   * @param rounded dtype that the elements are representable in
   * @param stored dtype of the tensors that have none of their own
   */
  public Tensor[] inputs(DType rounded, DType stored) {
    Tensor[] inputs = new Tensor[operands.size()];
    for (int k = 0; k < inputs.length; k++) {
      if (operands.get(k).source() instanceof Operand.Generated generated) {
        inputs[k] = round(operands.get(k), rounded, generate(operands.get(k), k, generated));
      }
    }
    for (int k = 0; k < inputs.length; k++) {
      if (operands.get(k).source() instanceof Operand.Derived derived) {
        inputs[k] = round(operands.get(k), rounded, derive(inputs, derived));
      }
    }
    for (int k = 0; k < inputs.length; k++) {
      inputs[k] = round(operands.get(k), stored, inputs[k]);
    }
    return inputs;
  }

  private static Tensor round(Operand operand, DType dtype, Tensor values) {
    if (operand.dtype() != null) {
      return values;
    }
    boolean statistic = operand.source() instanceof Operand.Derived derived && derived.statistic();
    return Ops.cast(values, statistic ? dtype.statistic() : dtype);
  }

  private static Tensor generate(Operand operand, int k, Operand.Generated generated) {
    double[] values = new double[operand.shape().size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = generated.formula().value(k, i);
    }
    DType own = operand.dtype();
    return Tensor.of(own == null ? DType.F64 : own, values, operand.shape().dims());
  }

  private static Tensor derive(Tensor[] made, Operand.Derived derived) {
    Tensor[] from = new Tensor[derived.operands().size()];
    for (int i = 0; i < from.length; i++) {
      Tensor operand = made[derived.operands().get(i)];
      from[i] = operand.dtype().isFloating() ? Ops.cast(operand, DType.F64) : operand;
    }
    return Engine.run(derived.forward(), from)[derived.output()];
  }

  /** Whether the operation has a gradient with respect to some operand. */
  public boolean differentiable() {
    return operands.stream().anyMatch(Operand::differentiable);
  }

  /** Runs the operation: its results, or the operands it wrote if it works in place. */
  public Tensor[] run(DType dtype, Tensor... inputs) {
    return run(Engine::run, dtype, inputs);
  }

  /** What runs an operation on operands. */
  @FunctionalInterface
  interface Runner {
    Tensor[] run(Op op, Tensor... inputs);
  }

  Tensor[] run(Runner runner, DType dtype, Tensor... inputs) {
    Op bound = op(dtype);
    Tensor[] outputs = runner.run(bound, inputs);
    int[] written = bound.mutates(inputs);
    if (written.length == 0) {
      return outputs;
    }
    Tensor[] results = new Tensor[written.length];
    for (int i = 0; i < results.length; i++) {
      results[i] = inputs[written[i]];
    }
    return results;
  }

  @Override
  public String toString() {
    return name;
  }
}
