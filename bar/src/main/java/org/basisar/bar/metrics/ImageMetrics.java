package org.basisar.bar.metrics;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of a set of generated images against a set of real ones, in the features of one
 * network.
 *
 * @param frechet squared Fréchet distance; lower is better
 * @param kernel kernel distance; lower is better, about 0 for the same distribution
 * @param precision fraction of generated images that lie among real ones
 * @param recall fraction of real images that lie among generated ones
 * @param accuracy fraction of generated images recognised as the class they were asked for
 */
public record ImageMetrics(
    double frechet, double kernel, double precision, double recall, double accuracy) {

  /** Computes all of them; four images or more of each kind. */
  public static ImageMetrics of(
      FeatureNetwork network, List<float[]> real, List<float[]> generated, List<Integer> labels) {
    Features realFeatures = network.judge(real).features();
    FeatureNetwork.Judgement judgement = network.judge(generated);
    PrecisionRecall both = PrecisionRecall.of(realFeatures, judgement.features());
    return new ImageMetrics(
        FrechetDistance.between(realFeatures, judgement.features()),
        KernelDistance.between(realFeatures, judgement.features()),
        both.precision(),
        both.recall(),
        judgement.accuracy(labels));
  }

  /** The figures by name, in a fixed order. */
  public Map<String, Double> byName() {
    Map<String, Double> named = new LinkedHashMap<>();
    named.put("frechet", frechet);
    named.put("kernel", kernel);
    named.put("precision", precision);
    named.put("recall", recall);
    named.put("accuracy", accuracy);
    return named;
  }
}
