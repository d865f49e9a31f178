package org.basisar.kernels.reduction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Both versions of every reduction against plain loops. */
final class ReduceKernelsTest {
  private static final DeviceData DEVICE = new DeviceData();

  record Case(ReduceKind kind, ElementType type, ReduceShape shape) {}

  static List<Case> cases() {
    // One of each kernel: a warp a row, a block a row, chunks of a row; single columns, packs,
    // chunks
    // of columns; and nothing to reduce.
    int[][] shapes = {
      {1, 1, 1}, {31, 33, 1}, {9, 1024, 1}, {1, 1023, 1}, {2, 2730, 1}, {1, 9001, 1}, {1, 8192, 1},
      {3, 31, 5}, {1, 113, 33}, {2, 40, 264}, {1, 300, 1}, {1, 113, 3413}, {2, 0, 3}, {1, 0, 1},
      {2, 100, 40}
    };
    List<Case> cases = new ArrayList<>();
    for (int[] s : shapes) {
      for (ReduceKind kind : ReduceKind.values()) {
        for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
          cases.add(new Case(kind, type, new ReduceShape(s[0], s[1], s[2])));
        }
      }
    }
    return cases;
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static double[] expected(Rounding rounding, ReduceKind kind, ReduceShape s, double[] in) {
    double[] out = new double[s.results()];
    for (int o = 0; o < s.outer(); o++) {
      for (int i = 0; i < s.inner(); i++) {
        double sum = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int e = 0; e < s.extent(); e++) {
          most = Math.max(most, in[(o * s.extent() + e) * s.inner() + i]);
        }
        for (int e = 0; e < s.extent(); e++) {
          double x = in[(o * s.extent() + e) * s.inner() + i];
          double term =
              switch (kind) {
                case SUM -> x;
                case NORM -> x * x;
                case LOG_SUM_EXP -> rounding.sum(Math.exp(x - most));
                case MAX -> 0;
              };
          sum = rounding.sum(sum + term);
        }
        double result =
            switch (kind) {
              case SUM -> sum / 3;
              case MAX -> most;
              case NORM -> Math.sqrt(sum);
              case LOG_SUM_EXP -> s.extent() == 0 ? most : most + Math.log(sum);
            };
        out[o * s.inner() + i] = rounding.stored(result);
      }
    }
    return out;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothVersionsReduce(Case c) {
    ReduceShape shape = c.shape();
    int count = shape.results() * shape.extent();
    double[] in = DeviceData.normal(c.type(), 7, count);
    double[] reference = expected(Rounding.NONE, c.kind(), shape, in);
    double[] naive = expected(Rounding.of(c.type()), c.kind(), shape, in);
    long address = DEVICE.of(c.type(), in);
    long out = DEVICE.empty(c.type(), shape.results());
    DEVICE.run(
        SimpleReduceKernel.prepare(DEVICE.library(), c.kind(), c.type(), address, shape, 3, out));
    check(c, "simple", DEVICE.read(c.type(), out, shape.results()), naive, reference);
    long fast = DEVICE.empty(c.type(), shape.results());
    DEVICE.run(plan(c, address, fast));
    check(c, "plan", DEVICE.read(c.type(), fast, shape.results()), naive, reference);
  }

  private static void check(
      Case c, String version, double[] actual, double[] naive, double[] reference) {
    if (c.shape().extent() == 0 || c.kind() == ReduceKind.MAX) {
      assertThat(actual).as(version).isEqualTo(reference);
    } else {
      Rounding.of(c.type()).check(version, actual, naive, reference);
    }
  }

  private static KernelLaunch[] plan(Case c, long in, long out) {
    long bytes = ReducePlan.scratchBytes(c.kind(), c.shape());
    long scratch = bytes == 0 ? 0 : DEVICE.empty(ElementType.F32, (int) (bytes / Float.BYTES));
    return ReducePlan.prepare(DEVICE.library(), c.kind(), c.type(), in, c.shape(), 3, scratch, out);
  }

  @ParameterizedTest
  @EnumSource(ReduceKind.class)
  void unalignedArraysGiveTheSameBits(ReduceKind kind) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      for (int[] s : new int[][] {{1, 9000, 1}, {2, 40, 64}}) {
        Case c = new Case(kind, type, new ReduceShape(s[0], s[1], s[2]));
        int count = c.shape().results() * c.shape().extent();
        double[] in = DeviceData.normal(type, 5, count);
        double[] shifted = new double[count + 1];
        System.arraycopy(in, 0, shifted, 1, count);
        long out = DEVICE.empty(type, c.shape().results());
        long other = DEVICE.empty(type, c.shape().results());
        DEVICE.run(plan(c, DEVICE.of(type, in), out));
        DEVICE.run(plan(c, DEVICE.of(type, shifted) + type.bytes(), other));
        double[] aligned = DEVICE.read(type, out, c.shape().results());
        double[] unaligned = DEVICE.read(type, other, c.shape().results());
        // Rows are read in another order without packs, columns in the same.
        if (c.shape().inner() > 1) {
          assertThat(unaligned).isEqualTo(aligned);
        } else {
          double[] reference = expected(Rounding.NONE, kind, c.shape(), in);
          double[] naive = expected(Rounding.of(type), kind, c.shape(), in);
          check(c, "unaligned", unaligned, naive, reference);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(ReduceKind.class)
  void nonFiniteElementsShow(ReduceKind kind) {
    for (int width : new int[] {33, 5000}) {
      for (int at : new int[] {0, width - 1}) {
        double[] in = DeviceData.normal(ElementType.F32, 3, 2 * width);
        in[at] = Double.POSITIVE_INFINITY;
        in[width + at] = Double.NaN;
        Case c = new Case(kind, ElementType.F32, new ReduceShape(2, width, 1));
        long out = DEVICE.empty(ElementType.F32, 2);
        DEVICE.run(plan(c, DEVICE.of(ElementType.F32, in), out));
        assertThat(DEVICE.read(ElementType.F32, out, 2))
            .containsExactly(Double.POSITIVE_INFINITY, Double.NaN);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ReduceKind.class,
      names = {"MAX", "LOG_SUM_EXP"})
  void nothingButMinusInfinityStaysThat(ReduceKind kind) {
    double[] in = new double[70];
    Arrays.fill(in, Double.NEGATIVE_INFINITY);
    Case c = new Case(kind, ElementType.F32, new ReduceShape(2, 35, 1));
    long out = DEVICE.empty(ElementType.F32, 2);
    DEVICE.run(plan(c, DEVICE.of(ElementType.F32, in), out));
    assertThat(DEVICE.read(ElementType.F32, out, 2))
        .containsExactly(Double.NEGATIVE_INFINITY, Double.NEGATIVE_INFINITY);
  }
}
