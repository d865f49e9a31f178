package org.basisar.tensor.cpu;

import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.Convolution;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Tensor;

/** Finds the reference kernel of an operation; exhaustive over the closed set. */
final class PlainTable {
  private PlainTable() {}

  static PlainKernels.Body body(Op op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Elementwise elementwise -> PlainElementwise.body(elementwise, inputs, outputs);
      case Reduction reduction -> PlainReduction.body(reduction, inputs, outputs);
      case Movement movement -> PlainMovement.body(movement, inputs, outputs);
      case Matrix matrix -> PlainMatrix.body(matrix, inputs, outputs);
      case Normalization normalization -> PlainNormalization.body(normalization, inputs, outputs);
      case AttentionOp attention -> PlainAttention.body(attention, inputs, outputs);
      case Convolution convolution -> PlainConvolution.body(convolution, inputs, outputs);
      case Basis basis -> PlainBasis.body(basis, inputs, outputs);
      case Generation generation -> PlainGeneration.body(generation, inputs, outputs);
      case Optimization optimization -> PlainOptimization.body(optimization, inputs, outputs);
      case CustomOp custom -> custom::compute;
    };
  }
}
