package org.basisar.autograd;

import static org.basisar.autograd.GradientRules.one;

import java.util.Arrays;
import java.util.List;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Movement} operations. */
final class MovementRules {
  private MovementRules() {}

  static @Nullable Tensor[] gradients(Movement op, Execution e) {
    return switch (op) {
      case Movement.Reshape _ -> one(Ops.reshape(e.gradient(), e.shape(0).dims()));
      case Movement.Permute(List<Integer> order) -> one(Ops.permute(e.gradient(), inverse(order)));
      case Movement.Slice(int axis, int start, int length) ->
          one(Ops.pad(e.gradient(), axis, start, e.shape(0).dim(axis) - start - length));
      // Summed down to the operand's shape by the walk.
      case Movement.Expand _ -> one(e.gradient());
      case Movement.Contiguous _ -> one(e.gradient());
      case Movement.Concat(int axis) -> concat(axis, e);
      case Movement.Split(int axis, int _) -> {
        Tensor[] parts = new Tensor[e.outputs()];
        for (int i = 0; i < parts.length; i++) {
          parts[i] = e.gradientOrZero(i);
        }
        yield one(Ops.concat(axis, parts));
      }
      case Movement.Pad(int axis, int before, int _) ->
          one(Ops.slice(e.gradient(), axis, before, e.shape(0).dim(axis)));
      case Movement.Gather(int axis) ->
          new @Nullable Tensor[] {
            Ops.scatterAdd(e.gradient(), axis, e.input(1), e.shape(0).dim(axis)), null
          };
      case Movement.ScatterAdd(int axis, int _) ->
          new @Nullable Tensor[] {Ops.gather(e.gradient(), axis, e.input(1)), null};
      case Movement.Embedding _ -> {
        Movement.EmbeddingGradient gradient = new Movement.EmbeddingGradient(e.shape(0).dim(0));
        yield new @Nullable Tensor[] {Engine.run(gradient, e.input(1), e.gradient())[0], null};
      }
      case Movement.EmbeddingGradient gradient -> throw new NotDifferentiableException(gradient);
    };
  }

  private static List<Integer> inverse(List<Integer> order) {
    Integer[] inverse = new Integer[order.size()];
    for (int i = 0; i < inverse.length; i++) {
      inverse[order.get(i)] = i;
    }
    return Arrays.asList(inverse);
  }

  private static @Nullable Tensor[] concat(int axis, Execution e) {
    @Nullable Tensor[] gradients = new @Nullable Tensor[e.inputs()];
    int start = 0;
    for (int i = 0; i < gradients.length; i++) {
      int extent = e.shape(i).dim(axis);
      if (e.needs(i)) {
        gradients[i] = Ops.slice(e.gradient(), axis, start, extent);
      }
      start += extent;
    }
    return gradients;
  }
}
