package org.basisar.tensor;

/** Values on the host, for a device that computes at once. */
final class HostOutlet implements Outlet {
  private final Tensor[] sources;
  private final double[] values;

  HostOutlet(Tensor[] sources) {
    this.sources = sources;
    values = new double[sources.length];
  }

  @Override
  public void start() {
    for (int i = 0; i < values.length; i++) {
      values[i] = sources[i].item();
    }
  }

  @Override
  public double value(int index) {
    return values[index];
  }

  @Override
  public void close() {
    // The garbage collector takes the array.
  }
}
