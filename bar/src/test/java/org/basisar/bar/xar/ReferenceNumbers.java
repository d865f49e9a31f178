package org.basisar.bar.xar;

import java.util.Map;
import org.basisar.nn.Parameter;
import org.basisar.tensor.Shape;

/** The deterministic numbers that the model's published check values were computed from. */
public final class ReferenceNumbers {
  private ReferenceNumbers() {}

  /** Element {@code index} of stream {@code stream}, in [−0.5, 0.5). */
  public static double unit(int stream, int index) {
    long mixed = (2654435761L * index + 1013904223L * (stream + 1)) & 0xffffffffL;
    return mixed / 4294967296.0 - 0.5;
  }

  /** {@code count} numbers of a stream, scaled. */
  public static double[] data(int stream, int count, double scale) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = scale * unit(stream, i);
    }
    return values;
  }

  /** Overwrites every parameter by its ordinal and kind. */
  public static void fill(Map<String, Parameter> parameters) {
    int ordinal = 0;
    for (Map.Entry<String, Parameter> entry : parameters.entrySet()) {
      Shape shape = entry.getValue().shape();
      String path = entry.getKey();
      double[] values = new double[shape.size()];
      double fanIn = shape.size() / (double) shape.dim(0);
      for (int i = 0; i < values.length; i++) {
        double u = unit(ordinal, i);
        if (path.endsWith("pos_embed_learned")
            || path.startsWith("class_emb")
            || path.equals("fake_latent")
            || path.equals("mask_token")) {
          values[i] = u;
        } else if (path.endsWith(".bias")) {
          values[i] = 0.2 * u;
        } else if (shape.rank() == 1) {
          values[i] = 1 + 0.2 * u;
        } else {
          values[i] = 2 * Math.sqrt(3 / fanIn) * u;
        }
      }
      entry.getValue().tensor().copyFrom(values, 0);
      ordinal++;
    }
  }

  /** The tiny model that the check values belong to. */
  public static XarConfig tiny() {
    return new XarConfig(16, 2, 16, 32, 2, 2, 85, 1000, 0.1);
  }
}
