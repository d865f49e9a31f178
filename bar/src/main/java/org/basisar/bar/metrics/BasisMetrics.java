package org.basisar.bar.metrics;

/** What a basis does with token sequences, for a matrix A row-major [N, N] with Y = A·X. */
public final class BasisMetrics {
  private BasisMetrics() {}

  /**
   * The share of the energy that lies in the first k coefficients, for k = 1 … N: the faster it
   * rises, the more an image's first tokens say.
   *
   * @param coefficients [images, N, C] in order
   * @return [N], ascending to 1 (all 1 if everything is zero)
   */
  public static double[] energyCompaction(double[] coefficients, int tokens, int dimension) {
    double[] energy = new double[tokens];
    for (int i = 0; i < coefficients.length; i++) {
      energy[i / dimension % tokens] += coefficients[i] * coefficients[i];
    }
    double total = 0;
    for (double part : energy) {
      total += part;
    }
    double sum = 0;
    for (int k = 0; k < tokens; k++) {
      sum += energy[k];
      energy[k] = total == 0 ? 1 : sum / total;
    }
    return energy;
  }

  /**
   * The mean squared error of the pictures that the first k coefficients describe through the
   * transposed matrix, as in the paper's prefix decoding, relative to the pictures' own mean
   * square, for k = 1 … N. For an orthogonal A it ends at 0.
   *
   * @param basis A, row-major [N, N]
   * @param images tokens [images, N, C]
   */
  public static double[] prefixErrors(double[] basis, double[] images, int tokens, int dimension) {
    int size = tokens * dimension;
    int count = images.length / size;
    double[] errors = new double[tokens];
    double energy = 0;
    double[] rest = new double[size];
    double[] coefficient = new double[dimension];
    for (int image = 0; image < count; image++) {
      for (int i = 0; i < size; i++) {
        rest[i] = images[image * size + i];
        energy += rest[i] * rest[i];
      }
      for (int k = 0; k < tokens; k++) {
        coefficient(basis, images, image * size, k, tokens, coefficient);
        double error = 0;
        for (int n = 0; n < tokens; n++) {
          double weight = basis[k * tokens + n];
          for (int c = 0; c < dimension; c++) {
            double left = rest[n * dimension + c] - weight * coefficient[c];
            rest[n * dimension + c] = left;
            error += left * left;
          }
        }
        errors[k] += error;
      }
    }
    for (int k = 0; k < tokens; k++) {
      errors[k] = energy == 0 ? 0 : errors[k] / energy;
    }
    return errors;
  }

  private static void coefficient(
      double[] basis, double[] images, int offset, int k, int tokens, double[] result) {
    int dimension = result.length;
    for (int c = 0; c < dimension; c++) {
      double sum = 0;
      for (int n = 0; n < tokens; n++) {
        sum += basis[k * tokens + n] * images[offset + n * dimension + c];
      }
      result[c] = sum;
    }
  }
}
