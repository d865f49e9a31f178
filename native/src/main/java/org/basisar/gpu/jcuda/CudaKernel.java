package org.basisar.gpu.jcuda;

import jcuda.driver.CUfunction_attribute;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.PtxSignature;

/** A function of a loaded module. */
final class CudaKernel implements GpuKernel {
  private final CudaGpu gpu;
  private final String name;
  private final PtxSignature signature;
  private final Handles.Function function;

  CudaKernel(CudaGpu gpu, String name, PtxSignature signature, Handles.Function function) {
    this.gpu = gpu;
    this.name = name;
    this.signature = signature;
    this.function = function;
  }

  Handles.Function function() {
    return function;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public PtxSignature signature() {
    return signature;
  }

  @Override
  public void allowSharedBytes(int bytes) {
    gpu.makeCurrent();
    NativeStatus.DRIVER.check(
        "cuFuncSetAttribute(" + name + ", " + bytes + " bytes of shared memory)",
        () ->
            JCudaDriver.cuFuncSetAttribute(
                function,
                CUfunction_attribute.CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                bytes));
  }
}
