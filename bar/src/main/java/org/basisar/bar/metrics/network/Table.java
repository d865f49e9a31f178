package org.basisar.bar.metrics.network;

import org.basisar.nn.Initializer;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/** A parameter {@code weight} [rows, width] of its own: positions, or vectors of words. */
final class Table extends Module {
  private final Parameter weight;

  Table(Setup setup, int rows, int width) {
    weight = parameter(setup, "weight", Shape.of(rows, width), Initializer.normal(0.1));
  }

  Tensor tensor() {
    return weight.tensor();
  }
}
