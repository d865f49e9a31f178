package org.basisar.gpu.sim;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;

/** A device with the kernels of one file of {@code src/test/cuda}. */
final class TestKernels implements AutoCloseable {
  final SimulatedGpu gpu = SimulatedGpu.create().strictReads(true);
  final GpuStream stream = gpu.newStream();
  private final GpuModule module;

  TestKernels(String file) {
    module = gpu.load(file, text(file));
  }

  static String text(String file) {
    try (InputStream in = TestKernels.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("no resource " + file);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  long upload(float... values) {
    long address = gpu.allocate(4L * values.length);
    stream.copyToDevice(address, MemorySegment.ofArray(values), 4L * values.length);
    return address;
  }

  long upload(int... values) {
    long address = gpu.allocate(4L * values.length);
    stream.copyToDevice(address, MemorySegment.ofArray(values), 4L * values.length);
    return address;
  }

  long room(int elements) {
    return gpu.allocate(4L * elements);
  }

  float[] singles(long address, int count) {
    float[] values = new float[count];
    stream.copyToHost(MemorySegment.ofArray(values), address, 4L * count);
    return values;
  }

  int[] integers(long address, int count) {
    int[] values = new int[count];
    stream.copyToHost(MemorySegment.ofArray(values), address, 4L * count);
    return values;
  }

  /** Launches a kernel; longs are addresses. */
  void launch(String name, Grid grid, Object... arguments) {
    GpuKernel kernel = module.kernel(name);
    Parameters parameters = new Parameters(kernel);
    for (Object argument : arguments) {
      switch (argument) {
        case Long address -> parameters.pointer(address);
        case Integer value -> parameters.int32(value);
        case Float value -> parameters.float32(value);
        default -> throw new IllegalArgumentException("argument " + argument);
      }
    }
    stream.launch(kernel, grid, parameters);
  }

  @Override
  public void close() {
    gpu.close();
  }
}
