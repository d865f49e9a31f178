package org.basisar.bench;

import org.basisar.tensor.cpu.Gemm;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** Our matrix product. */
public class GemmBenchmark extends CpuBenchmark {
  /** Which product. */
  @Param public GemmCase shape = GemmCase.NN_4096_768_768;

  private Gemm gemm = new Gemm(false, false, 0, 0, 0);

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    Workers.configure(threads);
    float[] a = shape.a().values();
    float[] b = shape.b().values();
    int m = shape.m();
    int n = shape.n();
    int k = shape.k();
    float[] c = new float[shape.batch() * m * n];
    gemm =
        new Gemm(shape.transposeA(), shape.transposeB(), m, n, k)
            .a(a, 0, shape.transposeA() ? m : k)
            .b(b, 0, shape.transposeB() ? k : n)
            .c(c, 0, n)
            .batch(shape.batch(), m * k, k * n, m * n);
    gemm.execute();
    Expected.gemm(shape, a, b, c);
  }

  /** All products of the shape. */
  @Benchmark
  public void engine() {
    gemm.execute();
  }
}
