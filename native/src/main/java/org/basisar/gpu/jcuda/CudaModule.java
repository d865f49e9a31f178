package org.basisar.gpu.jcuda;

import java.util.Map;
import jcuda.driver.JCudaDriver;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.PtxSignature;

/** PTX that the driver has compiled. */
final class CudaModule implements GpuModule {
  private final CudaGpu gpu;
  private final String name;
  private final Handles.Module module;
  private final Map<String, PtxSignature> signatures;
  private boolean closed;

  CudaModule(
      CudaGpu gpu, String name, Handles.Module module, Map<String, PtxSignature> signatures) {
    this.gpu = gpu;
    this.name = name;
    this.module = module;
    this.signatures = signatures;
  }

  @Override
  public GpuKernel kernel(String kernel) {
    PtxSignature signature = signatures.get(kernel);
    if (signature == null) {
      throw new GpuException(
          name + " has no kernel " + kernel + "; it has " + signatures.keySet(), 0);
    }
    gpu.makeCurrent();
    Handles.Function function = new Handles.Function();
    NativeStatus.DRIVER.check(
        "cuModuleGetFunction of " + kernel,
        () -> JCudaDriver.cuModuleGetFunction(function, module, kernel));
    return new CudaKernel(gpu, kernel, signature, function);
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      gpu.closed(this);
      gpu.makeCurrent();
      NativeStatus.DRIVER.check("cuModuleUnload", () -> JCudaDriver.cuModuleUnload(module));
    }
  }
}
