import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.ejml.data.DMatrixRMaj;
import org.ejml.dense.row.CommonOps_DDRM;
import org.ejml.dense.row.factory.DecompositionFactory_DDRM;
import org.ejml.dense.row.factory.LinearSolverFactory_DDRM;
import org.ejml.interfaces.decomposition.EigenDecomposition_F64;
import org.ejml.interfaces.linsol.LinearSolverDense;

/**
 * The least velocity error that any linear predictor can reach, cell by cell, in several bases.
 *
 * <p>Given the clean cells before it, let a cell's coefficients have covariance with eigenvalues λ.
 * At time t the best linear predictor of v = ε − y from (1 − t)·y + t·ε errs by λ / ((1 − t)²λ + t²)
 * in each direction; over uniform t that is (π/2)·√λ. The mean of ½·log λ over all cells is the same
 * for every orthogonal basis, the mean of √λ is not.
 *
 * <p>Arguments: data, side, patch, images, then run folders with a learned basis.
 */
public final class LinearFloor {
  private static final int CELLS = 4;

  public static void main(String[] arguments) {
    int side = Integer.parseInt(arguments[1]);
    int patch = Integer.parseInt(arguments[2]);
    ImageData data = ImageSources.open(arguments[0], side, 1);
    PixelTokens pixels = new PixelTokens(side, data.channels(), patch, 2, 1);
    int n = pixels.order().tokens();
    int c = pixels.dimension();
    float[] tokens = pixels.sample(data, Integer.parseInt(arguments[3])); // [images, N, C]

    Map<String, double[]> bases = new LinkedHashMap<>();
    bases.put("cells of patches (xAR)", CommonOps_DDRM.identity(n).data);
    bases.put("PCA", BasisStart.pca(tokens, n, c));
    bases.put("random orthogonal", BasisStart.orthogonal(n, 1));
    for (String run : Arrays.asList(arguments).subList(4, arguments.length)) {
      bases.put(Path.of(run).getFileName().toString(), learned(Path.of(run)));
    }
    System.out.println(
        "| basis | energy of the cells | least linear error of the cells | mean | mean ½·log λ |");
    System.out.println("|---|---|---|---|---|");
    bases.forEach((name, basis) -> System.out.println(row(name, basis, tokens, n, c)));
  }

  private static double[] learned(Path run) {
    RunFolder folder = RunFolder.open(run);
    try (TrainedModel model = TrainedModel.blank(folder.config())) {
      folder.restoreAverages(model);
      LearnedBasis basis = model.basis();
      if (basis == null) {
        throw new IllegalArgumentException(run + " has no learned basis");
      }
      return basis.matrix().tensor().toDoubles();
    }
  }

  private static String row(String name, double[] basis, float[] tokens, int n, int c) {
    DMatrixRMaj covariance = covariance(basis, tokens, n, c);
    int size = n * c / CELLS;
    StringBuilder energies = new StringBuilder();
    StringBuilder errors = new StringBuilder();
    double mean = 0;
    double logarithm = 0;
    for (int cell = 0; cell < CELLS; cell++) {
      double[] spectrum = conditionalSpectrum(covariance, cell * size, size);
      double energy = Arrays.stream(spectrum).average().orElseThrow();
      double error = Math.PI / 2 * Arrays.stream(spectrum).map(Math::sqrt).average().orElseThrow();
      energies.append(String.format(Locale.ROOT, "%.3f ", energy));
      errors.append(String.format(Locale.ROOT, "%.3f ", error));
      mean += error / CELLS;
      logarithm += Arrays.stream(spectrum).map(Math::log).average().orElseThrow() / 2 / CELLS;
    }
    return String.format(
        Locale.ROOT, "| %s | %s| %s| %.4f | %.4f |", name, energies, errors, mean, logarithm);
  }

  /** Second moments of A·X scaled to unit mean square, with 1e-6 added to the diagonal. */
  private static DMatrixRMaj covariance(double[] basis, float[] tokens, int n, int c) {
    int size = n * c;
    int images = tokens.length / size;
    DMatrixRMaj a = DMatrixRMaj.wrap(n, n, basis);
    DMatrixRMaj y = new DMatrixRMaj(images, size);
    DMatrixRMaj x = new DMatrixRMaj(n, c);
    DMatrixRMaj one = new DMatrixRMaj(n, c);
    for (int i = 0; i < images; i++) {
      for (int k = 0; k < size; k++) {
        x.data[k] = tokens[i * size + k];
      }
      CommonOps_DDRM.mult(a, x, one);
      System.arraycopy(one.data, 0, y.data, i * size, size);
    }
    double energy = 0;
    for (float value : tokens) {
      energy += value * (double) value;
    }
    DMatrixRMaj covariance = new DMatrixRMaj(size, size);
    CommonOps_DDRM.multTransA(tokens.length / energy / images, y, y, covariance);
    for (int k = 0; k < size; k++) {
      covariance.add(k, k, 1e-6);
    }
    return covariance;
  }

  /** Eigenvalues of the covariance of rows first … first + size − 1, given the rows before. */
  private static double[] conditionalSpectrum(DMatrixRMaj covariance, int first, int size) {
    DMatrixRMaj own = CommonOps_DDRM.extract(covariance, first, first + size, first, first + size);
    if (first > 0) {
      DMatrixRMaj before = CommonOps_DDRM.extract(covariance, 0, first, 0, first);
      DMatrixRMaj cross = CommonOps_DDRM.extract(covariance, 0, first, first, first + size);
      LinearSolverDense<DMatrixRMaj> solver = LinearSolverFactory_DDRM.symmPosDef(first);
      if (!solver.setA(before)) {
        throw new IllegalArgumentException("too few images: the covariance has no inverse");
      }
      DMatrixRMaj weights = new DMatrixRMaj(first, size);
      solver.solve(cross.copy(), weights);
      CommonOps_DDRM.multAddTransA(-1, cross, weights, own);
    }
    EigenDecomposition_F64<DMatrixRMaj> eigen =
        DecompositionFactory_DDRM.eig(size, false, true);
    if (!eigen.decompose(own)) {
      throw new IllegalArgumentException("no eigenvalues found");
    }
    double[] spectrum = new double[size];
    for (int k = 0; k < size; k++) {
      spectrum[k] = Math.max(eigen.getEigenvalue(k).getReal(), 1e-9);
    }
    return spectrum;
  }
}
