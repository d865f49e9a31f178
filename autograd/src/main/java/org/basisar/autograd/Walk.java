package org.basisar.autograd;

import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * One backward pass: goes over the nodes from the last to the first, asks each rule for the
 * gradients of the operands, and adds them up. Iterative, so that the depth of a computation is
 * bounded by memory only.
 *
 * <p>Every gradient waiting here is a tensor object of its own, possibly on shared memory: closing
 * one never takes another's memory. It is written in place only when its memory is known to be
 * shared with nothing.
 */
final class Walk {
  /**
   * The sum of the gradients that have arrived at a tensor so far.
   *
   * @param exclusive whether it is dense and nothing else views its memory
   */
  private record Sum(Tensor gradient, boolean exclusive) {}

  private final Set<Tensor> watched;
  private final IdentityHashMap<Tensor, Sum> sums = new IdentityHashMap<>();
  private final IdentityHashMap<Tensor, Sum> finished = new IdentityHashMap<>();

  private Walk(Set<Tensor> watched) {
    this.watched = watched;
  }

  static Gradients backward(List<Node> nodes, Tensor loss, Set<Tensor> watched) {
    Walk walk = new Walk(watched);
    try (Scope scope = Scope.open()) {
      walk.sums.put(loss, new Sum(Ops.fillLike(loss, 1), true));
      walk.over(nodes);
      // What is left belongs to tensors that no node made: leaves.
      walk.finished.putAll(walk.sums);
      IdentityHashMap<Tensor, Tensor> gradients = new IdentityHashMap<>();
      walk.finished.forEach((tensor, sum) -> gradients.put(tensor, separate(sum)));
      scope.keepAll(gradients.values());
      return new Gradients(watched, gradients);
    }
  }

  /** The gradient as a dense tensor that its user may overwrite. */
  private static Tensor separate(Sum sum) {
    if (sum.exclusive()) {
      return sum.gradient();
    }
    Tensor copy = Engine.run(new Movement.Contiguous(), sum.gradient())[0];
    sum.gradient().close();
    return copy;
  }

  private void over(List<Node> nodes) {
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (!arrivedAt(node)) {
        continue;
      }
      node.checkUnchanged();
      @Nullable Tensor[] gradients = take(node);
      switch (node.source()) {
        case Node.Executed(Op op) -> differentiate(op, node, gradients);
        case Block block -> again(block, node, gradients);
      }
    }
  }

  private boolean arrivedAt(Node node) {
    for (Tensor output : node.outputs()) {
      if (sums.containsKey(output)) {
        return true;
      }
    }
    return false;
  }

  /** The complete gradients of a node's results; no later node of the walk adds to them. */
  private @Nullable Tensor[] take(Node node) {
    @Nullable Tensor[] gradients = new @Nullable Tensor[node.outputs().length];
    for (int i = 0; i < gradients.length; i++) {
      Tensor output = node.outputs()[i];
      Sum sum = sums.remove(output);
      if (sum == null) {
        continue;
      }
      gradients[i] = sum.gradient();
      if (watched.contains(output)) {
        finished.put(output, new Sum(sum.gradient().detach(), sum.exclusive()));
      }
    }
    return gradients;
  }

  private void differentiate(Op op, Node node, @Nullable Tensor[] gradients) {
    Tensor[] inputs = node.inputs();
    try (Scope scope = Scope.open()) {
      @Nullable Tensor[] found =
          GradientRules.gradients(op, inputs, node.outputs(), gradients, node.needs());
      if (found.length != inputs.length) {
        throw new IllegalStateException(
            op.title()
                + ": the gradient rule returned "
                + found.length
                + " gradients for "
                + inputs.length
                + " operands");
      }
      for (int i = 0; i < inputs.length; i++) {
        Tensor gradient = found[i];
        if (gradient == null || !node.needs()[i]) {
          continue;
        }
        if (gradient.dtype() != inputs[i].dtype()) {
          throw new IllegalStateException(
              op.title()
                  + ": the gradient rule returned "
                  + gradient.dtype()
                  + " for operand "
                  + i
                  + " of dtype "
                  + inputs[i].dtype());
        }
        // Where the operand was broadcast, its gradient is the sum over the copies.
        Tensor summed = Ops.sumTo(gradient, inputs[i].shape());
        // Our own rules return new tensors or views of the results' gradients; others' anything.
        boolean exclusive =
            !(op instanceof CustomOp) && summed.isDense() && !shares(summed, gradients);
        arrive(inputs[i], summed, exclusive, scope);
      }
    }
    close(gradients);
  }

  /**
   * Adds a gradient to the sum of a tensor.
   *
   * @param scope the innermost scope, which the sum must outlive
   */
  private void arrive(Tensor tensor, Tensor gradient, boolean exclusive, Scope scope) {
    Sum before = sums.get(tensor);
    if (before == null) {
      sums.put(tensor, new Sum(scope.keep(gradient.detach()), exclusive));
    } else if (before.exclusive()) {
      Ops.addInto(before.gradient(), gradient);
    } else if (exclusive) {
      Ops.addInto(gradient, before.gradient());
      before.gradient().close();
      sums.put(tensor, new Sum(scope.keep(gradient.detach()), true));
    } else {
      Tensor sum = scope.keep(Ops.add(before.gradient(), gradient));
      before.gradient().close();
      sums.put(tensor, new Sum(sum, true));
    }
  }

  /** Runs a block again, this time keeping everything, and walks over what was recorded. */
  private void again(Block block, Node node, @Nullable Tensor[] gradients) {
    try (Scope scope = Scope.open()) {
      Block.Recording recording = block.rerun(node);
      for (int i = 0; i < gradients.length; i++) {
        Tensor gradient = gradients[i];
        if (gradient != null && recording.tape().tracks(recording.outputs().get(i))) {
          arrive(recording.outputs().get(i), gradient, false, scope);
        }
      }
      close(gradients);
      over(recording.tape().nodes());
      List<Tensor> alive = new ArrayList<>();
      sums.values().forEach(sum -> alive.add(sum.gradient()));
      scope.keepAll(alive);
    }
  }

  private static void close(@Nullable Tensor[] gradients) {
    for (Tensor gradient : gradients) {
      if (gradient != null) {
        gradient.close();
      }
    }
  }

  private static boolean shares(Tensor tensor, @Nullable Tensor[] others) {
    for (Tensor other : others) {
      if (other != null && other.storage() == tensor.storage()) {
        return true;
      }
    }
    return false;
  }
}
