package org.basisar.bar.basis;

import java.util.Arrays;
import org.basisar.tensor.DType;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** What A is before the first step (paper table 5). */
public enum BasisStart {
  /** A = I: training starts as plain xAR. The paper's best. */
  IDENTITY,
  /** A uniformly random orthogonal matrix. */
  ORTHOGONAL,
  /** The eigenvectors of the tokens' second moment, by decreasing eigenvalue (the KLT). */
  PCA,
  /** The permutation from cells to rows of tokens. */
  RASTER,
  /** PAR's permutation with 2×2 regions. */
  PAR,
  /** PAR's permutation with 4×4 regions. */
  PAR_16,
  /** VAR's pooling rows orthonormalised. */
  VAR_SQUARE,
  /** The cosine transform by rising frequency. */
  FAR,
  /** The quad-tree Haar basis. */
  FRACTAL;

  /**
   * A uniformly distributed orthogonal matrix: the Q of a normal matrix with the signs of R's
   * diagonal made positive.
   *
   * @return row-major [tokens, tokens]
   */
  public static double[] orthogonal(int tokens, long seed) {
    try (Random random = new Random(seed);
        Scope _ = Scope.open()) {
      return LinearAlgebra.qr(random.normal(DType.F64, tokens, tokens)).q().toDoubles();
    }
  }

  /**
   * The basis that minimises every prefix error on this sample: rows are eigenvectors of Σ X·Xᵀ
   * over images and channels. The paper's "offline" basis (table 10).
   *
   * @param sample [images, tokens, channels] in sequence order
   * @return row-major [tokens, tokens]
   */
  public static double[] pca(float[] sample, int tokens, int channels) {
    double[] moment = moment(sample, tokens, channels);
    try (Scope _ = Scope.open()) {
      return LinearAlgebra.symmetricEigen(Tensor.of(moment, tokens, tokens)).vectors().toDoubles();
    }
  }

  /**
   * The mean over images and channels of X·Xᵀ.
   *
   * @param sample [images, tokens, channels]
   * @return row-major [tokens, tokens]
   */
  public static double[] moment(float[] sample, int tokens, int channels) {
    double[] moment = new double[tokens * tokens];
    int images = sample.length / (tokens * channels);
    double[] column = new double[tokens];
    for (int image = 0; image < images; image++) {
      for (int c = 0; c < channels; c++) {
        for (int t = 0; t < tokens; t++) {
          column[t] = sample[(image * tokens + t) * channels + c];
        }
        for (int i = 0; i < tokens; i++) {
          for (int j = 0; j < tokens; j++) {
            moment[i * tokens + j] += column[i] * column[j];
          }
        }
      }
    }
    double scale = 1.0 / Math.max(1, images * channels);
    Arrays.setAll(moment, i -> moment[i] * scale);
    return moment;
  }
}
