package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class SimulatedLibrariesTest {
  private final SimulatedGpu gpu = SimulatedGpu.create().strictReads(true);
  private final GpuStream stream = gpu.newStream();

  @AfterEach
  void close() {
    gpu.close();
  }

  private static double[] random(int count, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return random.doubles(count, -1, 1).toArray();
  }

  private long upload(ElementType type, double[] values) {
    int bytes = type.bytes();
    byte[] raw = new byte[Math.max(1, values.length) * bytes];
    for (int i = 0; i < values.length; i++) {
      switch (type) {
        case F64 -> Memory.LONGS.set(raw, 8 * i, Double.doubleToRawLongBits(values[i]));
        case F32 -> Memory.INTS.set(raw, 4 * i, Float.floatToRawIntBits((float) values[i]));
        default ->
            Memory.SHORTS.set(raw, 2 * i, (short) HalfInstructions.toBf16((float) values[i]));
      }
    }
    long address = gpu.allocate(raw.length);
    stream.copyToDevice(address, MemorySegment.ofArray(raw), raw.length);
    return address;
  }

  private double[] download(ElementType type, long address, int count) {
    byte[] raw = new byte[count * type.bytes()];
    stream.copyToHost(MemorySegment.ofArray(raw), address, raw.length);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] =
          switch (type) {
            case F64 -> Double.longBitsToDouble((long) Memory.LONGS.get(raw, 8 * i));
            case F32 -> Float.intBitsToFloat((int) Memory.INTS.get(raw, 4 * i));
            default -> Float.intBitsToFloat((short) Memory.SHORTS.get(raw, 2 * i) << 16);
          };
    }
    return values;
  }

  private static double rounded(ElementType type, double x) {
    return switch (type) {
      case F64 -> x;
      case F32 -> (float) x;
      default -> Float.intBitsToFloat(HalfInstructions.toBf16((float) x) << 16);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "F32, F32, false, false, 0, 1e-6", "F32, F32, true, false, 0.5, 1e-6",
    "F32, F32, false, true, 0, 1e-6", "F32, F32, true, true, 1, 1e-6",
    "F64, F64, false, true, 0.5, 1e-15", "F64, F64, true, false, 0, 1e-15",
    "BF16, BF16, false, true, 0, 0.004", "BF16, F32, true, false, 1, 1e-6"
  })
  void productsAreRight(
      ElementType type, ElementType out, boolean turnA, boolean turnB, float beta, double error) {
    int m = 33;
    int n = 13;
    int k = 31;
    int strideA = (turnA ? m : k) + 3;
    int strideB = (turnB ? k : n) + 1;
    int strideC = n + 2;
    int sizeA = strideA * (turnA ? k : m);
    int sizeB = strideB * (turnB ? n : k);
    int sizeC = strideC * m;
    double[] a = random(2 * sizeA, 1);
    double[] b = random(sizeB, 2);
    double[] c = random(2 * sizeC, 3);
    long addressC = upload(out, c);

    // Both products share B.
    gpu.blas()
        .gemm(
            stream,
            new Gemm(
                turnA,
                turnB,
                m,
                n,
                k,
                2f,
                new Gemm.Operand(upload(type, a), type, strideA, sizeA),
                new Gemm.Operand(upload(type, b), type, strideB, 0),
                beta,
                new Gemm.Operand(addressC, out, strideC, sizeC),
                2,
                Gemm.Precision.FULL));

    double[] result = download(out, addressC, 2 * sizeC);
    for (int batch = 0; batch < 2; batch++) {
      for (int i = 0; i < m; i++) {
        for (int j = 0; j < strideC; j++) {
          int at = batch * sizeC + i * strideC + j;
          double expected = rounded(out, c[at]);
          if (j < n) {
            double sum = 0;
            for (int l = 0; l < k; l++) {
              double x = a[batch * sizeA + (turnA ? l * strideA + i : i * strideA + l)];
              double y = b[turnB ? j * strideB + l : l * strideB + j];
              sum += rounded(type, x) * rounded(type, y);
            }
            expected = 2 * sum + beta * expected;
          }
          double tolerance = error * (1 + Math.abs(expected)) * 4;
          assertThat(result[at]).isCloseTo(expected, within(tolerance));
        }
      }
    }
  }

  @Test
  void tf32RoundsOperands() {
    long a = upload(ElementType.F32, new double[] {1 + 0x1p-12});
    long one = upload(ElementType.F32, new double[] {1});
    long c = upload(ElementType.F32, new double[] {0});
    for (Gemm.Precision precision : Gemm.Precision.values()) {
      Gemm.Operand x = new Gemm.Operand(a, ElementType.F32, 1, 0);
      Gemm.Operand y = new Gemm.Operand(one, ElementType.F32, 1, 0);
      Gemm.Operand z = new Gemm.Operand(c, ElementType.F32, 1, 0);
      gpu.blas().gemm(stream, new Gemm(false, false, 1, 1, 1, 1, x, y, 0, z, 1, precision));
      double expected = precision == Gemm.Precision.FULL ? 1 + 0x1p-12 : 1;
      assertThat(download(ElementType.F32, c, 1)).containsExactly(expected);
    }
  }

  @Test
  void productsDoNotReadWhatWasNeverWritten() {
    long block = gpu.allocate(16);
    Gemm.Operand x = new Gemm.Operand(block, ElementType.F32, 2, 0);
    assertThatThrownBy(() ->
            gpu.blas()
                .gemm(
                    stream, new Gemm(false, false, 2, 2, 2, 1, x, x, 0, x, 1, Gemm.Precision.FULL)))
        .isInstanceOf(KernelFaultException.class)
        .hasMessageContaining("gemm, matrix A")
        .hasMessageContaining("never-written");
  }

  private static double[] product(double[] a, double[] b, int n) {
    double[] c = new double[n * n];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < n; l++) {
          c[i * n + j] += a[i * n + l] * b[l * n + j];
        }
      }
    }
    return c;
  }

  private static double[] turned(double[] a, int n) {
    double[] t = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      t[i % n * n + i / n] = a[i];
    }
    return t;
  }

  private static void assertOrthogonal(double[] q, int n, double error) {
    double[] gram = product(turned(q, n), q, n);
    for (int i = 0; i < n * n; i++) {
      assertThat(gram[i]).isCloseTo(i / n == i % n ? 1 : 0, within(error));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 33})
  void singularValuesRebuildTheMatrix(int n) {
    for (ElementType type : new ElementType[] {ElementType.F64, ElementType.F32}) {
      for (boolean singular : new boolean[] {false, true}) {
        double[] a = random(n * n, n);
        if (singular && n > 2) {
          // Two equal rows and a zero column.
          System.arraycopy(a, 0, a, n, n);
          for (int i = 0; i < n; i++) {
            a[i * n + 2] = 0;
          }
        }
        long s = gpu.allocate(8L * n);
        long u = gpu.allocate(8L * n * n);
        long v = gpu.allocate(8L * n * n);
        gpu.solver().svd(stream, type, n, upload(type, a), s, u, v);

        double error = type == ElementType.F64 ? 1e-12 : 1e-5;
        double[] left = download(type, u, n * n);
        double[] values = download(type, s, n);
        double[] right = download(type, v, n * n);
        assertOrthogonal(left, n, error);
        assertOrthogonal(right, n, error);
        double[] scaled = left.clone();
        for (int i = 0; i < n * n; i++) {
          scaled[i] *= values[i % n];
        }
        double[] rebuilt = product(scaled, right, n);
        for (int i = 0; i < n * n; i++) {
          assertThat(rebuilt[i]).isCloseTo(a[i], within(error * n));
        }
        for (int i = 1; i < n; i++) {
          assertThat(values[i]).isBetween(0.0, values[i - 1]);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 17, 33})
  void eigenvectorsRebuildTheMatrix(int n) {
    double[] half = random(n * n, n);
    double[] a = new double[n * n];
    for (int i = 0; i < n * n; i++) {
      a[i] = half[i] + half[i % n * n + i / n];
    }
    long matrix = upload(ElementType.F64, a);
    long values = gpu.allocate(8L * n);
    gpu.solver().symmetricEigen(stream, ElementType.F64, n, matrix, values);

    double[] rows = download(ElementType.F64, matrix, n * n);
    double[] eigenvalues = download(ElementType.F64, values, n);
    assertOrthogonal(turned(rows, n), n, 1e-12);
    double[] scaled = turned(rows, n);
    for (int i = 0; i < n * n; i++) {
      scaled[i] *= eigenvalues[i % n];
    }
    double[] rebuilt = product(scaled, rows, n);
    for (int i = 0; i < n * n; i++) {
      assertThat(rebuilt[i]).isCloseTo(a[i], within(1e-12 * n));
    }
    for (int i = 1; i < n; i++) {
      assertThat(eigenvalues[i]).isGreaterThanOrEqualTo(eigenvalues[i - 1]);
    }
  }

  @Test
  void systemsAreSolved() {
    int n = 17;
    int columns = 3;
    double[] a = random(n * n, 1);
    a[0] = 0;
    double[] b = random(n * columns, 2);
    long right = upload(ElementType.F64, b);
    gpu.solver().solve(stream, ElementType.F64, n, columns, upload(ElementType.F64, a), right);

    double[] x = download(ElementType.F64, right, n * columns);
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < columns; j++) {
        double sum = 0;
        for (int l = 0; l < n; l++) {
          sum += a[i * n + l] * x[l * columns + j];
        }
        assertThat(sum).isCloseTo(b[i * columns + j], within(1e-11));
      }
    }
    long zero = upload(ElementType.F64, new double[4]);
    assertThatThrownBy(() -> gpu.solver().solve(stream, ElementType.F64, 2, 1, zero, right))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("singular");
  }
}
