package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A parameter's numbers, and their copy in the dtype of products where that is coarser. Whoever
 * writes both says so by {@link #copyIsCurrent}; anybody else's writing is noticed by the version
 * of the numbers' memory. Replays of a program do not change it, so a program must write both or
 * none.
 */
final class Values {
  private final Tensor tensor;
  private @Nullable Tensor copy;
  private long copied = -1;

  Values(Tensor tensor) {
    this.tensor = tensor;
  }

  Tensor tensor() {
    return tensor;
  }

  /** The copy as it is, which may be out of date. */
  @Nullable Tensor copy() {
    return copy;
  }

  /** Makes room for a copy, unless there is some. */
  void keepCopy(DType dtype) {
    if (copy == null) {
      int[] dims = tensor.shape().dims();
      copy = tensor.device().call(() -> Scope.outside(() -> Tensor.zeros(dtype, dims)));
    }
  }

  /** Rounds anew if the numbers were written since. */
  void refresh() {
    if (copy != null && copied != tensor.storage().version()) {
      round(copy);
    }
  }

  /** Rounds anew, as after a program has written the numbers alone. */
  void refreshAnyway() {
    if (copy != null) {
      round(copy);
    }
  }

  private void round(Tensor target) {
    try (Scope _ = Scope.open()) {
      Engine.<@Nullable Void>recording(
          null,
          () -> {
            Ops.copyInto(target, Ops.cast(tensor, target.dtype()));
            return null;
          });
    }
    copyIsCurrent();
  }

  /** Notes that the copy is of the numbers as they are. */
  void copyIsCurrent() {
    copied = tensor.storage().version();
  }

  void close() {
    tensor.close();
    if (copy != null) {
      copy.close();
    }
  }
}
