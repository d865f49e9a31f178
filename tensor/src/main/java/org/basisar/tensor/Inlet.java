package org.basisar.tensor;

/** A device's side of an {@link Upload}; used by one thread. */
public interface Inlet extends AutoCloseable {
  /**
   * Takes over a copy of an array's elements, to go with the next {@link #send}. May wait for the
   * transfer before the last, not for anything launched since.
   *
   * @param target index of the tensor they are for
   * @param host array of the tensor's dtype's kind
   */
  void put(int target, Object host, int hostOffset);

  /** Sets what was put on its way; waits for nothing. */
  void send();

  /**
   * Has work launched from now on find what was sent last; waits for nothing.
   *
   * @param sent which tensors there is something for
   */
  void arrive(boolean[] sent);

  @Override
  void close();
}
