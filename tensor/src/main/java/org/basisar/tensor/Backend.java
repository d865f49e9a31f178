package org.basisar.tensor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a device must be able to do; implemented once per kind of device. */
public interface Backend {
  /** Memory for {@code elements} elements, contents undefined. */
  Object allocate(DType dtype, int elements);

  /** Where in a block the first element of a tensor lies. */
  default int origin(Object memory) {
    return 0;
  }

  /** Returns memory to the system; never called for memory that is pooled. */
  void free(Object memory);

  /**
   * Bytes of work space that kernels keep from one run to the next, beside what {@link #allocate}
   * gave out.
   */
  long workBytes();

  /** Gives up work space that nothing is bound to. */
  default void trim() {
    // Launches are bound to it unless the device says otherwise.
  }

  /**
   * Binds an operation to dense operands and results. Checks nothing: {@link Op#infer} has run.
   *
   * @return the launch, to be run now and on every replay
   */
  Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs);

  /** Other ways to compute some operations. */
  default List<Alternative> alternatives() {
    return List.of();
  }

  /**
   * Turns bound launches into one that runs them all, if this device can do better than one by one;
   * called once for a captured {@link Program}, after each launch has run.
   *
   * @return null if the launches are to be run as they are
   */
  default @Nullable Launch record(List<Launch> launches) {
    return null;
  }

  /** Waits until all launched work is done. */
  default void synchronize() {
    // Launches run to completion unless the device says otherwise.
  }

  /** One line on what computes. */
  String describe();

  /** Bytes of memory that there are in all, used or not. */
  long memoryBytes();

  /**
   * Copies a dense Java array of the dtype's kind into device memory, after all work launched
   * before and before all launched later. The array may be changed when this returns.
   */
  void write(Object memory, int offset, Object host, int hostOffset, int count);

  /** Copies device memory into a Java array of the dtype's kind; waits for what was launched. */
  void read(Object memory, int offset, Object host, int hostOffset, int count);

  /** This device's side of an {@link Upload} into dense tensors on it. */
  default Inlet inlet(Tensor[] targets) {
    return new HostInlet(this, targets);
  }

  /** This device's side of a {@link Download} of one-element tensors on it. */
  default Outlet outlet(Tensor[] sources) {
    return new HostOutlet(sources);
  }
}
