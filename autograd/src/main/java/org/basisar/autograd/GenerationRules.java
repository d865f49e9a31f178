package org.basisar.autograd;

import org.basisar.tensor.Engine;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Gradients of {@link Generation} operations. */
final class GenerationRules {
  private GenerationRules() {}

  static @Nullable Tensor[] gradients(Generation op, Execution e) {
    return switch (op) {
      // The same numbers drop the same elements again; no mask is stored.
      case Generation.Dropout dropout ->
          new @Nullable Tensor[] {Engine.run(dropout, e.gradient(), e.input(1))[0], null};
      case Generation.Fill fill -> throw new NotDifferentiableException(fill);
      case Generation.Normal normal -> throw new NotDifferentiableException(normal);
      case Generation.Uniform uniform -> throw new NotDifferentiableException(uniform);
    };
  }
}
