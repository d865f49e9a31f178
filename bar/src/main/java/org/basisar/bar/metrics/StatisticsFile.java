package org.basisar.bar.metrics;

import java.nio.file.Path;
import java.util.Locale;
import org.basisar.bar.metrics.FrechetDistance.Gaussian;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.nn.io.numpy.NumpyArchiveWriter;
import org.basisar.nn.io.numpy.NumpyHeader;
import org.basisar.nn.io.numpy.NumpyReader;
import org.basisar.nn.io.numpy.NumpyType;

/**
 * Mean and covariance of features in an {@code .npz}: {@code mu} [d] and {@code sigma} [d, d] of
 * {@code <f4} or {@code <f8}, as torch-fidelity and the ADM evaluator keep them; the latter's files
 * have {@code mu_s} and {@code sigma_s} of spatial features besides.
 */
public final class StatisticsFile {
  /** Widest features that are read. */
  public static final int MAX_WIDTH = 8192;

  /** How far a covariance may differ from its mirror image, relative to its greatest number. */
  private static final double ASYMMETRY = 1e-3;

  /** How negative a variance may be by rounding, relative to the greatest number. */
  private static final double NEGATIVE = 1e-6;

  private StatisticsFile() {}

  /** Which of a file's statistics are meant. */
  public enum Kind {
    /** Of pooled features, which the Fréchet inception distance compares. */
    POOLED("mu", "sigma"),
    /** Of spatial features, which sFID compares. */
    SPATIAL("mu_s", "sigma_s");

    private final String mean;
    private final String covariance;

    Kind(String mean, String covariance) {
      this.mean = mean;
      this.covariance = covariance;
    }
  }

  /** Whether the archive has statistics of a kind. */
  public static boolean has(NumpyArchive archive, Kind kind) {
    return archive.contains(kind.mean) && archive.contains(kind.covariance);
  }

  /**
   * Reads statistics.
   *
   * @throws MetricsException if shapes do not match, a number is not finite, the covariance is not
   *     symmetric or has a negative variance
   * @throws org.basisar.nn.io.numpy.NumpyException if the file is refused or has none
   */
  public static Gaussian read(Path file) {
    try (NumpyArchive archive = NumpyArchive.open(file)) {
      return read(file.toString(), archive, Kind.POOLED);
    }
  }

  /**
   * As {@link #read(Path)}, from an open archive.
   *
   * @param what names the file in messages
   */
  public static Gaussian read(String what, NumpyArchive archive, Kind kind) {
    try (NumpyReader mean = archive.array(kind.mean);
        NumpyReader covariance = archive.array(kind.covariance)) {
      NumpyHeader meanHeader = mean.header();
      NumpyHeader covarianceHeader = covariance.header();
      if (meanHeader.extents().size() != 1 || meanHeader.extents().getFirst() < 1) {
        throw new MetricsException(
            what
                + " has "
                + kind.mean
                + " of the shape "
                + meanHeader.describe()
                + ", which is no mean of features");
      }
      int width = meanHeader.extents().getFirst();
      if (width > MAX_WIDTH) {
        throw new MetricsException(
            what + " has statistics of " + width + " features, more than " + MAX_WIDTH);
      }
      if (!covarianceHeader.hasShape(width, width)) {
        throw new MetricsException(
            what
                + " has "
                + kind.mean
                + " "
                + meanHeader.describe()
                + " but "
                + kind.covariance
                + " "
                + covarianceHeader.describe()
                + ", which do not belong together");
      }
      Gaussian read = new Gaussian(mean.allDoubles(width), covariance.allDoubles(width * width));
      check(what, kind, read);
      return read;
    }
  }

  private static void check(String what, Kind kind, Gaussian read) {
    requireFinite(what, kind.mean, read.mean());
    requireFinite(what, kind.covariance, read.covariance());
    int d = read.width();
    double[] covariance = read.covariance();
    double greatest = 0;
    for (double value : covariance) {
      greatest = Math.max(greatest, Math.abs(value));
    }
    for (int i = 0; i < d; i++) {
      if (covariance[i * d + i] < -NEGATIVE * greatest) {
        throw new MetricsException(
            String.format(
                Locale.ROOT,
                "%s has the negative variance %.3g of feature %d; make the statistics anew",
                what,
                covariance[i * d + i],
                i));
      }
      for (int j = 0; j < i; j++) {
        double both = covariance[i * d + j];
        if (both * both
            > (1 + ASYMMETRY) * covariance[i * d + i] * covariance[j * d + j]
                + NEGATIVE * greatest * greatest) {
          throw new MetricsException(
              String.format(
                  Locale.ROOT,
                  "%s has a %s that is no covariance: %.6g at (%d, %d) is more than the variances"
                      + " %.6g and %.6g allow; make the statistics anew",
                  what,
                  kind.covariance,
                  both,
                  i,
                  j,
                  covariance[i * d + i],
                  covariance[j * d + j]));
        }
        if (Math.abs(both - covariance[j * d + i]) > ASYMMETRY * greatest) {
          throw new MetricsException(
              String.format(
                  Locale.ROOT,
                  "%s has a %s that is not symmetric: %.6g at (%d, %d) but %.6g at (%d, %d);"
                      + " make the statistics anew",
                  what,
                  kind.covariance,
                  covariance[i * d + j],
                  i,
                  j,
                  covariance[j * d + i],
                  j,
                  i));
        }
      }
    }
  }

  private static void requireFinite(String what, String name, double[] values) {
    for (int i = 0; i < values.length; i++) {
      if (!Double.isFinite(values[i])) {
        throw new MetricsException(
            what
                + " has "
                + values[i]
                + " among the numbers of "
                + name
                + ", at place "
                + i
                + "; make the statistics anew");
      }
    }
  }

  /** Writes {@code mu} and {@code sigma} as {@code <f8}; the file appears whole or not at all. */
  public static void write(Path file, Gaussian statistics) {
    int d = statistics.width();
    NumpyArchiveWriter.write(
        file,
        archive -> {
          archive.add(
              Kind.POOLED.mean,
              NumpyHeader.of(NumpyType.F64, d),
              writer -> writer.doubles(statistics.mean(), 0, d));
          archive.add(
              Kind.POOLED.covariance,
              NumpyHeader.of(NumpyType.F64, d, d),
              writer -> writer.doubles(statistics.covariance(), 0, d * d));
        });
  }
}
