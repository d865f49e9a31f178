package org.basisar.gpu.sim;

import org.basisar.gpu.Convolution;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuStream;

/** Convolutions in plain loops, rounded as on a device: sums are kept in single precision. */
final class SimulatedDnn implements Dnn {
  private final SimulatedGpu gpu;

  SimulatedDnn(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  @Override
  public String version() {
    return "simulated convolutions";
  }

  /** One multiplication of a convolution: where its three elements lie in their arrays. */
  @FunctionalInterface
  private interface Term {
    void at(int input, int filter, int output);
  }

  @Override
  public void forward(GpuStream stream, Convolution c, long input, long filter, long output) {
    enqueue(
        stream,
        () -> {
          float[] x = read("convolution, input", c.type(), input, inputSize(c));
          float[] w = read("convolution, filter", c.type(), filter, filterSize(c));
          float[] y = new float[outputSize(c)];
          terms(c, (i, f, o) -> y[o] += x[i] * w[f]);
          write("convolution, output", c.type(), output, y);
        });
  }

  @Override
  public void backwardData(
      GpuStream stream, Convolution c, long filter, long outputGradient, long inputGradient) {
    enqueue(
        stream,
        () -> {
          float[] w = read("convolution, filter", c.type(), filter, filterSize(c));
          float[] g = read("convolution, output gradient", c.type(), outputGradient, outputSize(c));
          float[] x = new float[inputSize(c)];
          terms(c, (i, f, o) -> x[i] += g[o] * w[f]);
          write("convolution, input gradient", c.type(), inputGradient, x);
        });
  }

  @Override
  public void backwardFilter(
      GpuStream stream, Convolution c, long input, long outputGradient, long filterGradient) {
    enqueue(
        stream,
        () -> {
          float[] x = read("convolution, input", c.type(), input, inputSize(c));
          float[] g = read("convolution, output gradient", c.type(), outputGradient, outputSize(c));
          float[] w = new float[filterSize(c)];
          terms(c, (i, f, o) -> w[f] += g[o] * x[i]);
          write("convolution, filter gradient", c.type(), filterGradient, w);
        });
  }

  private void enqueue(GpuStream stream, Runnable work) {
    ((SimulatedStream) stream)
        .enqueue(() -> {
          synchronized (gpu) {
            work.run();
          }
        });
  }

  /** Every multiplication, output by output, the filter's elements in their order. */
  private static void terms(Convolution c, Term term) {
    int inputs = c.inputChannels() / c.groups();
    int outputs = c.outputChannels() / c.groups();
    int output = 0;
    for (int image = 0; image < c.batch(); image++) {
      for (int channel = 0; channel < c.outputChannels(); channel++) {
        int firstInput = image * c.inputChannels() + channel / outputs * inputs;
        for (int y = 0; y < c.outputHeight(); y++) {
          for (int x = 0; x < c.outputWidth(); x++) {
            window(c, firstInput, channel, inputs, y, x, output++, term);
          }
        }
      }
    }
  }

  private static void window(
      Convolution c, int firstInput, int channel, int inputs, int y, int x, int output, Term term) {
    for (int i = 0; i < inputs; i++) {
      for (int ky = 0; ky < c.kernelHeight(); ky++) {
        int row = y * c.stride() + ky - c.padding();
        for (int kx = 0; kx < c.kernelWidth(); kx++) {
          int column = x * c.stride() + kx - c.padding();
          if (row >= 0 && row < c.height() && column >= 0 && column < c.width()) {
            term.at(
                ((firstInput + i) * c.height() + row) * c.width() + column,
                ((channel * inputs + i) * c.kernelHeight() + ky) * c.kernelWidth() + kx,
                output);
          }
        }
      }
    }
  }

  private static int inputSize(Convolution c) {
    return c.batch() * c.inputChannels() * c.height() * c.width();
  }

  private static int filterSize(Convolution c) {
    return c.outputChannels()
        * (c.inputChannels() / c.groups())
        * c.kernelHeight()
        * c.kernelWidth();
  }

  private static int outputSize(Convolution c) {
    return c.batch() * c.outputChannels() * c.outputHeight() * c.outputWidth();
  }

  private float[] read(String what, ElementType type, long address, int count) {
    long bytes = (long) count * type.bytes();
    Memory memory = gpu.at(what, address, bytes);
    float[] values = new float[count];
    Elements.read(type, memory, gpu.readable(what, memory, address, bytes), values, 0, count);
    return values;
  }

  private void write(String what, ElementType type, long address, float[] values) {
    long bytes = (long) values.length * type.bytes();
    Memory memory = gpu.at(what, address, bytes);
    Elements.write(
        type, memory, gpu.writable(what, memory, address, bytes), values, 0, values.length);
  }
}
