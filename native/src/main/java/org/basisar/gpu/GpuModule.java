package org.basisar.gpu;

/** Loaded device code. */
public interface GpuModule extends AutoCloseable {
  /**
   * A kernel of this module by its C name.
   *
   * @throws GpuException if there is none
   */
  GpuKernel kernel(String name);

  @Override
  void close();
}
