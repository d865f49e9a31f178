package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.Tensor;

/** Reference kernels of {@link Convolution}: sums in the order of the filter's elements. */
final class PlainConvolution {
  private PlainConvolution() {}

  static PlainKernels.Body body(Convolution op, Tensor[] inputs, Tensor[] outputs) {
    ConvolutionShape s = ConvolutionShape.of(op, inputs, outputs[0]);
    return switch (op) {
      case Convolution.Convolve convolve -> forward(s, convolve.bias());
      case Convolution.ConvolveInputGradient _ -> inputGradient(s);
      case Convolution.ConvolveWeightGradient _ -> weightGradient(s);
    };
  }

  private static PlainKernels.Body forward(ConvolutionShape s, boolean bias) {
    return (in, out) ->
        PlainLoops.run(
            s.batch() * s.filters(),
            (long) s.positions() * s.depth(),
            (from, to) -> {
              for (int plane = from; plane < to; plane++) {
                int filter = plane % s.filters();
                int at = plane * s.positions();
                if (bias) {
                  Arrays.fill(out[0], at, at + s.positions(), in[2][filter]);
                }
                for (int c = 0; c < s.channels(); c++) {
                  int image = (plane / s.filters() * s.channels() + c) * s.pixels();
                  int taps = (filter * s.channels() + c) * s.kernelHeight() * s.kernelWidth();
                  see(s, in[0], image, in[1], taps, out[0], at);
                }
              }
            });
  }

  /** Adds one channel of an image, seen through its part of a filter, to a plane of the result. */
  private static void see(
      ConvolutionShape s, double[] x, int image, double[] weight, int taps, double[] out, int at) {
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        double factor = weight[taps + ky * s.kernelWidth() + kx];
        int first = s.firstColumn(kx);
        int count = s.endColumn(kx) - first;
        for (int row = 0; row < s.outHeight(); row++) {
          int imageRow = s.imageRow(row, ky);
          if (!s.inside(imageRow)) {
            continue;
          }
          int from = image + imageRow * s.width() + s.imageColumn(first, kx);
          int to = at + row * s.outWidth() + first;
          if (s.stride() == 1) {
            PlainLoops.axpy(factor, x, from, out, to, count);
          } else {
            for (int i = 0; i < count; i++) {
              out[to + i] += factor * x[from + i * s.stride()];
            }
          }
        }
      }
    }
  }

  private static PlainKernels.Body inputGradient(ConvolutionShape s) {
    return (in, out) ->
        PlainLoops.run(
            s.batch() * s.channels(),
            (long) s.positions() * s.filters() * s.kernelHeight() * s.kernelWidth(),
            (from, to) -> {
              for (int plane = from; plane < to; plane++) {
                int c = plane % s.channels();
                for (int filter = 0; filter < s.filters(); filter++) {
                  int gradient = (plane / s.channels() * s.filters() + filter) * s.positions();
                  int taps = (filter * s.channels() + c) * s.kernelHeight() * s.kernelWidth();
                  giveBack(s, in[1], gradient, in[0], taps, out[0], plane * s.pixels());
                }
              }
            });
  }

  /** The transpose of {@link #see}. */
  private static void giveBack(
      ConvolutionShape s,
      double[] gradient,
      int plane,
      double[] weight,
      int taps,
      double[] out,
      int image) {
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        double factor = weight[taps + ky * s.kernelWidth() + kx];
        int first = s.firstColumn(kx);
        int count = s.endColumn(kx) - first;
        for (int row = 0; row < s.outHeight(); row++) {
          int imageRow = s.imageRow(row, ky);
          if (!s.inside(imageRow)) {
            continue;
          }
          int to = image + imageRow * s.width() + s.imageColumn(first, kx);
          int from = plane + row * s.outWidth() + first;
          for (int i = 0; i < count; i++) {
            out[to + i * s.stride()] += factor * gradient[from + i];
          }
        }
      }
    }
  }

  private static PlainKernels.Body weightGradient(ConvolutionShape s) {
    int taps = s.kernelHeight() * s.kernelWidth();
    return (in, out) ->
        PlainLoops.run(
            s.filters() * s.channels(),
            (long) s.batch() * s.positions() * taps,
            (from, to) -> {
              for (int pair = from; pair < to; pair++) {
                for (int b = 0; b < s.batch(); b++) {
                  int image = (b * s.channels() + pair % s.channels()) * s.pixels();
                  int plane = (b * s.filters() + pair / s.channels()) * s.positions();
                  correlate(s, in[0], image, in[1], plane, out[0], pair * taps);
                }
              }
            });
  }

  private static void correlate(
      ConvolutionShape s,
      double[] x,
      int image,
      double[] gradient,
      int plane,
      double[] out,
      int at) {
    for (int ky = 0; ky < s.kernelHeight(); ky++) {
      for (int kx = 0; kx < s.kernelWidth(); kx++) {
        int first = s.firstColumn(kx);
        int count = s.endColumn(kx) - first;
        double sum = 0;
        for (int row = 0; row < s.outHeight(); row++) {
          int imageRow = s.imageRow(row, ky);
          if (!s.inside(imageRow)) {
            continue;
          }
          int from = image + imageRow * s.width() + s.imageColumn(first, kx);
          int other = plane + row * s.outWidth() + first;
          for (int i = 0; i < count; i++) {
            sum += x[from + i * s.stride()] * gradient[other + i];
          }
        }
        out[at + ky * s.kernelWidth() + kx] += sum;
      }
    }
  }
}
