package org.basisar.gpu;

/** Matrix products whose result passes through a bias and an activation before it is stored. */
public interface FusedBlas {
  /** What happens to a row of C before it is stored. */
  enum Epilogue {
    /** A vector of n elements is added. */
    BIAS,
    /** A vector is added, then the tanh form of GELU is applied. */
    BIAS_GELU
  }

  /**
   * Enqueues a product; allocates nothing once the same product was enqueued before.
   *
   * @param bias address of n elements of C's type
   * @throws GpuException if the library cannot do this product
   */
  void gemm(GpuStream stream, Gemm gemm, Epilogue epilogue, long bias);
}
