package org.basisar.autograd;

import java.util.IdentityHashMap;
import java.util.Set;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What one backward pass found: for each watched tensor a gradient of its shape, dtype and device.
 */
public final class Gradients {
  private final IdentityHashMap<Tensor, Boolean> watched = new IdentityHashMap<>();
  private final IdentityHashMap<Tensor, Tensor> gradients;

  Gradients(Set<Tensor> watched, IdentityHashMap<Tensor, Tensor> gradients) {
    for (Tensor tensor : watched) {
      this.watched.put(tensor, true);
    }
    this.gradients = gradients;
  }

  /**
   * The gradient of a watched tensor.
   *
   * @throws IllegalArgumentException if the tensor was not watched, or if the loss does not depend
   *     on it
   */
  public Tensor of(Tensor leaf) {
    Tensor gradient = orNull(leaf);
    if (gradient == null) {
      throw new IllegalArgumentException(
          "gradients: the loss does not depend on the watched tensor of shape "
              + leaf.shape()
              + "; use ofOrZero if that is meant");
    }
    return gradient;
  }

  /**
   * The gradient of a watched tensor, zeros if the loss does not depend on it.
   *
   * @throws IllegalArgumentException if the tensor was not watched
   */
  public Tensor ofOrZero(Tensor leaf) {
    Tensor gradient = orNull(leaf);
    if (gradient == null) {
      gradient = Tape.noGrad(() -> Ops.fillLike(leaf, 0));
      gradients.put(leaf, gradient);
    }
    return gradient;
  }

  /**
   * The gradient of a watched tensor, null if the loss does not depend on it.
   *
   * @throws IllegalArgumentException if the tensor was not watched
   */
  public @Nullable Tensor orNull(Tensor leaf) {
    if (!watched.containsKey(leaf)) {
      throw new IllegalArgumentException(
          "gradients: the tensor of shape "
              + leaf.shape()
              + " was not watched; give it to Tape.watch before it is used");
    }
    return gradients.get(leaf);
  }
}
