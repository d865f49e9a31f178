package org.basisar.bench;

import java.util.ArrayList;
import java.util.List;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** Operations captured once, with the results that one wants to look at. */
final class Captured {
  /** What is captured; returns the results to keep. */
  @FunctionalInterface
  interface Body {
    Tensor[] run();
  }

  private final Program program;
  private final List<Tensor> results = new ArrayList<>();

  Captured(Body body) {
    program =
        Program.capture(() -> {
          try (Scope _ = Scope.open()) {
            for (Tensor result : body.run()) {
              results.add(Scope.outside(result::detach));
            }
          }
        });
  }

  /** Runs the operations again. */
  void replay() {
    program.replay();
  }

  /** Copies a kept result of the last run to the host. */
  void copyTo(int index, float[] destination) {
    results.get(index).copyTo(destination, 0);
  }

  /** A kept scalar of the last run. */
  double item(int index) {
    return results.get(index).item();
  }

  /** A kept result of the last run. */
  float[] result(int index) {
    return results.get(index).toFloats();
  }
}
