package org.basisar.autograd;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Recorder;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Records what its thread computes from the watched tensors, and walks back over it.
 *
 * <p>Usage: {@code try (Tape tape = Tape.open()) { tape.watch(weight); Tensor loss = …; Gradients
 * gradients = tape.backward(loss); }}. An operation is recorded only if one of its operands is
 * tracked, that is watched or computed from a watched tensor; tensors are told apart by identity,
 * so {@link Tensor#detach} cuts. Uses of a tensor before it is watched do not count.
 *
 * <p>The tape owns no memory: what the forward pass made must still be open at {@link #backward}.
 * Where several gradients meet they are added, in the order of the backward walk, so results do not
 * depend on threads. Gradients of results in between are closed as soon as they have been passed
 * on; the gradient of every watched tensor is dense, shares memory with nothing, and belongs to the
 * scope that is innermost when {@code backward} is called.
 *
 * <p>Tapes nest: while an inner one is open the outer one records nothing. A tape belongs to the
 * thread that opened it. Everything it does runs through the engine, so that a {@link
 * org.basisar.tensor.Program} captures the backward pass like the forward pass.
 */
public final class Tape implements Recorder, AutoCloseable {
  private final Set<Tensor> watched = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Set<Tensor> tracked = Collections.newSetFromMap(new IdentityHashMap<>());
  private final List<Node> nodes = new ArrayList<>();
  private @Nullable Recorder outer;
  private boolean spent;
  private boolean closed;

  Tape() {}

  /** Opens a tape and installs it on this thread until it is closed. */
  public static Tape open() {
    Tape tape = new Tape();
    tape.outer = Engine.install(tape);
    return tape;
  }

  /** The tape that records on this thread now, or null. */
  static @Nullable Tape current() {
    return switch (Engine.recorder()) {
      case Tape tape -> tape;
      case Probe probe -> probe.tape();
      case null, default -> null;
    };
  }

  /** Runs {@code body} without recording anything. */
  public static <T extends @Nullable Object> T noGrad(Supplier<T> body) {
    return Engine.recording(null, body);
  }

  /**
   * Asks for the gradient of these tensors, from their next use on. A tensor computed on this tape
   * may be watched too; its gradient is then kept.
   *
   * @throws IllegalArgumentException if a tensor is not floating, and so has no gradient
   */
  public void watch(Tensor... tensors) {
    requireUsable("watch");
    for (Tensor tensor : tensors) {
      if (!tensor.dtype().isFloating()) {
        throw new IllegalArgumentException(
            "watch: a tensor of dtype "
                + tensor.dtype()
                + " and shape "
                + tensor.shape()
                + " has no gradient; cast it to a floating dtype first");
      }
      watched.add(tensor);
      tracked.add(tensor);
    }
  }

  @Override
  public void recorded(Op op, Tensor[] inputs, Tensor[] outputs) {
    int[] mutated = op.mutates(inputs);
    if (mutated.length > 0) {
      // Counted as results, so that a gradient that arrives at an overwritten tensor is noticed.
      Tensor[] overwritten = new Tensor[mutated.length];
      for (int i = 0; i < mutated.length; i++) {
        overwritten[i] = inputs[mutated[i]];
      }
      add(new Node.Executed(op), inputs, overwritten, Node.versions(inputs));
    } else {
      add(new Node.Executed(op), inputs, outputs, Node.versions(inputs));
    }
  }

  void add(Node.Source source, Tensor[] inputs, Tensor[] outputs, long[] inputVersions) {
    boolean[] needs = new boolean[inputs.length];
    boolean any = false;
    for (int i = 0; i < inputs.length; i++) {
      needs[i] = tracked.contains(inputs[i]);
      any |= needs[i];
    }
    boolean carries = false;
    for (Tensor output : outputs) {
      carries |= output.dtype().isFloating();
    }
    if (!any || !carries) {
      return;
    }
    for (Tensor output : outputs) {
      if (output.dtype().isFloating()) {
        tracked.add(output);
      }
    }
    nodes.add(new Node(source, inputs, outputs, needs, inputVersions));
  }

  /** Whether a gradient can flow through this tensor. */
  boolean tracks(Tensor tensor) {
    return tracked.contains(tensor);
  }

  List<Node> nodes() {
    return nodes;
  }

  /**
   * The gradients of a scalar with respect to everything watched. The tape is spent afterwards.
   *
   * @param loss one element, computed on this tape from a watched tensor
   * @throws IllegalArgumentException if the loss is not one floating element or does not depend on
   *     any watched tensor
   * @throws IllegalStateException if the tape is spent or closed, or if a tensor that a gradient is
   *     computed from was closed or overwritten
   * @throws NotDifferentiableException if the loss depends on a watched tensor through an operation
   *     without gradient
   */
  public Gradients backward(Tensor loss) {
    return backward(loss, false);
  }

  /**
   * Like {@link #backward(Tensor)}.
   *
   * @param keep whether the tape stays usable for another backward pass
   */
  public Gradients backward(Tensor loss, boolean keep) {
    requireUsable("backward");
    if (loss.size() != 1 || !loss.dtype().isFloating()) {
      throw new IllegalArgumentException(
          "backward: the loss must be one floating element, is "
              + loss.dtype()
              + " of shape "
              + loss.shape()
              + "; reduce it first");
    }
    if (!tracked.contains(loss)) {
      throw new IllegalArgumentException(
          "backward: the loss does not depend on any watched tensor; watch the tensors before they"
              + " are used");
    }
    Gradients gradients = Engine.recording(null, () -> Walk.backward(nodes, loss, watched));
    if (!keep) {
      spent = true;
      nodes.clear();
      tracked.clear();
      watched.clear();
    }
    return gradients;
  }

  private void requireUsable(String what) {
    if (closed) {
      throw new IllegalStateException(what + ": the tape is closed");
    }
    if (spent) {
      throw new IllegalStateException(
          what
              + ": the tape was spent by an earlier backward; open a new tape for each forward pass,"
              + " or call backward(loss, true) the first time to keep it");
    }
  }

  /**
   * Stops recording and forgets everything; the recorder that was installed before records again.
   *
   * @throws IllegalStateException if already closed, or if this tape is not the one recording now,
   *     as when an inner one is still open or another thread closes it
   */
  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("tape is already closed");
    }
    if (Engine.recorder() != this) {
      throw new IllegalStateException(
          "tape: not the one recording on this thread; close inner tapes first, and on the thread"
              + " that opened them");
    }
    Engine.install(outer);
    closed = true;
    nodes.clear();
    tracked.clear();
    watched.clear();
  }
}
