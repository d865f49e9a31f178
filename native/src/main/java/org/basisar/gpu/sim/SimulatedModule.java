package org.basisar.gpu.sim;

import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.PtxSignature;

/** A module whose kernels are all bound, so that whatever is not supported shows on loading. */
final class SimulatedModule implements GpuModule {
  private final String name;
  private final Map<String, SimulatedKernel> kernels = new LinkedHashMap<>();
  private final Map<String, Long> globals;
  private final SimulatedGpu gpu;

  SimulatedModule(
      String name, String ptx, PtxModule module, Map<String, Long> globals, SimulatedGpu gpu) {
    this.name = name;
    this.globals = globals;
    this.gpu = gpu;
    Map<String, PtxSignature> signatures = PtxSignature.ofModule(ptx);
    module
        .kernels()
        .forEach((kernel, function) -> {
          PtxSignature signature = signatures.get(kernel);
          if (signature == null) {
            throw new PtxException("the parameters of " + kernel + " were not found");
          }
          Program program = new Program(module, function, globals);
          kernels.put(kernel, new SimulatedKernel(gpu, signature, program));
        });
  }

  @Override
  public GpuKernel kernel(String kernel) {
    SimulatedKernel found = kernels.get(kernel);
    if (found == null) {
      throw new GpuException(
          name + " has no kernel " + kernel + "; it has " + kernels.keySet(), 500);
    }
    return found;
  }

  @Override
  public void close() {
    gpu.unload(globals.values());
  }
}
