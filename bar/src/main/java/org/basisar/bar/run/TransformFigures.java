package org.basisar.bar.run;

import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.metrics.BasisMetrics;
import org.basisar.bar.train.PixelTokens;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** How early in the sequence the energy of images lies, and what prefixes leave out. */
final class TransformFigures {
  private static final int IMAGES = 256;

  private final int count; // N
  private final int dimension; // C
  private final float[] sample; // [images, N, C]
  private final double[] images; // the same

  /** On tokens of images spread evenly over these. */
  TransformFigures(PixelTokens tokens, ImageData images) {
    count = tokens.order().tokens();
    dimension = tokens.dimension();
    sample = tokens.sample(images, IMAGES);
    this.images = new double[sample.length];
    for (int i = 0; i < sample.length; i++) {
      this.images[i] = sample[i];
    }
  }

  /** The tokens, [images, N, C]. */
  float[] sample() {
    return sample.clone();
  }

  /**
   * Of a square matrix.
   *
   * @param matrix [N, N] row-major
   */
  Map<String, Double> of(double[] matrix) {
    double[] errors = BasisMetrics.prefixErrors(matrix, images, count, dimension);
    double[] energy = BasisMetrics.energyCompaction(coefficients(matrix), count, dimension);
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int kept = 1; kept <= count; kept *= 4) {
      figures.put("prefix error at " + kept + " of " + count, errors[kept - 1]);
    }
    for (int kept = 1; kept < count; kept *= 4) {
      figures.put("energy in " + kept + " of " + count, energy[kept - 1]);
    }
    return figures;
  }

  private double[] coefficients(double[] matrix) {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(images, images.length / (count * dimension), count, dimension);
      return Ops.basisTransform(Tensor.of(matrix, count, count), x, false).toDoubles();
    }
  }

  /** Of a basis with more or fewer vectors than there are tokens. */
  Map<String, Double> ofRectangle(LearnedBasis basis) {
    int rows = basis.rows();
    int batch = images.length / (count * dimension);
    double[] coefficients = basis.encode(images, batch);
    Map<String, Double> figures = new LinkedHashMap<>();
    for (int kept = 1; kept <= rows; kept *= 4) {
      double[] decoded = basis.decodePrefix(coefficients, batch, kept);
      figures.put("prefix error at " + kept + " of " + rows, relativeError(decoded));
    }
    return figures;
  }

  private double relativeError(double[] decoded) {
    double error = 0;
    double energy = 0;
    for (int i = 0; i < images.length; i++) {
      error += (images[i] - decoded[i]) * (images[i] - decoded[i]);
      energy += images[i] * images[i];
    }
    return energy == 0 ? 0 : error / energy;
  }
}
