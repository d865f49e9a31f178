package org.basisar.kernels.optimization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Norm, AdamW and addition against plain loops, over arrays of several chunks and alignments. */
final class OptimizationKernelsTest {
  private static final AdamWKernel.Constants CONSTANTS =
      new AdamWKernel.Constants(0.9, 0.95, 1e-8, 0.05, 0.999, 1);
  private static final double RATE = 0.01;
  private static final double CORRECTION1 = 0.25;
  private static final double CORRECTION2 = 0.125;
  private static final DeviceData DEVICE = new DeviceData();

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static long table(long[] contents) {
    double[] halves = new double[2 * contents.length];
    for (int i = 0; i < contents.length; i++) {
      halves[2 * i] = (int) contents[i];
      halves[2 * i + 1] = contents[i] >> 32;
    }
    return DEVICE.of(ElementType.I32, halves);
  }

  /** An array that begins {@code shift} elements after an aligned address. */
  private static long put(ElementType type, double[] values, int shift) {
    double[] shifted = new double[values.length + shift];
    System.arraycopy(values, 0, shifted, shift, values.length);
    return DEVICE.of(type, shifted) + (long) shift * type.bytes();
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "BF16"})
  void globalNormIsOfAllElements(ElementType type) {
    int[] sizes = {1, 0, 1023, 40000};
    for (double bad : new double[] {0, Double.NaN, Double.POSITIVE_INFINITY}) {
      long[] addresses = new long[sizes.length];
      long[] counts = new long[sizes.length];
      double sum = 0;
      for (int i = 0; i < sizes.length; i++) {
        double[] values = DeviceData.normal(type, i, sizes[i]);
        if (i == sizes.length - 1 && bad != 0) {
          values[sizes[i] - 1] = bad;
        }
        for (double value : values) {
          sum += value * value;
        }
        addresses[i] = put(type, values, i % 2);
        counts[i] = sizes[i];
      }
      long[] contents = GlobalNormKernel.table(type, addresses, counts);
      int chunks = GlobalNormKernel.chunks(contents);
      assertThat(chunks).isEqualTo(4);
      long partial = DEVICE.empty(ElementType.F32, chunks);
      long out = DEVICE.empty(type, 1);
      DEVICE.run(
          GlobalNormKernel.prepare(DEVICE.library(), type, table(contents), chunks, partial, out));
      double expected = Rounding.of(type).stored(Math.sqrt(sum));
      double actual = DEVICE.read(type, out, 1)[0];
      if (bad == 0) {
        double unit = type == ElementType.F32 ? 0x1p-22 : 0x1p-7;
        assertThat(actual).isBetween(expected * (1 - unit), expected * (1 + unit));
      } else {
        assertThat(actual).isEqualTo(Double.valueOf(expected));
      }
    }
  }

  /** Weight, gradient, first and second moment, average of one parameter. */
  private static double[][] parts(ElementType type, int seed, int count) {
    double[][] parts = new double[5][];
    for (int part = 0; part < 5; part++) {
      parts[part] = DeviceData.normal(type, 5L * seed + part, count);
    }
    for (int i = 0; i < count; i++) {
      parts[3][i] = Math.abs(parts[3][i]);
    }
    return parts;
  }

  private static double[][] step(Rounding r, double[][] parts, double norm) {
    double clip = r.sum(Math.min(1, CONSTANTS.mostNorm() / (norm + 1e-6)));
    double[][] after = new double[5][];
    for (int part = 0; part < 5; part++) {
      after[part] = parts[part].clone();
    }
    for (int i = 0; i < parts[0].length; i++) {
      double g = r.sum(parts[1][i] * clip);
      double m = r.sum(CONSTANTS.beta1() * parts[2][i] + r.sum((1 - CONSTANTS.beta1()) * g));
      double v = r.sum(CONSTANTS.beta2() * parts[3][i] + r.sum((1 - CONSTANTS.beta2()) * g * g));
      double w = r.sum(parts[0][i] * (1 - RATE * CONSTANTS.weightDecay()));
      double root = r.sum(Math.sqrt(v / CORRECTION2) + CONSTANTS.epsilon());
      w = r.sum(w - RATE * r.sum(m / CORRECTION1) / root);
      after[0][i] = r.stored(w);
      after[2][i] = r.stored(m);
      after[3][i] = r.stored(v);
      double decay = CONSTANTS.averageDecay();
      after[4][i] = r.stored(decay * parts[4][i] + (1 - decay) * w);
    }
    return after;
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "BF16"})
  void bothVersionsStep(ElementType type) {
    double rate = Rounding.of(type).stored(RATE);
    for (double norm : new double[] {0.5, 2.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      for (boolean simple : new boolean[] {true, false}) {
        List<double[][]> before = new ArrayList<>();
        List<AdamWKernel.Parameter> parameters = new ArrayList<>();
        int[] sizes = {1, 33, 1023, 20000};
        for (int i = 0; i < sizes.length; i++) {
          double[][] parts = parts(type, i, sizes[i]);
          before.add(parts);
          int shift = i % 2;
          parameters.add(
              new AdamWKernel.Parameter(
                  put(type, parts[0], shift),
                  put(type, parts[1], shift),
                  put(type, parts[2], shift),
                  put(type, parts[3], shift),
                  put(type, parts[4], shift),
                  i == 0 ? 0 : put(ElementType.BF16, new double[sizes[i]], 0),
                  sizes[i]));
        }
        long[] contents = AdamWKernel.table(type, parameters);
        int chunks = AdamWKernel.chunks(contents);
        assertThat(chunks).isEqualTo(5);
        long control = DEVICE.of(type, rate, CORRECTION1, CORRECTION2);
        long length = DEVICE.of(type, norm);
        long address = table(contents);
        DEVICE.run(
            simple
                ? AdamWKernel.simple(
                    DEVICE.library(), type, address, chunks, control, length, CONSTANTS)
                : AdamWKernel.prepare(
                    DEVICE.library(), type, address, chunks, control, length, CONSTANTS));
        for (int i = 0; i < sizes.length; i++) {
          check(type, parameters.get(i), before.get(i), norm);
        }
      }
    }
  }

  private static void check(
      ElementType type, AdamWKernel.Parameter parameter, double[][] before, double norm) {
    int count = (int) parameter.count();
    long[] addresses = {
      parameter.weight(),
      parameter.gradient(),
      parameter.first(),
      parameter.second(),
      parameter.average()
    };
    boolean stepped = Double.isFinite(norm);
    double[][] exact = stepped ? step(Rounding.NONE, before, norm) : before;
    double[][] naive = stepped ? step(Rounding.of(type), before, norm) : before;
    for (int part = 0; part < 5; part++) {
      double[] actual = DEVICE.read(type, addresses[part], count);
      if (stepped) {
        Rounding.of(type).check("part " + part, actual, naive[part], exact[part]);
      } else {
        assertThat(actual).isEqualTo(before[part]);
      }
    }
    if (parameter.copy() != 0) {
      double[] copy = DEVICE.read(ElementType.BF16, parameter.copy(), count);
      double[] weights = DEVICE.read(type, parameter.weight(), count);
      for (int i = 0; i < count; i++) {
        double expected = stepped ? Rounding.BF16.stored(weights[i]) : 0;
        assertThat(copy[i]).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ElementType.class,
      names = {"F32", "BF16"})
  void addIntoAdds(ElementType type) {
    for (int count : new int[] {1, 31, 1023, 1024}) {
      for (int shift : new int[] {0, 1}) {
        double[] to = DeviceData.normal(type, 1, count);
        double[] from = DeviceData.normal(type, 2, count);
        long target = put(type, to, shift);
        DEVICE.run(
            AddIntoKernel.prepare(DEVICE.library(), type, target, put(type, from, 0), count));
        for (int i = 0; i < count; i++) {
          to[i] = Rounding.of(type).stored(to[i] + from[i]);
        }
        assertThat(DEVICE.read(type, target, count)).isEqualTo(to);
      }
    }
  }
}
