package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import org.basisar.tensor.Convolution;
import org.basisar.tensor.Shape;

/** Cases of {@link Convolution}: 3×3 and 1×1 and uneven filters, strides, padding, odd extents. */
final class ConvolutionCases {
  private ConvolutionCases() {}

  static void addTo(CaseList list) {
    // batch, channels, height, width, filters, kernel height, kernel width, stride, padding
    int[][] sizes = {
      {2, 3, 7, 5, 4, 3, 3, 1, 1},
      {1, 1, 1, 1, 1, 1, 1, 1, 0},
      {2, 5, 3, 11, 7, 1, 1, 1, 0},
      {1, 3, 9, 8, 2, 3, 3, 2, 0},
      {1, 2, 6, 7, 3, 3, 3, 2, 1},
      {1, 2, 5, 4, 3, 1, 3, 1, 0},
      {1, 2, 4, 5, 3, 5, 2, 3, 2},
      {1, 2, 5, 5, 3, 1, 1, 2, 0},
      {1, 1, 1, 2, 2, 3, 3, 1, 1},
      {1, 31, 5, 3, 33, 3, 3, 1, 1},
      {0, 3, 4, 4, 2, 3, 3, 1, 1},
    };
    for (int[] size : sizes) {
      add(list, size);
    }
  }

  private static void add(CaseList list, int[] n) {
    Shape image = shape(n[0], n[1], n[2], n[3]);
    Shape filter = shape(n[4], n[1], n[5], n[6]);
    int stride = n[7];
    int padding = n[8];
    int height = (n[2] + 2 * padding - n[5]) / stride + 1;
    int width = (n[3] + 2 * padding - n[6]) / stride + 1;
    Shape result = shape(n[0], n[4], height, width);
    int depth = n[1] * n[5] * n[6];
    for (boolean bias : new boolean[] {false, true}) {
      Operand x = Operand.range(image, -1, 1);
      Operand weight = Operand.range(filter, -0.5, 0.5);
      Convolution op = new Convolution.Convolve(stride, padding, bias);
      if (bias) {
        list.sum(depth, op, x, weight, Operand.of(n[4]));
      } else {
        list.sum(depth, op, x, weight);
      }
    }
    list.sum(
        n[4] * n[5] * n[6],
        new Convolution.ConvolveInputGradient(stride, padding, n[2], n[3]),
        Operand.range(filter, -0.5, 0.5).fixed(),
        Operand.range(result, -1, 1).fixed());
    list.sum(
        n[0] * height * width,
        new Convolution.ConvolveWeightGradient(stride, padding, n[5], n[6]),
        Operand.range(image, -1, 1).fixed(),
        Operand.range(result, -1, 1).fixed());
  }
}
