package org.basisar.nn;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Angles of two-dimensional rotary positions, one row per sequence position. With hd/4 frequencies
 * f_j = 10000^(−2j/(hd/2)), dims 2j and 2j+1 of a head turn by row·f_j, dims hd/2+2j and hd/2+2j+1
 * by column·f_j.
 */
public final class RotaryTable implements AutoCloseable {
  private final Tensor cosine; // [N, hd]
  private final Tensor sine; // [N, hd]

  /**
   * The table for positions at these grid coordinates.
   *
   * @param rows grid row of each sequence position
   * @param columns grid column of each sequence position
   * @param headWidth hd, a multiple of 4
   * @param dtype of the queries and keys to be turned
   */
  public RotaryTable(DType dtype, int[] rows, int[] columns, int headWidth) {
    this(
        dtype,
        Arrays.stream(rows).asDoubleStream().toArray(),
        Arrays.stream(columns).asDoubleStream().toArray(),
        headWidth);
  }

  /** The table for positions that may lie between grid points. */
  public RotaryTable(DType dtype, double[] rows, double[] columns, int headWidth) {
    if (headWidth % 4 != 0) {
      throw new IllegalArgumentException(
          "rotary positions need a head width divisible by 4, is " + headWidth);
    }
    int tokens = rows.length;
    double[] cos = new double[tokens * headWidth];
    double[] sin = new double[tokens * headWidth];
    for (int t = 0; t < tokens; t++) {
      for (int d = 0; d < headWidth; d++) {
        int half = headWidth / 2;
        int j = (d % half) / 2;
        double frequency = Math.pow(10000, -2.0 * j / half);
        double angle = (d < half ? rows[t] : columns[t]) * frequency;
        cos[t * headWidth + d] = Math.cos(angle);
        sin[t * headWidth + d] = Math.sin(angle);
      }
    }
    cosine = Scope.outside(() -> Tensor.of(dtype, cos, tokens, headWidth));
    sine = Scope.outside(() -> Tensor.of(dtype, sin, tokens, headWidth));
  }

  private RotaryTable(Tensor cosine, Tensor sine) {
    this.cosine = cosine;
    this.sine = sine;
  }

  /**
   * The table of the same positions in another order, in the current scope.
   *
   * @param order I32 [N], for each place the position that is there now
   */
  public RotaryTable reordered(Tensor order) {
    return new RotaryTable(Ops.gather(cosine, 0, order), Ops.gather(sine, 0, order));
  }

  /** Cosines of positions {@code from} … {@code from + count − 1}, [count, hd]. */
  public Tensor cosine(int from, int count) {
    return cosine.slice(0, from, count);
  }

  /** Sines of positions {@code from} … {@code from + count − 1}, [count, hd]. */
  public Tensor sine(int from, int count) {
    return sine.slice(0, from, count);
  }

  @Override
  public void close() {
    cosine.close();
    sine.close();
  }
}
