package org.basisar.nn.io;

import java.io.IOException;

/**
 * Where the elements of a tensor come from when its turn to be written has come, so that a large
 * model need never stand in host memory as a whole.
 */
@FunctionalInterface
public interface TensorSource {
  /**
   * Delivers exactly the elements of the declared shape.
   *
   * @throws IOException if the sink cannot write or the source cannot read
   */
  void writeTo(TensorSink sink) throws IOException;
}
