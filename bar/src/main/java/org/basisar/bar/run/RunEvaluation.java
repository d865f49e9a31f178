package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.metrics.FeatureNetwork;
import org.basisar.bar.metrics.ImageMetrics;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonValue;
import org.jspecify.annotations.Nullable;

/** Judges what a trained model generates, with the weights in use now. */
public final class RunEvaluation {
  /** The name of the validation error among the figures. */
  public static final String VALIDATION = "validation error";

  private static final int GREATEST_BATCH = 64;

  private RunEvaluation() {}

  /**
   * Generates images of all classes in turn and compares them with as many real ones.
   *
   * @param data what the run is trained on, to measure the transform on
   * @param pictures real pictures to compare with
   * @param heldOut images for the validation error, or null for none
   * @param count images to generate, at least 8
   * @param features where feature networks are kept
   * @return figures by name, in a fixed order
   */
  public static Map<String, Double> evaluate(
      ImageModel model,
      ImageData data,
      ImageData pictures,
      @Nullable ImageData heldOut,
      int count,
      long seed,
      Path features,
      RunListener listener)
      throws IOException {
    Map<String, Double> figures = new LinkedHashMap<>(model.validation(heldOut));
    int classes = model.data().classNames().size();
    List<Integer> labels = labels(classes, count);
    listener.begin("features", FeatureNetwork.STEPS, 0);
    FeatureNetwork trained;
    try {
      trained = FeatureNetwork.of(pictures, features, _ -> listener.progress(""));
    } finally {
      listener.end();
    }
    try (FeatureNetwork network = trained) {
      List<float[]> generated = generate(model, labels, seed, listener);
      FeatureNetwork.Real real = FeatureNetwork.Real.of(pictures, count);
      figures.putAll(ImageMetrics.of(network, real.images(), generated, labels).byName());
      figures.put("accuracy on real images", network.judge(real.images()).accuracy(real.labels()));
    }
    figures.putAll(model.transform(data));
    return figures;
  }

  /** All classes in turn. */
  public static List<Integer> labels(int classes, int count) {
    List<Integer> labels = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      labels.add(i % classes);
    }
    return labels;
  }

  /** Pictures of these classes by the weights in use now, planar in [−1, 1]. */
  public static List<float[]> generate(
      ImageModel model, List<Integer> labels, long seed, RunListener listener) {
    int batch = Math.min(GREATEST_BATCH, labels.size());
    try (Generator generator = model.generator(batch)) {
      listener.begin("sampling", model.evaluations(labels.size(), batch), 0);
      try {
        int[] wanted = labels.stream().mapToInt(Integer::intValue).toArray();
        List<float[]> images =
            generator.images(generator.coefficients(wanted, seed, () -> listener.progress("")));
        images.forEach(RunEvaluation::limit);
        return images;
      } finally {
        listener.end();
      }
    }
  }

  /** As a picture file would hold it: nothing is darker than black. */
  private static void limit(float[] image) {
    for (int i = 0; i < image.length; i++) {
      image[i] = Math.clamp(image[i], -1f, 1f);
    }
  }

  /** Writes figures beside the run as JSON. */
  public static void write(Path file, Map<String, Double> figures) throws IOException {
    JsonValue.JsonObject.Builder json = JsonValue.JsonObject.builder();
    figures.forEach(json::put);
    AtomicFile.replace(file, Json.write(json.build()) + "\n");
  }
}
