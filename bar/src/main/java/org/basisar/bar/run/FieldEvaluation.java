package org.basisar.bar.run;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.basisar.bar.data.RgbSource;
import org.basisar.bar.metrics.Features;
import org.basisar.bar.metrics.FrechetDistance;
import org.basisar.bar.metrics.FrechetDistance.Gaussian;
import org.basisar.bar.metrics.InceptionScore;
import org.basisar.bar.metrics.KernelDistance;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.bar.metrics.PrecisionRecall;
import org.basisar.bar.metrics.StatisticsFile;
import org.basisar.bar.metrics.network.Clip;
import org.basisar.bar.metrics.network.ClipTokenizer;
import org.basisar.bar.run.FieldFeatures.Kind;
import org.basisar.nn.io.numpy.NumpyArchive;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The field's figures of pictures: FID, sFID, Inception score, KID, precision, recall, FD-DINOv2
 * and CLIP score, those that the networks at hand and what there is to compare with allow.
 */
public final class FieldEvaluation {
  private static final int LEAST_IMAGES = 4;
  private static final int TEXTS = 64;

  private final FieldNetworks networks;
  private final RunListener listener;
  private @Nullable Gaussian pooledReference;
  private @Nullable Gaussian spatialReference;
  private final Map<String, Double> figures = new LinkedHashMap<>();

  /** An evaluation by these networks, which the caller closes. */
  public FieldEvaluation(FieldNetworks networks, RunListener listener) {
    this.networks = networks;
    this.listener = listener;
  }

  /**
   * Has FID, and sFID if the file has its statistics, compared with a file.
   *
   * @throws RuntimeException in one sentence if the file is refused
   */
  public void compareWith(Path statistics) {
    try (NumpyArchive archive = NumpyArchive.open(statistics)) {
      String what = statistics.toString();
      pooledReference = StatisticsFile.read(what, archive, StatisticsFile.Kind.POOLED);
      if (StatisticsFile.has(archive, StatisticsFile.Kind.SPATIAL)) {
        spatialReference = StatisticsFile.read(what, archive, StatisticsFile.Kind.SPATIAL);
      }
    }
  }

  /**
   * Computes the figures.
   *
   * @param generated the pictures to judge, at least 4
   * @param real pictures to compare with, or null
   * @param captions a text for every generated picture, or null for no CLIP score
   * @param statistics where to write mean and covariance of the pooled features, or null
   * @return figures by name, in a fixed order
   * @throws MetricsException if there is too little to compare, in one sentence
   */
  public Map<String, Double> evaluate(
      RgbSource generated,
      @Nullable RgbSource real,
      @Nullable List<String> captions,
      @Nullable Path statistics) {
    if (generated.count() < LEAST_IMAGES || (real != null && real.count() < LEAST_IMAGES)) {
      throw new MetricsException(
          "at least "
              + LEAST_IMAGES
              + " pictures of each kind are needed, there are "
              + generated.count()
              + (real == null ? "" : " and " + real.count()));
    }
    boolean spatial = spatialReference != null || real != null;
    FieldFeatures made = FieldFeatures.of("features", generated, networks, spatial, listener);
    FieldFeatures wanted =
        real == null
            ? null
            : FieldFeatures.of("features of the reference", real, networks, spatial, listener);
    inception(made, wanted, statistics);
    Features dino = made.get(Kind.DINO);
    Features realDino = wanted == null ? null : wanted.get(Kind.DINO);
    if (dino != null && realDino != null) {
      figures.put("FD-DINOv2", FrechetDistance.between(dino, realDino));
    }
    precisionRecall("VGG16", made.get(Kind.VGG), wanted == null ? null : wanted.get(Kind.VGG));
    Features clip = made.get(Kind.CLIP);
    if (clip != null && captions != null) {
      figures.put("CLIP score", clipScore(clip, captions));
    }
    return figures;
  }

  private void inception(
      FieldFeatures made, @Nullable FieldFeatures wanted, @Nullable Path statistics) {
    Features pooled = made.get(Kind.POOLED);
    Features logits = made.get(Kind.LOGITS);
    if (pooled == null || logits == null) {
      return;
    }
    Features realPooled = wanted == null ? null : wanted.get(Kind.POOLED);
    Gaussian fit = Gaussian.of(pooled);
    if (statistics != null) {
      StatisticsFile.write(statistics, fit);
    }
    frechet("FID", fit, pooledReference, realPooled);
    Features spatial = made.get(Kind.SPATIAL);
    if (spatial != null) {
      Features realSpatial = wanted == null ? null : wanted.get(Kind.SPATIAL);
      if (spatialReference != null || realSpatial != null) {
        frechet("sFID", Gaussian.of(spatial), spatialReference, realSpatial);
      }
    }
    int splits = Math.min(InceptionScore.SPLITS, logits.count());
    InceptionScore score = InceptionScore.shuffled(logits, splits);
    figures.put("Inception score", score.mean());
    figures.put("Inception score, deviation", score.deviation());
    figures.put(
        "Inception score, in order",
        InceptionScore.inOrder(logits, InceptionScore.ADM_SPLIT).mean());
    if (realPooled != null) {
      int least = Math.min(pooled.count(), realPooled.count());
      int size = Math.min(KernelDistance.SUBSET_SIZE, least);
      KernelDistance.Estimate kernel =
          KernelDistance.overSubsets(pooled, realPooled, KernelDistance.SUBSETS, size);
      figures.put("KID", kernel.mean());
      figures.put("KID, deviation", kernel.deviation());
    }
    precisionRecall("Inception", pooled, realPooled);
  }

  private void frechet(
      String name, Gaussian fit, @Nullable Gaussian reference, @Nullable Features real) {
    if (reference != null) {
      if (reference.width() != fit.width()) {
        throw new MetricsException(
            String.format(
                Locale.ROOT,
                "the statistics are of %d features where %s compares %d; give those of its network",
                reference.width(),
                name,
                fit.width()));
      }
      figures.put(name, FrechetDistance.between(fit, reference));
    } else if (real != null) {
      figures.put(name, FrechetDistance.between(fit, Gaussian.of(real)));
    }
  }

  private void precisionRecall(String network, @Nullable Features made, @Nullable Features real) {
    if (made != null && real != null) {
      PrecisionRecall both = PrecisionRecall.of(real, made);
      figures.put("precision (" + network + ")", both.precision());
      figures.put("recall (" + network + ")", both.recall());
    }
  }

  /** 100 times the mean cosine of a picture and its text, negative ones counted as 0. */
  private double clipScore(Features images, List<String> captions) {
    Clip clip = networks.clip();
    ClipTokenizer tokenizer = networks.tokenizer();
    if (clip == null || tokenizer == null) {
      throw new IllegalStateException("features of a network that is not there");
    }
    if (captions.size() != images.count()) {
      throw new MetricsException(
          captions.size() + " texts do not belong to " + images.count() + " pictures");
    }
    Map<String, double[]> texts = new LinkedHashMap<>();
    List<String> different = captions.stream().distinct().toList();
    for (int from = 0; from < different.size(); from += TEXTS) {
      List<String> some = different.subList(from, Math.min(different.size(), from + TEXTS));
      List<int[]> tokens = new ArrayList<>();
      some.forEach(text -> tokens.add(tokenizer.encode(text, clip.longestText())));
      try (Scope _ = Scope.open()) {
        Tensor features = clip.textFeatures(tokens);
        double[] rows = features.toDoubles();
        int width = features.shape().dim(1);
        for (int i = 0; i < some.size(); i++) {
          double[] row = new double[width];
          System.arraycopy(rows, i * width, row, 0, width);
          texts.put(some.get(i), row);
        }
      }
    }
    double sum = 0;
    for (int i = 0; i < images.count(); i++) {
      double[] text = texts.getOrDefault(captions.get(i), new double[0]);
      double product = 0;
      double imageSquare = 0;
      double textSquare = 0;
      for (int j = 0; j < text.length; j++) {
        double value = images.values()[i * text.length + j];
        product += value * text[j];
        imageSquare += value * value;
        textSquare += text[j] * text[j];
      }
      sum += Math.max(0, product / Math.sqrt(imageSquare * textSquare));
    }
    return 100 * sum / images.count();
  }
}
