package org.basisar.bench;

import org.basisar.tensor.cpu.Gemm;
import org.basisar.tensor.cpu.ParallelKernel;
import org.basisar.tensor.cpu.Workers;

/** The transform by the processor's matrix product itself, and what it must give. */
final class HostTransform {
  private final float[] images;
  private final float[] columns;
  private final float[] product;
  private final float[] result;
  private final Gemm each;
  private final Gemm all;
  private final Turn in;
  private final Turn out;

  HostTransform(TokenCase of) {
    int n = of.tokens();
    int c = of.channels();
    int b = of.batch();
    float[] a = of.basis().values();
    images = of.x().values();
    columns = new float[of.size()];
    product = new float[of.size()];
    result = new float[of.size()];
    each =
        new Gemm(false, false, n, c, n)
            .a(a, 0, n)
            .b(images, 0, c)
            .c(result, 0, c)
            .batch(b, 0, n * c, n * c);
    all = new Gemm(false, false, n, b * c, n).a(a, 0, n).b(columns, 0, b * c).c(product, 0, b * c);
    in = new Turn(b, n, c, images, columns);
    out = new Turn(n, b, c, product, result);
    Workers.run(in);
  }

  /** One product for each image. */
  float[] imageByImage() {
    each.execute();
    return result;
  }

  /** One product of all images, between two turns of the leading axes. */
  float[] sideBySide() {
    Workers.run(in);
    all.execute();
    Workers.run(out);
    return result;
  }

  /** That product, on columns that lie ready. */
  void productAlone() {
    all.execute();
  }

  /** [first, second, width] to [second, first, width]; an item is a row of the result. */
  private static final class Turn extends ParallelKernel {
    private final int first;
    private final int second;
    private final int width;
    private final float[] from;
    private final float[] to;

    Turn(int first, int second, int width, float[] from, float[] to) {
      this.first = first;
      this.second = second;
      this.width = width;
      this.from = from;
      this.to = to;
    }

    @Override
    public int items() {
      return second;
    }

    @Override
    public void run(int begin, int end) {
      for (int j = begin; j < end; j++) {
        for (int i = 0; i < first; i++) {
          System.arraycopy(from, (i * second + j) * width, to, (j * first + i) * width, width);
        }
      }
    }
  }

  /** A·x of tokens taken in an order, by plain loops in fp64. */
  static double[] expected(TokenCase of, double[] a, double[] x, int[] order) {
    int n = of.tokens();
    int c = of.channels();
    double[] y = new double[of.size()];
    for (int image = 0; image < of.batch(); image++) {
      for (int row = 0; row < n; row++) {
        for (int k = 0; k < n; k++) {
          double factor = a[row * n + k];
          int from = (image * n + order[k]) * c;
          int to = (image * n + row) * c;
          for (int channel = 0; channel < c; channel++) {
            y[to + channel] += factor * x[from + channel];
          }
        }
      }
    }
    return y;
  }

  /** (1 − t)·y + t·ε. */
  static double[] mixed(TokenCase of, double[] y) {
    float[] noise = of.noise().values();
    float[] time = of.time().values();
    int image = of.tokens() * of.channels();
    double[] mixed = new double[y.length];
    for (int i = 0; i < y.length; i++) {
      int cell = i % image / (image / TokenCase.CELLS);
      double t = time[i / image * TokenCase.CELLS + cell];
      mixed[i] = (1 - t) * y[i] + t * noise[i];
    }
    return mixed;
  }
}
