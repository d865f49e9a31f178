package org.basisar.tensor.cpu;

import java.util.Arrays;

/**
 * Lays out what some rows of a result see as the columns of a matrix [depth, positions], so that a
 * convolution is a matrix product; or adds such columns back to the pixels they came from.
 */
final class PatchColumns {
  private final ConvolutionShape s;
  private final ParallelKernel gather = new Gather();
  private final ParallelKernel scatter = new Scatter();

  private float[] image = {};
  private int imageAt;
  private float[] columns = {};
  private int firstRow;
  private int rows;

  PatchColumns(ConvolutionShape shape) {
    this.s = shape;
  }

  /**
   * Fills the columns of rows {@code firstRow} … {@code firstRow + rows − 1}.
   *
   * @param image where the image lies, from {@code imageAt} on
   */
  void gather(float[] image, int imageAt, float[] columns, int firstRow, int rows) {
    bind(image, imageAt, columns, firstRow, rows);
    Workers.run(gather);
  }

  /** Adds the columns to the image, in order of the filter's elements. */
  void scatter(float[] image, int imageAt, float[] columns, int firstRow, int rows) {
    bind(image, imageAt, columns, firstRow, rows);
    Workers.run(scatter);
  }

  private void bind(float[] image, int imageAt, float[] columns, int firstRow, int rows) {
    this.image = image;
    this.imageAt = imageAt;
    this.columns = columns;
    this.firstRow = firstRow;
    this.rows = rows;
  }

  private final class Gather extends ParallelKernel {
    @Override
    public int items() {
      return s.depth();
    }

    @Override
    public int grain() {
      return FastKernel.grain(FastKernel.CHEAP, rows * s.outWidth());
    }

    @Override
    public void run(int from, int to) {
      for (int item = from; item < to; item++) {
        int kx = item % s.kernelWidth();
        int ky = item / s.kernelWidth() % s.kernelHeight();
        int channel = item / (s.kernelWidth() * s.kernelHeight());
        int plane = imageAt + channel * s.pixels();
        int first = s.firstColumn(kx);
        int end = s.endColumn(kx);
        for (int row = 0; row < rows; row++) {
          int at = (item * rows + row) * s.outWidth();
          int imageRow = s.imageRow(firstRow + row, ky);
          if (!s.inside(imageRow)) {
            Arrays.fill(columns, at, at + s.outWidth(), 0);
            continue;
          }
          Arrays.fill(columns, at, at + first, 0);
          copy(plane + imageRow * s.width() + s.imageColumn(first, kx), at + first, end - first);
          Arrays.fill(columns, at + end, at + s.outWidth(), 0);
        }
      }
    }

    private void copy(int source, int target, int count) {
      if (s.stride() == 1) {
        System.arraycopy(image, source, columns, target, count);
      } else {
        for (int i = 0; i < count; i++) {
          columns[target + i] = image[source + i * s.stride()];
        }
      }
    }
  }

  private final class Scatter extends ParallelKernel {
    @Override
    public int items() {
      return s.channels();
    }

    @Override
    public int grain() {
      int taps = s.kernelHeight() * s.kernelWidth();
      return FastKernel.grain(FastKernel.CHEAP, taps * rows * s.outWidth());
    }

    @Override
    public void run(int from, int to) {
      int taps = s.kernelHeight() * s.kernelWidth();
      for (int item = from * taps; item < to * taps; item++) {
        int kx = item % s.kernelWidth();
        int ky = item / s.kernelWidth() % s.kernelHeight();
        int plane = imageAt + item / taps * s.pixels();
        int first = s.firstColumn(kx);
        int count = s.endColumn(kx) - first;
        for (int row = 0; row < rows; row++) {
          int imageRow = s.imageRow(firstRow + row, ky);
          if (s.inside(imageRow)) {
            add(
                (item * rows + row) * s.outWidth() + first,
                plane + imageRow * s.width() + s.imageColumn(first, kx),
                count);
          }
        }
      }
    }

    private void add(int source, int target, int count) {
      if (s.stride() == 1) {
        for (int i = 0; i < count; i++) {
          image[target + i] += columns[source + i];
        }
      } else {
        for (int i = 0; i < count; i++) {
          image[target + i * s.stride()] += columns[source + i];
        }
      }
    }
  }
}
