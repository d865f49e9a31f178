package org.basisar.gpu.sim;

/** PTX text that the simulated device cannot take; becomes a GpuException that names the module. */
final class PtxException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  PtxException(String message) {
    super(message);
  }
}
