package org.basisar.gpu.jcuda;

import jcuda.driver.CUevent;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.GpuEvent;

/** An event with timing. */
final class CudaEvent implements GpuEvent {
  private final CudaGpu gpu;
  private final CUevent event;
  private boolean closed;

  CudaEvent(CudaGpu gpu, CUevent event) {
    this.gpu = gpu;
    this.event = event;
  }

  CUevent handle() {
    return event;
  }

  @Override
  public void synchronize() {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check("cuEventSynchronize", () -> JCudaDriver.cuEventSynchronize(event));
  }

  @Override
  public boolean isDone() {
    gpu.makeCurrent();
    int status = NativeStatus.DRIVER.attempt(() -> JCudaDriver.cuEventQuery(event));
    if (status != 0 && status != NativeStatus.NOT_READY) {
      throw NativeStatus.DRIVER.failure("cuEventQuery", status);
    }
    return status == 0;
  }

  @Override
  public float millisecondsSince(GpuEvent earlier) {
    gpu.makeCurrent();
    float[] milliseconds = new float[1];
    NativeStatus.DRIVER.check(
        "cuEventElapsedTime",
        () ->
            JCudaDriver.cuEventElapsedTime(milliseconds, ((CudaEvent) earlier).event, this.event));
    return milliseconds[0];
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gpu.closed(this);
      gpu.makeCurrent();
      NativeStatus.DRIVER.check("cuEventDestroy", () -> JCudaDriver.cuEventDestroy(event));
    }
  }
}
