package org.basisar.tensor.cpu;

import org.basisar.tensor.Basis;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * Reference kernels of {@link Basis}. The residual loss is computed by its definition, residual
 * after residual, so that it checks the closed form of the fast kernels.
 */
final class PlainBasis {
  private PlainBasis() {}

  static PlainKernels.Body body(Basis op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Basis.Transform(boolean transposed) ->
          transform(transposed, inputs[0].shape(), inputs[1].shape());
      case Basis.NoisyTransform() ->
          noisyTransform(
              inputs[0].shape(), inputs[1].shape(), outputs[0].shape(), inputs[3].shape());
      case Basis.OuterSum() -> outerSum(inputs[0].shape(), inputs[1].shape());
      case Basis.Orthogonality() -> orthogonality(inputs[0].shape().dim(0));
      case Basis.ResidualLoss _ -> residualLoss(inputs[1].shape());
      case Basis.ResidualLossGradient _ -> residualLossGradient(inputs[1].shape());
    };
  }

  private static PlainKernels.Body transform(boolean transposed, Shape a, Shape tokens) {
    int rows = a.dim(transposed ? 1 : 0);
    int inner = tokens.dim(1);
    int channels = tokens.dim(2);
    int step = transposed ? rows : 1;
    return (in, out) ->
        PlainLoops.run(
            tokens.dim(0) * rows,
            (long) inner * channels,
            (first, end) -> {
              for (int item = first; item < end; item++) {
                int image = item / rows;
                int row = item % rows;
                PlainLoops.rowTimesMatrix(
                    in[0],
                    transposed ? row : row * inner,
                    step,
                    inner,
                    in[1],
                    image * inner * channels,
                    channels,
                    out[0],
                    item * channels);
              }
            });
  }

  private static PlainKernels.Body noisyTransform(Shape a, Shape tokens, Shape y, Shape times) {
    PlainKernels.Body transform = transform(false, a, tokens);
    PlainKernels.Body interpolate = PlainElementwise.interpolate(y, times);
    return (in, out) -> {
      transform.compute(in, out);
      interpolate.compute(new double[][] {out[0], in[2], in[3]}, new double[][] {out[1]});
    };
  }

  private static PlainKernels.Body outerSum(Shape left, Shape right) {
    int images = left.dim(0);
    int rows = left.dim(1);
    int columns = right.dim(1);
    int channels = left.dim(2);
    return (in, out) -> {
      double[][] turned = new double[images][];
      for (int b = 0; b < images; b++) {
        turned[b] = PlainLoops.transpose(in[1], b * columns * channels, columns, channels);
      }
      PlainLoops.run(
          rows,
          (long) images * channels * columns,
          (first, end) -> {
            for (int row = first; row < end; row++) {
              for (int b = 0; b < images; b++) {
                PlainLoops.rowTimesMatrix(
                    in[0],
                    (b * rows + row) * channels,
                    1,
                    channels,
                    turned[b],
                    0,
                    columns,
                    out[0],
                    row * columns);
              }
            }
          });
    };
  }

  private static PlainKernels.Body orthogonality(int n) {
    return (in, out) -> {
      double total = 0;
      for (int row = 0; row < n; row++) {
        for (int column = 0; column < n; column++) {
          double product = PlainLoops.dot(in[0], row * n, in[0], column * n, n);
          double difference = row == column ? product - 1 : product;
          out[2][row * n + column] = difference;
          total += difference * difference;
        }
      }
      out[0][0] = total / ((double) n * n);
      out[1][0] = Math.sqrt(total);
    };
  }

  private static PlainKernels.Body residualLoss(Shape tokens) {
    int images = tokens.dim(0);
    int n = tokens.dim(1);
    int channels = tokens.dim(2);
    int block = n * channels;
    return (in, out) -> {
      double[] sums = new double[images];
      PlainLoops.run(
          images,
          (long) n * block,
          (first, end) -> {
            double[] residual = new double[block];
            for (int b = first; b < end; b++) {
              System.arraycopy(in[1], b * block, residual, 0, block);
              for (int k = 0; k < n; k++) {
                remove(1, in[0], k * n, in[2], b * block + k * channels, residual, channels);
                sums[b] += PlainLoops.dot(residual, 0, residual, 0, block);
              }
            }
          });
      double total = 0;
      for (double sum : sums) {
        total += sum;
      }
      out[0][0] = total / ((double) n * images * block);
    };
  }

  /** residual[t, :] −= sign · row[t] · ŷ for every token t. */
  private static void remove(
      double sign,
      double[] a,
      int row,
      double[] prediction,
      int from,
      double[] residual,
      int channels) {
    for (int t = 0; t < residual.length / Math.max(1, channels); t++) {
      PlainLoops.axpy(-sign * a[row + t], prediction, from, residual, t * channels, channels);
    }
  }

  private static PlainKernels.Body residualLossGradient(Shape tokens) {
    int images = tokens.dim(0);
    int n = tokens.dim(1);
    int channels = tokens.dim(2);
    int block = n * channels;
    return (in, out) -> {
      double scale = 2 * in[3][0] / ((double) n * images * block);
      double[][] basis = new double[images][n * n];
      PlainLoops.run(
          images,
          (long) n * block,
          (first, end) -> {
            for (int b = first; b < end; b++) {
              imageGradient(in, b * block, n, channels, scale, basis[b], out[1], out[2]);
            }
          });
      for (double[] image : basis) {
        PlainLoops.axpy(1, image, 0, out[0], 0, n * n);
      }
    };
  }

  /**
   * With S_l = Σ_{k≥l} R_k: ∂/∂x = 2·S_0, ∂/∂ŷ_l = −2·a_l·S_l, ∂/∂a_l = −2·S_l·ŷ_l; l runs down.
   */
  private static void imageGradient(
      double[][] in,
      int at,
      int n,
      int channels,
      double scale,
      double[] basis,
      double[] tokens,
      double[] prediction) {
    int block = n * channels;
    double[] residual = new double[block];
    System.arraycopy(in[1], at, residual, 0, block);
    for (int k = 0; k < n; k++) {
      remove(1, in[0], k * n, in[2], at + k * channels, residual, channels);
    }
    double[] suffix = new double[block];
    for (int l = n - 1; l >= 0; l--) {
      int component = at + l * channels;
      PlainLoops.axpy(1, residual, 0, suffix, 0, block);
      for (int t = 0; t < n; t++) {
        basis[l * n + t] =
            -scale * PlainLoops.dot(suffix, t * channels, in[2], component, channels);
        PlainLoops.axpy(
            -scale * in[0][l * n + t], suffix, t * channels, prediction, component, channels);
      }
      remove(-1, in[0], l * n, in[2], component, residual, channels);
    }
    PlainLoops.axpy(scale, suffix, 0, tokens, at, block);
  }
}
