package org.basisar.bar.measure;

import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;

/** Programs of a few operations whose results nobody needs. */
final class Captures {
  private Captures() {}

  /** Captures a body in a scope of its own. */
  static Program of(Runnable body) {
    return Program.capture(() -> {
      try (Scope _ = Scope.open()) {
        body.run();
      }
    });
  }
}
