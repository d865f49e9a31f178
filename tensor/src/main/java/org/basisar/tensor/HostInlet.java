package org.basisar.tensor;

/** Arrays on the host, for a device that computes at once. */
final class HostInlet implements Inlet {
  private final Backend backend;
  private final Tensor[] targets;
  private final Object[] staged;

  HostInlet(Backend backend, Tensor[] targets) {
    this.backend = backend;
    this.targets = targets;
    staged = new Object[targets.length];
    for (int i = 0; i < staged.length; i++) {
      staged[i] = HostArrays.create(targets[i].dtype(), targets[i].size());
    }
  }

  @Override
  public void put(int target, Object host, int hostOffset) {
    System.arraycopy(host, hostOffset, staged[target], 0, targets[target].size());
  }

  @Override
  public void send() {
    // There is no way to go.
  }

  @Override
  public void arrive(boolean[] sent) {
    for (int i = 0; i < targets.length; i++) {
      if (sent[i]) {
        Tensor target = targets[i];
        backend.write(target.storage().memory(), target.offset(), staged[i], 0, target.size());
      }
    }
  }

  @Override
  public void close() {
    // The garbage collector takes the arrays.
  }
}
