package org.basisar.tensor;

/**
 * The way from the host into a fixed set of tensors, in three steps so that values travel while the
 * device computes: {@link #put} and {@link #send} what a later step needs while an earlier one
 * runs, {@link #arrive} when the later one begins. Until then the tensors keep what they hold. On a
 * GPU the values go through page-locked memory on a stream of their own; on the CPU they are
 * copied.
 *
 * <p>Like {@link Tensor#copyFrom}, it is no part of a captured {@link Program}: it is called
 * between replays.
 */
public final class Upload implements AutoCloseable {
  private final Tensor[] targets;
  private final Inlet inlet;
  private final boolean[] put;
  private final boolean[] sent;
  private boolean underWay;
  private boolean closed;

  /**
   * A way into these tensors, which stay the caller's to close.
   *
   * @throws IllegalArgumentException if there are none, if one is not dense, or if they do not lie
   *     on one device
   */
  public Upload(Tensor... targets) {
    this.targets = targets.clone();
    put = new boolean[targets.length];
    sent = new boolean[targets.length];
    Backend backend = Checks.oneDevice("upload", targets).backend();
    inlet = backend.inlet(this.targets);
  }

  /**
   * Takes over a copy of the values for the next {@link #send}.
   *
   * @param target one of the tensors
   * @param host array of its dtype's kind with at least its number of elements
   * @throws IllegalArgumentException if {@code target} is none of the tensors
   */
  public void put(Tensor target, Object host) {
    checkOpen();
    int index = index(target);
    inlet.put(index, host, 0);
    put[index] = true;
  }

  private int index(Tensor target) {
    for (int i = 0; i < targets.length; i++) {
      if (targets[i] == target) {
        return i;
      }
    }
    throw new IllegalArgumentException(
        "upload: " + target + " is none of the tensors that this upload was made for");
  }

  /**
   * Sets what was put on its way. What was sent before and did not arrive is dropped.
   *
   * @throws IllegalStateException if nothing was put
   */
  public void send() {
    checkOpen();
    boolean any = false;
    for (int i = 0; i < put.length; i++) {
      any |= put[i];
      sent[i] = put[i];
      put[i] = false;
    }
    if (!any) {
      throw new IllegalStateException("upload: nothing was put; put values before sending");
    }
    inlet.send();
    underWay = true;
  }

  /**
   * Has everything launched from now on find the values in the tensors.
   *
   * @throws IllegalStateException if nothing is under way
   */
  public void arrive() {
    checkOpen();
    if (!underWay) {
      throw new IllegalStateException("upload: nothing is under way; send before arriving");
    }
    for (int i = 0; i < targets.length; i++) {
      if (sent[i]) {
        targets[i].checkOpen(null);
        targets[i].storage().overwritten();
      }
    }
    inlet.arrive(sent);
    underWay = false;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("upload is closed");
    }
  }

  /** Releases the memory on the way; what has arrived stays. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      inlet.close();
    }
  }
}
