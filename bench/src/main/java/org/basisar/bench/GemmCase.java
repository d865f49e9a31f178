package org.basisar.bench;

import java.util.SplittableRandom;

/** Matrix products to measure: C [m, n] = op(A) op(B), {@code batch} of them. */
public enum GemmCase {
  /** A projection of the largest width of the demos. */
  NN_4096_768_768(false, false, 1, 4096, 768, 768),
  /** A small projection with the weight as stored. */
  NT_2048_256_256(false, true, 1, 2048, 256, 256),
  /** The scores of attention, 96 heads. */
  NN_96_OF_256_256_64(false, false, 96, 256, 256, 64),
  /** The forward of a wide layer. */
  NT_4096_1024_256(false, true, 1, 4096, 1024, 256),
  /** The weight gradient of that layer. */
  TN_256_1024_4096(true, false, 1, 256, 1024, 4096);

  private final boolean transposeA;
  private final boolean transposeB;
  private final int batch;
  private final int m;
  private final int n;
  private final int k;

  GemmCase(boolean transposeA, boolean transposeB, int batch, int m, int n, int k) {
    this.transposeA = transposeA;
    this.transposeB = transposeB;
    this.batch = batch;
    this.m = m;
    this.n = n;
    this.k = k;
  }

  /** Whether A is stored as [k, m]. */
  public boolean transposeA() {
    return transposeA;
  }

  /** Whether B is stored as [n, k]. */
  public boolean transposeB() {
    return transposeB;
  }

  /** Number of products. */
  public int batch() {
    return batch;
  }

  /** Rows of C. */
  public int m() {
    return m;
  }

  /** Columns of C. */
  public int n() {
    return n;
  }

  /** Length of the sums. */
  public int k() {
    return k;
  }

  /** Floating-point operations of all products. */
  public long flops() {
    return 2L * batch * m * n * k;
  }

  /** A, always the same. */
  public HostTensor a() {
    SplittableRandom random = new SplittableRandom(5);
    return transposeA
        ? HostTensor.normal(random, 1, batch, k, m)
        : HostTensor.normal(random, 1, batch, m, k);
  }

  /** B, always the same. */
  public HostTensor b() {
    SplittableRandom random = new SplittableRandom(6);
    return transposeB
        ? HostTensor.normal(random, 1, batch, n, k)
        : HostTensor.normal(random, 1, batch, k, n);
  }
}
