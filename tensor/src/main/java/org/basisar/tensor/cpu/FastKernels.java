package org.basisar.tensor.cpu;

import java.util.Arrays;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Finds the fast kernel of an operation: fp32 arithmetic on the Vector API, and the moving of
 * elements of any dtype. Whatever has none is computed by {@link PlainKernels}.
 */
final class FastKernels {
  private static final boolean AVAILABLE = probe();

  private FastKernels() {}

  /** Whether the Vector API is there. */
  static boolean available() {
    return AVAILABLE;
  }

  private static boolean probe() {
    boolean found = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!found) {
      System.getLogger(FastKernels.class.getName())
          .log(
              System.Logger.Level.WARNING,
              "The fast fp32 kernels are off, because the Vector API is not loaded; start Java"
                  + " with --add-modules jdk.incubator.vector.");
    }
    return found;
  }

  /** A launch, or null if the operation, dtype or shape has no fast kernel. */
  static @Nullable Launch prepare(Op op, Tensor[] inputs, Tensor[] outputs) {
    if (!AVAILABLE) {
      return null;
    }
    return switch (op) {
      case Movement movement -> FastMovement.prepare(movement, inputs, outputs);
      case Generation generation -> FastGeneration.prepare(generation, inputs, outputs);
      case Elementwise.Cast _ -> new FastCast(inputs[0], outputs[0]);
      case Optimization.CopyInto _ -> FastMovement.copy(inputs[1], inputs[0]);
      case Optimization.AdamW step ->
          single(Arrays.copyOf(inputs, inputs.length - step.copies()))
              ? compute(op, inputs, outputs)
              : null;
      case CustomOp _ -> null;
      default -> single(inputs) && single(outputs) ? compute(op, inputs, outputs) : null;
    };
  }

  private static boolean single(Tensor[] tensors) {
    for (Tensor tensor : tensors) {
      if (tensor.dtype().isFloating() && tensor.dtype() != DType.F32) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable Launch compute(Op op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Matrix matrix -> FastMatrix.prepare(matrix, inputs, outputs);
      case Elementwise elementwise -> FastElementwise.prepare(elementwise, inputs, outputs);
      case Reduction reduction -> FastReduction.prepare(reduction, inputs, outputs);
      case Normalization normalization -> FastNormalization.prepare(normalization, inputs, outputs);
      case AttentionOp attention -> FastAttention.prepare(attention, inputs, outputs);
      case Convolution convolution -> FastConvolution.prepare(convolution, inputs, outputs);
      case Basis basis -> FastBasis.prepare(basis, inputs, outputs);
      case Optimization optimization -> FastOptimization.prepare(optimization, inputs, outputs);
      // These have been dealt with.
      case Movement _, Generation _, CustomOp _ -> null;
    };
  }
}
