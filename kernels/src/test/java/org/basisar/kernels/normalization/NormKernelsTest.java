package org.basisar.kernels.normalization;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Both versions of every normalisation and its gradient against plain loops. */
final class NormKernelsTest {
  private static final double EPSILON = 1e-5;
  private static final double[] NONE = {};
  private static final DeviceData DEVICE = new DeviceData();

  record Case(NormKind kind, ElementType type, NormShape shape, boolean weighted) {}

  static List<Case> cases() {
    // Widths of both sizes of the warp kernels and of neither; one group, several chunks of a
    // group.
    int[][] shapes = {
      {1, 8, 1},
      {31, 33, 31},
      {6, 113, 2},
      {10, 256, 5},
      {4, 768, 2},
      {3, 1280, 3},
      {9, 1024, 9},
      {2, 1023, 1},
      {3, 2730, 3},
      {100, 16, 50},
      {33, 8, 1}
    };
    List<Case> cases = new ArrayList<>();
    for (int[] s : shapes) {
      for (NormKind kind : NormKind.values()) {
        for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
          NormShape shape = new NormShape(s[0], s[1], kind == NormKind.MODULATE ? s[2] : s[0]);
          cases.add(new Case(kind, type, shape, true));
          if (kind != NormKind.MODULATE) {
            cases.add(new Case(kind, type, shape, false));
          }
        }
      }
    }
    // Enough rows for chunks of more rows than a block has warps.
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      cases.add(new Case(NormKind.MODULATE, type, new NormShape(10240, 8, 64), true));
    }
    return cases;
  }

  @AfterAll
  static void close() {
    DEVICE.close();
  }

  private static long put(ElementType type, double[] values) {
    return values.length == 0 ? 0 : DEVICE.of(type, values);
  }

  private static double[] parameters(Case c, int seed) {
    return c.weighted()
        ? DeviceData.normal(c.type(), seed, c.shape().groups() * c.shape().width())
        : NONE;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothVersionsNormalise(Case c) {
    NormShape shape = c.shape();
    int count = shape.rows() * shape.width();
    double[] x = DeviceData.normal(c.type(), 1, count);
    double[] factor = parameters(c, 2);
    double[] shift = parameters(c, 3);
    NormReference exact = new NormReference(Rounding.NONE, c.kind(), shape, EPSILON);
    NormReference naive = new NormReference(Rounding.of(c.type()), c.kind(), shape, EPSILON);
    long[] in = {put(c.type(), x), put(c.type(), factor), put(c.type(), shift)};
    long out = DEVICE.empty(c.type(), count);
    long fast = DEVICE.empty(c.type(), count);
    DEVICE.run(
        SimpleNormKernel.prepare(
            DEVICE.library(), c.kind(), c.type(), in[0], in[1], in[2], shape, EPSILON, out),
        NormKernel.prepare(
            DEVICE.library(), c.kind(), c.type(), in[0], in[1], in[2], shape, EPSILON, fast));
    for (long result : new long[] {out, fast}) {
      Rounding.of(c.type())
          .check(
              result == out ? "simple" : "fast",
              DEVICE.read(c.type(), result, count),
              naive.forward(x, factor, shift),
              exact.forward(x, factor, shift));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void bothVersionsGoBack(Case c) {
    NormShape shape = c.shape();
    double[] x = DeviceData.normal(c.type(), 4, shape.rows() * shape.width());
    double[] factor = parameters(c, 5);
    double[] gradient = DeviceData.normal(c.type(), 6, x.length);
    double[][] exact =
        new NormReference(Rounding.NONE, c.kind(), shape, EPSILON).gradient(x, factor, gradient);
    double[][] naive =
        new NormReference(Rounding.of(c.type()), c.kind(), shape, EPSILON)
            .gradient(x, factor, gradient);
    for (boolean fast : new boolean[] {false, true}) {
      double[][] actual = run(c, fast, x, factor, gradient);
      for (int i = 0; i < actual.length; i++) {
        Rounding.of(c.type())
            .check((fast ? "fast " : "simple ") + i, actual[i], naive[i], exact[i]);
      }
    }
  }

  private static double[][] run(
      Case c, boolean fast, double[] x, double[] factor, double[] gradient) {
    NormShape shape = c.shape();
    int sums = c.weighted() ? shape.groups() * shape.width() : 0;
    NormOperands operands =
        new NormOperands(
            put(c.type(), x),
            put(c.type(), factor),
            put(c.type(), gradient),
            DEVICE.empty(c.type(), x.length),
            sums == 0 ? 0 : DEVICE.empty(c.type(), sums),
            sums == 0 ? 0 : DEVICE.empty(c.type(), sums));
    long scratch =
        DEVICE.empty(ElementType.F32, (int) (NormGradientKernel.scratchBytes(shape) / Float.BYTES));
    KernelLaunch[] launches =
        fast
            ? NormGradientKernel.prepare(
                DEVICE.library(), c.kind(), c.type(), operands, shape, EPSILON, scratch)
            : SimpleNormKernel.gradient(
                DEVICE.library(), c.kind(), c.type(), operands, shape, EPSILON, scratch);
    DEVICE.run(launches);
    double[] ofX = DEVICE.read(c.type(), operands.ofX(), x.length);
    return sums == 0
        ? new double[][] {ofX}
        : new double[][] {
          ofX,
          DEVICE.read(c.type(), operands.ofFactor(), sums),
          DEVICE.read(c.type(), operands.ofShift(), sums)
        };
  }

  @Test
  void chunksCoverGroupsAndDoNotCrossThem() {
    for (int rows : new int[] {1, 7, 8, 9, 64, 1000, 65536, 1 << 20}) {
      for (int perGroup : new int[] {1, 64, rows}) {
        if (rows % perGroup == 0) {
          NormShape shape = new NormShape(rows, 8, perGroup);
          assertThat(shape.chunk()).isBetween(1, 128);
          assertThat(shape.chunk() * shape.chunksPerGroup()).isGreaterThanOrEqualTo(perGroup);
          assertThat(shape.chunk() * (shape.chunksPerGroup() - 1)).isLessThan(perGroup);
        }
      }
    }
  }
}
