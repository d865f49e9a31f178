package org.basisar.gpu.sim;

import org.basisar.gpu.GpuException;

/** A kernel did something on the simulated device that no kernel may do. */
public final class KernelFaultException extends GpuException {
  private static final long serialVersionUID = 1L;
  private static final int STATUS_ILLEGAL_ADDRESS = 700;

  private final String kernel;
  private final String source;
  private final int ptxLine;
  private final String reason;

  KernelFaultException(
      String kernel, String place, String source, int ptxLine, String instruction, String reason) {
    super(
        kernel
            + ", "
            + place
            + (source.isEmpty() ? "" : ", " + source)
            + (ptxLine > 0 ? " (PTX line " + ptxLine + ": " + instruction + ")" : "")
            + ": "
            + reason,
        STATUS_ILLEGAL_ADDRESS);
    this.kernel = kernel;
    this.source = source;
    this.ptxLine = ptxLine;
    this.reason = reason;
  }

  /** The kernel's C name, or the name of the library call. */
  public String kernel() {
    return kernel;
  }

  /** File and line of the CUDA source, e.g. {@code norm.cu:17}; empty if the PTX has none. */
  public String source() {
    return source;
  }

  /** Line of the PTX text; 0 if no instruction is to blame. */
  public int ptxLine() {
    return ptxLine;
  }

  /** What was done, without the place. */
  public String reason() {
    return reason;
  }
}
