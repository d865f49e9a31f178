package org.basisar.bar.metrics.network;

import java.util.HashMap;
import java.util.Map;
import org.basisar.nn.Module;

/** The weights of a module by their keys, in fp64. */
final class PlainWeights {
  private final Map<String, double[]> values = new HashMap<>();

  PlainWeights(Module module) {
    module.parameters().forEach((key, value) -> values.put(key, value.tensor().toDoubles()));
  }

  double[] get(String key) {
    double[] found = values.get(key);
    if (found == null) {
      throw new IllegalArgumentException("no weights " + key);
    }
    return found;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }
}
