package org.basisar.tensor.check;

import static org.basisar.tensor.check.CaseList.shape;

import java.util.List;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Reduction;

/** Operands that must be refused. */
final class ErrorCases {
  private ErrorCases() {}

  private static ErrorCase error(String message, Op op, Operand... operands) {
    return new ErrorCase(message, op, List.of(operands), message);
  }

  static List<ErrorCase> all() {
    return List.of(
        error("neg: takes 1 operands, was given 2", unary(), Operand.of(3), Operand.of(3)),
        error(
            "neg: needs a floating dtype, was given I32; cast it first",
            unary(),
            Operand.integers(shape(3), 9)),
        error(
            "add: shapes [3, 4] and [5] do not broadcast",
            new Elementwise.Binary(BinaryKind.ADD),
            Operand.of(3, 4),
            Operand.of(5)),
        error(
            "mul: operands have dtypes F64 and F32; cast one of them",
            new Elementwise.Binary(BinaryKind.MUL),
            Operand.of(3).as(DType.F64),
            Operand.of(3).as(DType.F32)),
        error(
            "compare: shapes [3] and [1] must be equal",
            new Elementwise.Compare(CompareKind.LESS),
            Operand.of(3),
            Operand.of(1)),
        error(
            "where: condition must be U8, is F32",
            new Elementwise.Where(),
            Operand.of(3).as(DType.F32),
            Operand.of(3),
            Operand.of(3)),
        error(
            "gateResidual: gate [2, 4, 5] must be [batch, groups, width] with groups dividing the"
                + " tokens of [2, 6, 5]",
            new Elementwise.GateResidual(),
            Operand.of(2, 6, 5),
            Operand.of(2, 6, 5),
            Operand.of(2, 4, 5)),
        error(
            "interpolate: time [3, 2] must be [batch, groups] with groups dividing the tokens of"
                + " [2, 6, 5]",
            new Elementwise.Interpolate(),
            Operand.of(2, 6, 5),
            Operand.of(2, 6, 5),
            Operand.of(3, 2)),
        error(
            "reduceMax: axis 1 of [3, 0] is empty",
            new Reduction.Reduce(Reduction.Kind.MAX, 1),
            Operand.of(3, 0)),
        error(
            "reduceAllMean: shape [0] has no element",
            new Reduction.ReduceAll(Reduction.Kind.MEAN),
            Operand.of(0)),
        error(
            "axis 2 does not exist in shape [3, 4]",
            new Reduction.Reduce(Reduction.Kind.SUM, 2),
            Operand.of(3, 4)),
        error(
            "sumTo: shapes [2] and [3] do not broadcast",
            new Reduction.SumTo(shape(2)),
            Operand.of(3)),
        error(
            "crossEntropy: labels must have shape [3], has [4]",
            new Reduction.CrossEntropy(),
            Operand.of(3, 5),
            Operand.integers(shape(4), 5)),
        error(
            "reshape: [3, 4] has 12 elements, [5] another count",
            new Movement.Reshape(shape(5)),
            Operand.of(3, 4)),
        error(
            "permute: order [0, 0] is no permutation of the axes of [3, 4]",
            new Movement.Permute(List.of(0, 0)),
            Operand.of(3, 4)),
        error(
            "slice: entries 2 to 5 exceed axis 0 of [4]",
            new Movement.Slice(0, 2, 3),
            Operand.of(4)),
        error(
            "expand: [3] does not broadcast to [1]", new Movement.Expand(shape(1)), Operand.of(3)),
        error(
            "concat: shapes [3, 4] and [3, 5] differ beside axis 0",
            new Movement.Concat(0),
            Operand.of(3, 4),
            Operand.of(3, 5)),
        error(
            "split: axis 0 of [5] cannot be cut into 2 equal parts",
            new Movement.Split(0, 2),
            Operand.of(5)),
        error("pad: padding must not be negative", new Movement.Pad(0, -1, 0), Operand.of(5)),
        error(
            "gather: index must be I32, is U8",
            new Movement.Gather(0),
            Operand.of(5),
            Operand.mask(shape(3))),
        error(
            "embeddingGradient: gradient [3, 4] must be index [2] with a width",
            new Movement.EmbeddingGradient(7),
            Operand.integers(shape(2), 7),
            Operand.of(3, 4)),
        error(
            "matMul: inner extents differ, left [3, 4], right [5, 6] (transposed)",
            new Matrix.MatMul(false, true),
            Operand.of(3, 4),
            Operand.of(5, 6)),
        error(
            "matMul: needs at least 2 axes, shape is [4]",
            new Matrix.MatMul(false, false),
            Operand.of(4),
            Operand.of(4, 2)),
        error(
            "linear: x [2, 3] and weight [5, 4] differ in their last extent",
            new Matrix.Linear(false, false, Matrix.Epilogue.NONE),
            Operand.of(2, 3),
            Operand.of(5, 4)),
        error(
            "linear: residual must have shape [2, 5], has [2, 3]",
            new Matrix.Linear(false, true, Matrix.Epilogue.NONE),
            Operand.of(2, 3),
            Operand.of(5, 3),
            Operand.of(2, 3)),
        error(
            "rmsNorm: weight must have shape [4], has [3]",
            new Normalization.RmsNorm(1e-6),
            Operand.of(2, 4),
            Operand.of(3)),
        error(
            "layerNorm: takes x, or x with weight and bias",
            new Normalization.LayerNorm(1e-6),
            Operand.of(2, 4),
            Operand.of(4)),
        error(
            "attention: width of [1, 2, 9] is not divisible by 2 heads",
            new AttentionOp.Attention(2, 0, 0, 0),
            Operand.of(1, 2, 9),
            Operand.of(1, 2, 9),
            Operand.of(1, 2, 9)),
        error(
            "attention: tokens of [1, 3, 8] and [1, 6, 8] are not whole cells of 2",
            new AttentionOp.Attention(2, 2, 0, 0),
            Operand.of(1, 3, 8),
            Operand.of(1, 6, 8),
            Operand.of(1, 6, 8)),
        error(
            "rotarySplit: width of qkv [1, 2, 18] must be 3·heads·(even head width) for 2 heads",
            new AttentionOp.RotarySplit(2),
            Operand.of(1, 2, 18),
            Operand.of(2, 3),
            Operand.of(2, 3)),
        error(
            "transform: tokens [2, 5, 3] do not fit A [4, 6] (transposed)",
            new Basis.Transform(true),
            Operand.of(4, 6),
            Operand.of(2, 5, 3)),
        error(
            "noisyTransform: noise must have shape [2, 4, 3], has [2, 6, 3]",
            new Basis.NoisyTransform(),
            Operand.of(4, 6),
            Operand.of(2, 6, 3),
            Operand.of(2, 6, 3),
            Operand.of(2, 2)),
        error(
            "noisyTransform: time [2, 3] must be [batch, groups] with groups dividing the tokens of"
                + " [2, 4, 3]",
            new Basis.NoisyTransform(),
            Operand.of(4, 6),
            Operand.of(2, 6, 3),
            Operand.of(2, 4, 3),
            Operand.of(2, 3)),
        error(
            "orthogonality: A must be square and not empty, is [4, 5]",
            new Basis.Orthogonality(),
            Operand.of(4, 5)),
        error(
            "orthogonality: A must be square and not empty, is [0, 0]",
            new Basis.Orthogonality(),
            Operand.of(0, 0)),
        error(
            "residualLoss: A must have shape [4, 4], has [4, 5]",
            new Basis.ResidualLoss(),
            Operand.of(4, 5),
            Operand.of(2, 4, 3),
            Operand.of(2, 4, 3)),
        error(
            "normal: random state must have shape [4], has [3]",
            new Generation.Normal(shape(2), DType.F32, 0),
            Operand.integers(shape(3), 9)),
        error(
            "addInto: shapes [3] and [4] must be equal",
            new Optimization.AddInto(),
            Operand.of(3),
            Operand.of(4)));
  }

  private static Op unary() {
    return new Elementwise.Unary(UnaryKind.NEG);
  }
}
