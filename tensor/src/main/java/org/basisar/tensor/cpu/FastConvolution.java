package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Tensor;

/**
 * Convolutions as matrix products: [O, depth] · [depth, positions]. The columns of an image are
 * laid out for some rows of the result at a time, in a buffer of the calling thread; a 1×1 filter
 * needs none, its columns are the image.
 *
 * <p>How many rows at a time depends on the shapes alone, so that sums over positions (the weight's
 * gradient) are cut alike whatever the number of threads.
 */
final class FastConvolution {
  /** Elements of the columns that are laid out at a time: 16 MiB. */
  private static final int BLOCK = 1 << 22;

  private static final int COLUMNS = 14;

  private FastConvolution() {}

  static Launch prepare(Convolution op, Tensor[] inputs, Tensor[] outputs) {
    Tensor out = outputs[0];
    ConvolutionShape s = ConvolutionShape.of(op, inputs, out);
    if (s.batch() == 0 || s.filters() == 0) {
      float[] values = FastKernel.floats(out);
      return () -> Arrays.fill(values, out.offset(), out.offset() + out.size(), 0);
    }
    return switch (op) {
      case Convolution.Convolve convolve -> forward(s, convolve.bias(), inputs, out);
      case Convolution.ConvolveInputGradient _ -> inputGradient(s, inputs[0], inputs[1], out);
      case Convolution.ConvolveWeightGradient _ -> weightGradient(s, inputs[0], inputs[1], out);
    };
  }

  private static Launch forward(ConvolutionShape s, boolean bias, Tensor[] inputs, Tensor out) {
    Tensor x = inputs[0];
    Tensor weight = inputs[1];
    Launch product =
        s.isPointwise()
            ? new Gemm(false, false, s.filters(), s.pixels(), s.channels())
                    .a(FastKernel.floats(weight), weight.offset(), s.channels())
                    .b(FastKernel.floats(x), x.offset(), s.pixels())
                    .c(FastKernel.floats(out), out.offset(), s.pixels())
                    .batch(s.batch(), 0, s.channels() * s.pixels(), s.filters() * s.pixels())
                    .accumulate(bias)
                ::execute
            : new Forward(s, x, weight, out, bias);
    return bias ? FastKernel.sequence(new BiasFill(s, inputs[2], out), product) : product;
  }

  private static Launch inputGradient(
      ConvolutionShape s, Tensor weight, Tensor gradient, Tensor out) {
    if (s.isPointwise()) {
      return new Gemm(true, false, s.channels(), s.pixels(), s.filters())
              .a(FastKernel.floats(weight), weight.offset(), s.channels())
              .b(FastKernel.floats(gradient), gradient.offset(), s.pixels())
              .c(FastKernel.floats(out), out.offset(), s.pixels())
              .batch(s.batch(), 0, s.filters() * s.pixels(), s.channels() * s.pixels())
          ::execute;
    }
    return new InputGradient(s, weight, gradient, out);
  }

  private static Launch weightGradient(ConvolutionShape s, Tensor x, Tensor gradient, Tensor out) {
    if (s.isPointwise()) {
      return new Gemm(false, true, s.filters(), s.channels(), s.pixels())
              .a(FastKernel.floats(gradient), gradient.offset(), s.pixels())
              .b(FastKernel.floats(x), x.offset(), s.pixels())
              .c(FastKernel.floats(out), out.offset(), s.channels())
              .batchSum(s.batch(), s.filters() * s.pixels(), s.channels() * s.pixels())
          ::execute;
    }
    return new WeightGradient(s, x, gradient, out);
  }

  /** Sets every channel of the result to its bias, to which the product is added. */
  private static final class BiasFill extends FastKernel {
    private final int planes;
    private final int filters;
    private final int positions;
    private final float[] bias;
    private final int biasAt;
    private final float[] out;
    private final int outAt;

    BiasFill(ConvolutionShape s, Tensor bias, Tensor out) {
      this.planes = s.batch() * s.filters();
      this.filters = s.filters();
      this.positions = s.positions();
      this.bias = floats(bias);
      this.biasAt = bias.offset();
      this.out = floats(out);
      this.outAt = out.offset();
    }

    @Override
    public int items() {
      return planes;
    }

    @Override
    public int grain() {
      return grain(CHEAP, positions);
    }

    @Override
    public void run(int from, int to) {
      for (int plane = from; plane < to; plane++) {
        int at = outAt + plane * positions;
        Arrays.fill(out, at, at + positions, bias[biasAt + plane % filters]);
      }
    }
  }

  /** Goes over all images in blocks of rows of the result. */
  private abstract static class Blocked implements Launch {
    final ConvolutionShape s;
    final PatchColumns patches;
    private final int blockRows;

    Blocked(ConvolutionShape s) {
      this.s = s;
      this.patches = new PatchColumns(s);
      long row = (long) s.depth() * s.outWidth();
      this.blockRows = (int) Math.max(1, Math.min(s.outHeight(), BLOCK / Math.max(1, row)));
    }

    @Override
    public void run() {
      float[] columns =
          Scratch.ofThread()
              .floats(COLUMNS, Math.multiplyExact(s.depth() * blockRows, s.outWidth()));
      for (int image = 0; image < s.batch(); image++) {
        for (int row = 0; row < s.outHeight(); row += blockRows) {
          block(image, row, Math.min(blockRows, s.outHeight() - row), columns);
        }
      }
    }

    abstract void block(int image, int row, int rows, float[] columns);

    /** Two products, of whole blocks and of the last one, so that running makes no objects. */
    final Gemm[] products(boolean transposeA, boolean transposeB, ProductSize size) {
      int rest = s.outHeight() % blockRows;
      return new Gemm[] {
        size.product(transposeA, transposeB, blockRows * s.outWidth()),
        size.product(transposeA, transposeB, (rest == 0 ? blockRows : rest) * s.outWidth())
      };
    }

    final Gemm of(Gemm[] products, int rows) {
      return products[rows == blockRows ? 0 : 1];
    }
  }

  /** Makes a product for a number of positions. */
  @FunctionalInterface
  private interface ProductSize {
    Gemm product(boolean transposeA, boolean transposeB, int positions);
  }

  private static final class Forward extends Blocked {
    private final float[] x;
    private final int xAt;
    private final float[] out;
    private final int outAt;
    private final Gemm[] products;

    Forward(ConvolutionShape s, Tensor x, Tensor weight, Tensor out, boolean accumulate) {
      super(s);
      this.x = FastKernel.floats(x);
      this.xAt = x.offset();
      this.out = FastKernel.floats(out);
      this.outAt = out.offset();
      this.products =
          products(
              false,
              false,
              (a, b, positions) ->
                  new Gemm(a, b, s.filters(), positions, s.depth())
                      .a(FastKernel.floats(weight), weight.offset(), s.depth())
                      .accumulate(accumulate));
    }

    @Override
    void block(int image, int row, int rows, float[] columns) {
      patches.gather(x, xAt + image * s.channels() * s.pixels(), columns, row, rows);
      int at = outAt + image * s.filters() * s.positions() + row * s.outWidth();
      of(products, rows).b(columns, 0, rows * s.outWidth()).c(out, at, s.positions()).execute();
    }
  }

  private static final class InputGradient extends Blocked {
    private final float[] gradient;
    private final int gradientAt;
    private final float[] out;
    private final int outAt;
    private final int outSize;
    private final Gemm[] products;

    InputGradient(ConvolutionShape s, Tensor weight, Tensor gradient, Tensor out) {
      super(s);
      this.gradient = FastKernel.floats(gradient);
      this.gradientAt = gradient.offset();
      this.out = FastKernel.floats(out);
      this.outAt = out.offset();
      this.outSize = out.size();
      this.products =
          products(
              true,
              false,
              (a, b, positions) ->
                  new Gemm(a, b, s.depth(), positions, s.filters())
                      .a(FastKernel.floats(weight), weight.offset(), s.depth()));
    }

    @Override
    public void run() {
      Arrays.fill(out, outAt, outAt + outSize, 0);
      super.run();
    }

    @Override
    void block(int image, int row, int rows, float[] columns) {
      int at = gradientAt + image * s.filters() * s.positions() + row * s.outWidth();
      of(products, rows)
          .b(gradient, at, s.positions())
          .c(columns, 0, rows * s.outWidth())
          .execute();
      patches.scatter(out, outAt + image * s.channels() * s.pixels(), columns, row, rows);
    }
  }

  private static final class WeightGradient extends Blocked {
    private final float[] x;
    private final int xAt;
    private final float[] gradient;
    private final int gradientAt;
    private final Gemm[] products;

    WeightGradient(ConvolutionShape s, Tensor x, Tensor gradient, Tensor out) {
      super(s);
      this.x = FastKernel.floats(x);
      this.xAt = x.offset();
      this.gradient = FastKernel.floats(gradient);
      this.gradientAt = gradient.offset();
      this.products =
          products(
              false,
              true,
              (a, b, positions) ->
                  new Gemm(a, b, s.filters(), s.depth(), positions)
                      .c(FastKernel.floats(out), out.offset(), s.depth()));
    }

    @Override
    void block(int image, int row, int rows, float[] columns) {
      patches.gather(x, xAt + image * s.channels() * s.pixels(), columns, row, rows);
      int at = gradientAt + image * s.filters() * s.positions() + row * s.outWidth();
      of(products, rows)
          .a(gradient, at, s.positions())
          .b(columns, 0, rows * s.outWidth())
          .accumulate(image > 0 || row > 0)
          .execute();
    }
  }
}
