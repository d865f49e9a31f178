package org.basisar.gpu;

/** Matrix products. */
public interface Blas {
  /** Enqueues a product; allocates nothing, so it may be captured. */
  void gemm(GpuStream stream, Gemm gemm);

  /** The library and its version, for reports. */
  String version();
}
