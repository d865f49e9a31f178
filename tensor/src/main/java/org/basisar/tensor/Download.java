package org.basisar.tensor;

/**
 * The way of a fixed set of scalars to the host: {@link #start} takes the values that the work
 * launched so far leaves, {@link #value} waits for these alone, while later work goes on. On a GPU
 * they go through page-locked memory; on the CPU they are copied.
 */
public final class Download implements AutoCloseable {
  private final Tensor[] sources;
  private final Outlet outlet;
  private boolean started;
  private boolean closed;

  /**
   * A way out of these tensors, which stay the caller's to close.
   *
   * @throws IllegalArgumentException if there are none, or if they do not lie on one device
   * @throws ShapeException if one has not exactly one element
   */
  public Download(Tensor... sources) {
    this.sources = sources.clone();
    Backend backend = Checks.oneDevice("download", sources).backend();
    for (Tensor source : sources) {
      if (source.size() != 1) {
        throw new ShapeException(
            "download: needs one element each, shape is " + source.shape(), source.shape());
      }
    }
    outlet = backend.outlet(this.sources);
  }

  /** Takes the values anew; the ones before are gone. */
  public void start() {
    checkOpen();
    for (Tensor source : sources) {
      source.checkOpen(null);
    }
    outlet.start();
    started = true;
  }

  /**
   * A value as of the last {@link #start}.
   *
   * @throws IllegalStateException if there was none
   */
  public double value(int index) {
    checkOpen();
    if (!started) {
      throw new IllegalStateException("download: no values were taken; start before reading");
    }
    return outlet.value(index);
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("download is closed");
    }
  }

  /** Releases the memory on the way. Closing twice does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      outlet.close();
    }
  }
}
