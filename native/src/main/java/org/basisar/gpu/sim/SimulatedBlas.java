package org.basisar.gpu.sim;

import java.util.Arrays;
import org.basisar.gpu.Blas;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.Gemm.Operand;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;

/**
 * Matrix products in plain loops, rounded as on a device: singles are summed in single precision.
 */
final class SimulatedBlas implements Blas {
  private static final int COLUMN_BLOCK = 512;

  private final SimulatedGpu gpu;

  SimulatedBlas(SimulatedGpu gpu) {
    this.gpu = gpu;
  }

  @Override
  public String version() {
    return "simulated BLAS";
  }

  @Override
  public void gemm(GpuStream stream, Gemm gemm) {
    check(gemm);
    ((SimulatedStream) stream).enqueue(() -> run(gemm));
  }

  private static void check(Gemm gemm) {
    boolean sizes = gemm.m() >= 0 && gemm.n() >= 0 && gemm.k() >= 0 && gemm.batch() >= 1;
    boolean doubles = gemm.a().type() == ElementType.F64;
    boolean types =
        gemm.a().type() == gemm.b().type()
            && isFloat(gemm.a().type())
            && isFloat(gemm.c().type())
            && doubles == (gemm.c().type() == ElementType.F64);
    boolean strides =
        gemm.a().rowStride() >= (gemm.transposeA() ? gemm.m() : gemm.k())
            && gemm.b().rowStride() >= (gemm.transposeB() ? gemm.k() : gemm.n())
            && gemm.c().rowStride() >= gemm.n();
    if (!sizes || !types || !strides) {
      throw new GpuException("gemm: sizes, types or strides do not fit together: " + gemm, 7);
    }
  }

  private static boolean isFloat(ElementType type) {
    return type == ElementType.F32 || type == ElementType.BF16 || type == ElementType.F64;
  }

  private void run(Gemm gemm) {
    synchronized (gpu) {
      for (int i = 0; i < gemm.batch(); i++) {
        if (gemm.m() == 0 || gemm.n() == 0) {
          return;
        }
        if (gemm.a().type() == ElementType.F64) {
          doubles(gemm, i);
        } else {
          singles(gemm, i);
        }
      }
    }
  }

  private static long rowAddress(Operand operand, int batch, int row) {
    long element = batch * operand.batchStride() + (long) row * operand.rowStride();
    return operand.address() + element * operand.type().bytes();
  }

  /** Reads [rows, columns], turned round if stored as [columns, rows]. */
  private float[] single(
      String what, Operand operand, int batch, int rows, int columns, boolean turn) {
    float[] stored = new float[rows * columns];
    int storedRows = turn ? columns : rows;
    int storedColumns = turn ? rows : columns;
    long bytes = (long) storedColumns * operand.type().bytes();
    for (int r = 0; r < storedRows && storedColumns > 0; r++) {
      long address = rowAddress(operand, batch, r);
      Memory memory = gpu.at(what, address, bytes);
      int offset = gpu.readable(what, memory, address, bytes);
      Elements.read(operand.type(), memory, offset, stored, r * storedColumns, storedColumns);
    }
    if (!turn) {
      return stored;
    }
    float[] turned = new float[rows * columns];
    for (int r = 0; r < rows; r++) {
      for (int c = 0; c < columns; c++) {
        turned[r * columns + c] = stored[c * rows + r];
      }
    }
    return turned;
  }

  private double[] twice(
      String what, Operand operand, int batch, int rows, int columns, boolean turn) {
    double[] result = new double[rows * columns];
    int storedRows = turn ? columns : rows;
    int storedColumns = turn ? rows : columns;
    double[] row = new double[storedColumns];
    long bytes = (long) storedColumns * operand.type().bytes();
    for (int r = 0; r < storedRows && storedColumns > 0; r++) {
      long address = rowAddress(operand, batch, r);
      Memory memory = gpu.at(what, address, bytes);
      int offset = gpu.readable(what, memory, address, bytes);
      Elements.read(operand.type(), memory, offset, row, 0, storedColumns);
      for (int c = 0; c < storedColumns; c++) {
        result[turn ? c * columns + r : r * columns + c] = row[c];
      }
    }
    return result;
  }

  private void singles(Gemm gemm, int batch) {
    int m = gemm.m();
    int n = gemm.n();
    int k = gemm.k();
    float[] a = single("gemm, matrix A", gemm.a(), batch, m, k, gemm.transposeA());
    float[] b = single("gemm, matrix B", gemm.b(), batch, k, n, gemm.transposeB());
    if (gemm.precision() == Gemm.Precision.TF32 && gemm.a().type() == ElementType.F32) {
      roundToTf32(a);
      roundToTf32(b);
    }
    float[] product = new float[m * n];
    for (int j = 0; j < n; j += COLUMN_BLOCK) {
      multiply(a, b, product, m, n, k, j, Math.min(n, j + COLUMN_BLOCK));
    }
    long bytes = (long) n * gemm.c().type().bytes();
    float[] old = new float[n];
    for (int r = 0; r < m; r++) {
      long address = rowAddress(gemm.c(), batch, r);
      Memory memory = gpu.at("gemm, matrix C", address, bytes);
      if (gemm.beta() != 0) {
        int offset = gpu.readable("gemm, matrix C", memory, address, bytes);
        Elements.read(gemm.c().type(), memory, offset, old, 0, n);
      }
      for (int c = 0; c < n; c++) {
        float scaled = gemm.alpha() * product[r * n + c];
        product[r * n + c] = gemm.beta() == 0 ? scaled : scaled + gemm.beta() * old[c];
      }
      int offset = gpu.writable("gemm, matrix C", memory, address, bytes);
      Elements.write(gemm.c().type(), memory, offset, product, r * n, n);
    }
  }

  /** Columns [from, to) of the product. */
  private static void multiply(
      float[] a, float[] b, float[] product, int m, int n, int k, int from, int to) {
    int width = to - from;
    float[] sum = new float[width];
    for (int r = 0; r < m; r++) {
      Arrays.fill(sum, 0f);
      for (int i = 0; i < k; i++) {
        add(sum, b, i * n + from, a[r * k + i], width);
      }
      System.arraycopy(sum, 0, product, r * n + from, width);
    }
  }

  private static void add(float[] sum, float[] b, int from, float factor, int width) {
    for (int j = 0; j < width; j++) {
      sum[j] += factor * b[from + j];
    }
  }

  private static void roundToTf32(float[] values) {
    for (int i = 0; i < values.length; i++) {
      int bits = Float.floatToRawIntBits(values[i]);
      // Ties to even, as the library's conversion.
      values[i] = Float.intBitsToFloat(bits + 0xfff + (bits >>> 13 & 1) & 0xffffe000);
    }
  }

  private void doubles(Gemm gemm, int batch) {
    int m = gemm.m();
    int n = gemm.n();
    int k = gemm.k();
    double[] a = twice("gemm, matrix A", gemm.a(), batch, m, k, gemm.transposeA());
    double[] b = twice("gemm, matrix B", gemm.b(), batch, k, n, gemm.transposeB());
    double[] sum = new double[n];
    double[] old = new double[n];
    long bytes = (long) n * Double.BYTES;
    for (int r = 0; r < m; r++) {
      Arrays.fill(sum, 0);
      for (int i = 0; i < k; i++) {
        double factor = a[r * k + i];
        for (int j = 0; j < n; j++) {
          sum[j] += factor * b[i * n + j];
        }
      }
      long address = rowAddress(gemm.c(), batch, r);
      Memory memory = gpu.at("gemm, matrix C", address, bytes);
      if (gemm.beta() != 0) {
        int offset = gpu.readable("gemm, matrix C", memory, address, bytes);
        Elements.read(ElementType.F64, memory, offset, old, 0, n);
      }
      for (int j = 0; j < n; j++) {
        sum[j] = gemm.alpha() * sum[j] + (gemm.beta() == 0 ? 0 : gemm.beta() * old[j]);
      }
      int offset = gpu.writable("gemm, matrix C", memory, address, bytes);
      Elements.write(ElementType.F64, memory, offset, sum, 0, n);
    }
  }
}
