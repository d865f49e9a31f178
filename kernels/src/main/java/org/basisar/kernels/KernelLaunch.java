package org.basisar.kernels;

import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;

/** A kernel with its geometry and arguments, ready to run any number of times. */
public record KernelLaunch(GpuKernel kernel, Grid grid, Parameters parameters) {
  /** Checks the arguments against the device code. */
  public KernelLaunch {
    parameters.complete();
  }

  /** Enqueues the kernel. */
  public void run(GpuStream stream) {
    stream.launch(kernel, grid, parameters);
  }
}
