package org.basisar.tensor;

/** A device's side of a {@link Download}; used by one thread. */
public interface Outlet extends AutoCloseable {
  /** Takes the values that all work launched before leaves; waits for nothing. */
  void start();

  /** A value as of the last {@link #start}, for which alone it waits. */
  double value(int index);

  @Override
  void close();
}
