package org.basisar.bar.run;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.basisar.bar.data.RgbImage;
import org.basisar.bar.data.RgbSource;
import org.basisar.bar.metrics.Features;
import org.basisar.bar.metrics.MetricsException;
import org.basisar.bar.metrics.network.ImageNetwork;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** What the networks make of a set of pictures, every picture read once. */
final class FieldFeatures {
  /** A kind of feature. */
  enum Kind {
    POOLED,
    LOGITS,
    SPATIAL,
    DINO,
    VGG,
    CLIP
  }

  private static final int BATCH = 16;

  private final FieldNetworks networks;
  private final boolean spatial;
  private final int count;
  private final Map<Kind, double[]> values = new EnumMap<>(Kind.class);
  private final List<RgbImage> waiting = new ArrayList<>();
  private final RunListener listener;
  private int done;

  private FieldFeatures(FieldNetworks networks, boolean spatial, int count, RunListener listener) {
    this.networks = networks;
    this.spatial = spatial;
    this.count = count;
    this.listener = listener;
  }

  /**
   * Runs the networks.
   *
   * @param spatial whether the features of sFID are wanted, which take as much memory as the others
   */
  static FieldFeatures of(
      String stage,
      RgbSource source,
      FieldNetworks networks,
      boolean spatial,
      RunListener listener) {
    FieldFeatures features = new FieldFeatures(networks, spatial, source.count(), listener);
    listener.begin(stage, source.count(), 0);
    try {
      source.forEach(features::take);
      features.flush();
    } finally {
      listener.end();
    }
    return features;
  }

  /** Features of a kind, or null if the network is not there. */
  @Nullable Features get(Kind kind) {
    double[] found = values.get(kind);
    return found == null ? null : new Features(count, found.length / count, found);
  }

  private void take(RgbImage image) {
    if (!waiting.isEmpty()
        && (waiting.size() == BATCH
            || waiting.getFirst().height() != image.height()
            || waiting.getFirst().width() != image.width())) {
      flush();
    }
    waiting.add(image);
  }

  private void flush() {
    if (waiting.isEmpty()) {
      return;
    }
    try (Scope _ = Scope.open()) {
      Tensor batch = batch();
      run(networks.inception(), batch, Kind.POOLED, Kind.LOGITS, Kind.SPATIAL);
      run(networks.dino(), batch, Kind.DINO);
      run(networks.vgg(), batch, Kind.VGG);
      run(networks.clip(), batch, Kind.CLIP);
    }
    done += waiting.size();
    waiting.forEach(_ -> listener.progress(""));
    waiting.clear();
  }

  private Tensor batch() {
    RgbImage first = waiting.getFirst();
    int size = first.planes().length;
    float[] floats = new float[waiting.size() * size];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = waiting.get(i / size).planes()[i % size] & 0xff;
    }
    return Tensor.of(floats, waiting.size(), 3, first.height(), first.width());
  }

  private void run(@Nullable ImageNetwork network, Tensor batch, Kind... kinds) {
    if (network == null) {
      return;
    }
    try (Scope _ = Scope.open()) {
      Tensor[] made = network.features(batch);
      for (int i = 0; i < kinds.length; i++) {
        if (kinds[i] != Kind.SPATIAL || spatial) {
          keep(kinds[i], made[i].toDoubles(), made[i].shape().dim(1));
        }
      }
    }
  }

  private void keep(Kind kind, double[] rows, int width) {
    if ((long) count * width > Integer.MAX_VALUE - 8) {
      throw new MetricsException(
          "features of " + count + " pictures do not fit into one array; compare fewer");
    }
    for (double value : rows) {
      if (!Double.isFinite(value)) {
        throw new MetricsException(
            "a network made "
                + value
                + " of pictures "
                + done
                + " to "
                + (done + waiting.size() - 1)
                + "; check its weights");
      }
    }
    double[] all = values.computeIfAbsent(kind, _ -> new double[count * width]);
    System.arraycopy(rows, 0, all, done * width, rows.length);
  }
}
