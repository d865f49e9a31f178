package org.basisar.gpu.jcuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.Map;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnHandle;
import jcuda.runtime.cudaStream_t;
import org.basisar.gpu.Convolution;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.GpuStream;

/** cuDNN's convolutions. JCuda's Java half is of the time of cuDNN 8, its native half of 9. */
final class CudaDnn implements Dnn, AutoCloseable {
  private final CudaGpu gpu;
  private final cudnnHandle handle = new cudnnHandle();
  private final String version;
  private final HostAddress one;
  private final HostAddress zero;
  private final MemorySegment scalars = Arena.ofAuto().allocate(ValueLayout.JAVA_FLOAT, 2);
  private final Map<Convolution, ConvolutionPlan> plans = new HashMap<>();
  private long workspace;
  private long workspaceBytes;

  CudaDnn(CudaGpu gpu, LoadedLibraries libraries) {
    this.gpu = gpu;
    libraries.get(CudaLibrary.CUDNN);
    JcudaNatives.load(
        JcudaNatives.Family.CUDNN,
        libraries.cudaMajor(),
        () -> {
          JCudnn.initialize();
          JCudnn.setExceptionsEnabled(true);
        });
    NativeStatus.DNN.check("cudnnCreate", () -> JCudnn.cudnnCreate(handle));
    this.version = "cuDNN " + libraries.version(CudaLibrary.CUDNN).orElse("of unknown version");
    scalars.setAtIndex(ValueLayout.JAVA_FLOAT, 0, 1);
    scalars.setAtIndex(ValueLayout.JAVA_FLOAT, 1, 0);
    this.one = new HostAddress(scalars.address());
    this.zero = new HostAddress(scalars.address() + Float.BYTES);
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public synchronized void forward(
      GpuStream stream, Convolution convolution, long input, long filter, long output) {
    ConvolutionPlan plan = enter(stream, convolution);
    ConvolutionPlan.Choice choice = plan.forward();
    DeviceAddress work = workspace(choice);
    NativeStatus.DNN.check(
        "cudnnConvolutionForward",
        () ->
            JCudnn.cudnnConvolutionForward(
                handle,
                one,
                plan.input(),
                new DeviceAddress(input),
                plan.filter(),
                new DeviceAddress(filter),
                plan.convolution(),
                choice.algorithm(),
                work,
                choice.workspaceBytes(),
                zero,
                plan.output(),
                new DeviceAddress(output)));
  }

  @Override
  public synchronized void backwardData(
      GpuStream stream,
      Convolution convolution,
      long filter,
      long outputGradient,
      long inputGradient) {
    ConvolutionPlan plan = enter(stream, convolution);
    ConvolutionPlan.Choice choice = plan.backwardData();
    DeviceAddress work = workspace(choice);
    NativeStatus.DNN.check(
        "cudnnConvolutionBackwardData",
        () ->
            JCudnn.cudnnConvolutionBackwardData(
                handle,
                one,
                plan.filter(),
                new DeviceAddress(filter),
                plan.output(),
                new DeviceAddress(outputGradient),
                plan.convolution(),
                choice.algorithm(),
                work,
                choice.workspaceBytes(),
                zero,
                plan.input(),
                new DeviceAddress(inputGradient)));
  }

  @Override
  public synchronized void backwardFilter(
      GpuStream stream,
      Convolution convolution,
      long input,
      long outputGradient,
      long filterGradient) {
    ConvolutionPlan plan = enter(stream, convolution);
    ConvolutionPlan.Choice choice = plan.backwardFilter();
    DeviceAddress work = workspace(choice);
    NativeStatus.DNN.check(
        "cudnnConvolutionBackwardFilter",
        () ->
            JCudnn.cudnnConvolutionBackwardFilter(
                handle,
                one,
                plan.input(),
                new DeviceAddress(input),
                plan.output(),
                new DeviceAddress(outputGradient),
                plan.convolution(),
                choice.algorithm(),
                work,
                choice.workspaceBytes(),
                zero,
                plan.filter(),
                new DeviceAddress(filterGradient)));
  }

  private ConvolutionPlan enter(GpuStream stream, Convolution convolution) {
    gpu.makeCurrent();
    NativeStatus.DNN.check(
        "cudnnSetStream",
        () -> JCudnn.cudnnSetStream(handle, new cudaStream_t(((CudaStream) stream).handle())));
    ConvolutionPlan plan = plans.get(convolution);
    if (plan == null) {
      plan = new ConvolutionPlan(handle, convolution);
      plans.put(convolution, plan);
    }
    return plan;
  }

  /** The common workspace, large enough; work on other streams may still use the old one. */
  private DeviceAddress workspace(ConvolutionPlan.Choice choice) {
    if (choice.workspaceBytes() > workspaceBytes) {
      long larger = gpu.allocate(choice.workspaceBytes());
      if (workspaceBytes > 0) {
        gpu.synchronize();
        gpu.free(workspace);
      }
      workspace = larger;
      workspaceBytes = choice.workspaceBytes();
    }
    return new DeviceAddress(workspace);
  }

  @Override
  public synchronized void close() {
    plans.values().forEach(ConvolutionPlan::close);
    plans.clear();
    if (workspaceBytes > 0) {
      gpu.free(workspace);
      workspaceBytes = 0;
    }
    NativeStatus.DNN.check("cudnnDestroy", () -> JCudnn.cudnnDestroy(handle));
  }
}
