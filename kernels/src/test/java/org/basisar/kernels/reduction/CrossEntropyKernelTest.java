package org.basisar.kernels.reduction;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class CrossEntropyKernelTest {
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  /** The loss, then the gradient of 1.5 times it. */
  private static double[] expected(Rounding r, double[] logits, double[] labels, int classes) {
    int rows = labels.length;
    double[] out = new double[1 + logits.length];
    double total = 0;
    for (int row = 0; row < rows; row++) {
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum = r.sum(sum + Math.exp(logits[row * classes + k]));
      }
      double logSum = r.sum(Math.log(sum));
      total = r.sum(total + logSum - logits[row * classes + (int) labels[row]]);
      for (int k = 0; k < classes; k++) {
        double probability = r.sum(Math.exp(logits[row * classes + k] - logSum));
        out[1 + row * classes + k] =
            r.stored(1.5 / rows * (probability - (k == (int) labels[row] ? 1 : 0)));
      }
    }
    out[0] = r.stored(total / rows);
    return out;
  }

  private static double[] actual(ElementType type, double[] logits, double[] labels, int classes) {
    int rows = labels.length;
    long from = DEVICE.of(type, logits);
    long with = DEVICE.of(ElementType.I32, labels);
    long loss = DEVICE.empty(type, 1);
    long gradient = DEVICE.empty(type, logits.length);
    long losses = DEVICE.empty(ElementType.F32, rows);
    DEVICE.run(
        CrossEntropyKernel.prepare(
            DEVICE.library(), type, from, with, rows, classes, losses, loss));
    DEVICE.run(
        CrossEntropyKernel.gradient(
            DEVICE.library(), type, from, with, DEVICE.of(type, 1.5), rows, classes, gradient));
    double[] both = new double[1 + logits.length];
    both[0] = DEVICE.read(type, loss, 1)[0];
    System.arraycopy(DEVICE.read(type, gradient, logits.length), 0, both, 1, logits.length);
    return both;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "31, 113", "113, 3", "3, 1023"})
  void lossAndGradientAreTheFormulas(int rows, int classes) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      double[] logits = DeviceData.normal(type, 11, rows * classes);
      double[] labels = new double[rows];
      for (int row = 0; row < rows; row++) {
        labels[row] = row * 7 % classes;
      }
      Rounding.of(type)
          .check(
              "cross-entropy",
              actual(type, logits, labels, classes),
              expected(Rounding.of(type), logits, labels, classes),
              expected(Rounding.NONE, logits, labels, classes));
    }
  }

  @Test
  void labelsThatAreNoClassMakeTheLossNaN() {
    for (double label : new double[] {-1, 3}) {
      double[] logits = DeviceData.normal(ElementType.F32, 2, 6);
      double[] both = actual(ElementType.F32, logits, new double[] {1, label}, 3);
      assertThat(both[0]).isNaN();
      assertThat(both[2]).isNegative();
      assertThat(both[5]).isNaN();
    }
  }

  @Test
  void meanOfNoRowsIsNaN() {
    long out = DEVICE.empty(ElementType.F32, 1);
    DEVICE.run(
        CrossEntropyKernel.prepare(
            DEVICE.library(), ElementType.F32, 0, 0, 0, 5, DEVICE.empty(ElementType.F32, 1), out));
    assertThat(DEVICE.read(ElementType.F32, out, 1)).containsExactly(Double.NaN);
  }
}
