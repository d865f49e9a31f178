package org.basisar.kernels.elementwise;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.gpu.Grid;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Aligned arrays take the version with packs, others the simple one: both have the same bits. */
final class GateKernelTest {
  private static final DeviceData DEVICE = new DeviceData();
  private static final ElementType[] TYPES = {ElementType.F32, ElementType.BF16};

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static long array(ElementType type, boolean aligned, double... values) {
    return aligned ? DEVICE.of(type, values) : DEVICE.shiftedOf(type, values);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 8, 31, 33, 113, 1023})
  void gatedGeluAndItsGradients(int count) {
    for (ElementType type : TYPES) {
      double[] gate = DeviceData.normal(type, 1, count);
      double[] value = DeviceData.normal(type, 2, count);
      double[] dy = DeviceData.normal(type, 3, count);
      double[][] exact = gatedGelu(Rounding.NONE, gate, value, dy);
      double[][] naive = gatedGelu(Rounding.of(type), gate, value, dy);
      double[][] fast = null;
      for (boolean aligned : new boolean[] {true, false}) {
        long g = array(type, aligned, gate);
        long v = array(type, aligned, value);
        long d = array(type, aligned, dy);
        long y = array(type, aligned, new double[count]);
        long dgate = array(type, aligned, new double[count]);
        long dvalue = array(type, aligned, new double[count]);
        DEVICE.run(GateKernel.gatedGelu(DEVICE.library(), type, g, v, y, count));
        DEVICE.run(
            GateKernel.gatedGeluGradient(DEVICE.library(), type, g, v, d, dgate, dvalue, count));
        double[][] actual = {
          DEVICE.read(type, y, count),
          DEVICE.read(type, dgate, count),
          DEVICE.read(type, dvalue, count)
        };
        for (int k = 0; k < actual.length; k++) {
          Rounding.of(type).check("result " + k, actual[k], naive[k], exact[k]);
        }
        if (fast != null) {
          assertThat(actual).isDeepEqualTo(fast);
        }
        fast = actual;
      }
    }
  }

  private static double[][] gatedGelu(Rounding r, double[] gate, double[] value, double[] dy) {
    double[][] results = new double[3][gate.length];
    for (int i = 0; i < gate.length; i++) {
      double below = r.sum(Normal.below(gate[i]));
      double slope = r.sum(below + r.sum(gate[i] * Normal.density(gate[i])));
      results[0][i] = r.stored(r.sum(gate[i] * below) * value[i]);
      results[1][i] = r.stored(r.sum(slope * value[i]) * dy[i]);
      results[2][i] = r.stored(r.sum(gate[i] * below) * dy[i]);
    }
    return results;
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1, 1",
    "6, 31, 2",
    "8, 8, 4",
    "12, 33, 1",
    "21, 64, 7",
    "10, 264, 10",
    "9, 40, 3"
  })
  void gatedResidualAndItsGradients(int tokens, int width, int perGate) {
    int count = tokens * width;
    int gates = tokens / perGate;
    for (ElementType type : TYPES) {
      double[] x = DeviceData.normal(type, 1, count);
      double[] y = DeviceData.normal(type, 2, count);
      double[] gate = DeviceData.normal(type, 3, gates * width);
      double[][] exact = residual(Rounding.NONE, x, y, gate, width, perGate);
      double[][] naive = residual(Rounding.of(type), x, y, gate, width, perGate);
      double[][] fast = null;
      for (boolean aligned : new boolean[] {true, false}) {
        long px = array(type, aligned, x);
        long py = array(type, aligned, y);
        long pg = array(type, aligned, gate);
        long out = array(type, aligned, new double[count]);
        long dy = array(type, aligned, new double[count]);
        long dgate = array(type, aligned, new double[gates * width]);
        DEVICE.run(
            GateKernel.residual(DEVICE.library(), type, px, py, pg, out, tokens, width, perGate),
            GateKernel.residualGradient(
                DEVICE.library(), type, py, pg, px, dy, dgate, gates, width, perGate));
        double[][] actual = {
          DEVICE.read(type, out, count),
          DEVICE.read(type, dy, count),
          DEVICE.read(type, dgate, gates * width)
        };
        for (int k = 0; k < actual.length; k++) {
          Rounding.of(type).check("result " + k, actual[k], naive[k], exact[k]);
        }
        if (fast != null) {
          assertThat(actual).isDeepEqualTo(fast);
        }
        fast = actual;
      }
    }
  }

  /** x + g y, and for the gradient x of that, the gradients to y and g. */
  private static double[][] residual(
      Rounding r, double[] x, double[] y, double[] gate, int width, int perGate) {
    double[][] results = {new double[x.length], new double[x.length], new double[gate.length]};
    for (int i = 0; i < x.length; i++) {
      int g = i / width / perGate * width + i % width;
      results[0][i] = r.stored(r.sum(x[i] + r.sum(gate[g] * y[i])));
      results[1][i] = r.stored(r.sum(gate[g] * x[i]));
      results[2][g] = r.sum(results[2][g] + r.sum(y[i] * x[i]));
    }
    for (int g = 0; g < gate.length; g++) {
      results[2][g] = r.stored(results[2][g]);
    }
    return results;
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "6, 31, 2", "12, 33, 4"})
  void interpolationHasATimePerGroupOfTokens(int tokens, int width, int perTime) {
    int count = tokens * width;
    for (ElementType type : TYPES) {
      Rounding r = Rounding.of(type);
      double[] x = DeviceData.normal(type, 1, count);
      double[] noise = DeviceData.normal(type, 2, count);
      double[] time = new double[tokens / perTime];
      for (int i = 0; i < time.length; i++) {
        time[i] = r.stored((i + 0.3) / time.length);
      }
      double[] exact = new double[count];
      double[] naive = new double[count];
      for (int i = 0; i < count; i++) {
        double t = time[i / width / perTime];
        exact[i] = (1 - t) * x[i] + t * noise[i];
        naive[i] = r.stored(r.sum(r.sum((float) (1 - t) * x[i]) + r.sum(t * noise[i])));
      }
      long out = DEVICE.empty(type, count);
      DEVICE.run(
          GateKernel.interpolate(
              DEVICE.library(),
              type,
              DEVICE.of(type, x),
              DEVICE.of(type, noise),
              DEVICE.of(type, time),
              out,
              tokens,
              width,
              perTime));
      r.check("interpolation", DEVICE.read(type, out, count), naive, exact);
    }
  }

  @Test
  void anyNumberOfGateRowsFitsTheGrid() {
    int rows = 65_537; // a prime above what a grid has along y and z
    Grid grid =
        GateKernel.residualGradient(DEVICE.library(), ElementType.F32, 0, 0, 0, 0, 0, rows, 40, 1)
            .grid();
    assertThat(grid.blocksX()).isEqualTo(rows);
    assertThat(grid.blocksY()).isEqualTo(1);
  }
}
