package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.function.DoubleUnaryOperator;
import org.basisar.tensor.DType;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainElementwiseTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static double[] run(Op op, Tensor... inputs) {
    return Engine.run(op, inputs)[0].toDoubles();
  }

  private static double value(UnaryKind kind, double x) {
    return Ops.unary(kind, Tensor.of(new double[] {x}, 1)).item();
  }

  @Test
  void functionsHaveTheirKnownValues() {
    assertThat(value(UnaryKind.NEG, 2)).isEqualTo(-2);
    assertThat(value(UnaryKind.EXP, 1)).isCloseTo(Math.E, within(1e-15));
    assertThat(value(UnaryKind.LOG, Math.E)).isCloseTo(1, within(1e-15));
    assertThat(value(UnaryKind.SQRT, 2.25)).isEqualTo(1.5);
    assertThat(value(UnaryKind.RSQRT, 4)).isEqualTo(0.5);
    assertThat(value(UnaryKind.SQUARE, -3)).isEqualTo(9);
    assertThat(value(UnaryKind.ABS, -3)).isEqualTo(3);
    assertThat(value(UnaryKind.SIGMOID, 0)).isEqualTo(0.5);
    assertThat(value(UnaryKind.SIGMOID, Math.log(3))).isCloseTo(0.75, within(1e-15));
    assertThat(value(UnaryKind.SILU, Math.log(3))).isCloseTo(0.75 * Math.log(3), within(1e-15));
    // Φ(1) to 16 digits from tables.
    assertThat(value(UnaryKind.GELU, 1)).isCloseTo(0.8413447460685429, within(2e-16));
    assertThat(value(UnaryKind.GELU, -1)).isCloseTo(-0.15865525393145707, within(1e-16));
    assertThat(value(UnaryKind.TANH, Math.log(2))).isCloseTo(0.6, within(1e-15));
    assertThat(value(UnaryKind.SIN, Math.PI / 6)).isCloseTo(0.5, within(1e-15));
    assertThat(value(UnaryKind.COS, Math.PI / 3)).isCloseTo(0.5, within(1e-15));
    assertThat(value(UnaryKind.TRUNC, 2.9)).isEqualTo(2);
    assertThat(value(UnaryKind.TRUNC, -2.9)).isEqualTo(-2);
  }

  @Test
  void farOutNothingOverflows() {
    assertThat(value(UnaryKind.SIGMOID, -800)).isZero();
    assertThat(value(UnaryKind.SIGMOID, 800)).isEqualTo(1);
    assertThat(value(UnaryKind.SILU, -800)).isZero();
    assertThat(value(UnaryKind.GELU, -60)).isZero();
    assertThat(value(UnaryKind.GELU, 60)).isEqualTo(60);
    assertThat(value(UnaryKind.TANH, 800)).isEqualTo(1);
    for (UnaryKind kind : UnaryKind.values()) {
      assertThat(value(kind, Double.NaN)).as(kind.name()).isNaN();
    }
  }

  @Test
  void slopesAreThoseOfTheFunctions() {
    for (UnaryKind kind : UnaryKind.values()) {
      for (double x : new double[] {0.3, 0.9, 1.7, 2.6}) {
        DoubleUnaryOperator f = at -> value(kind, at);
        double h = 1e-4;
        // Five points, error of fourth order.
        double expected =
            (8 * (f.applyAsDouble(x + h) - f.applyAsDouble(x - h))
                    - f.applyAsDouble(x + 2 * h)
                    + f.applyAsDouble(x - 2 * h))
                / (12 * h);
        double[] actual =
            run(
                new Elementwise.UnaryGradient(kind),
                Tensor.of(new double[] {x}, 1),
                Tensor.of(new double[] {2}, 1));
        assertThat(actual[0]).as(kind + " at " + x).isCloseTo(2 * expected, within(1e-9));
      }
    }
  }

  @Test
  void pairsOfNumbers() {
    Tensor x = Tensor.of(new double[] {1, -2, 3}, 3, 1);
    Tensor y = Tensor.of(new double[] {2, 4}, 2);
    assertThat(Ops.add(x, y).toDoubles()).containsExactly(3, 5, 0, 2, 5, 7);
    assertThat(Ops.sub(x, y).toDoubles()).containsExactly(-1, -3, -4, -6, 1, -1);
    assertThat(Ops.mul(x, y).toDoubles()).containsExactly(2, 4, -4, -8, 6, 12);
    assertThat(Ops.div(x, y).toDoubles()).containsExactly(0.5, 0.25, -1, -0.5, 1.5, 0.75);
    assertThat(Ops.max(x, y).toDoubles()).containsExactly(2, 4, 2, 4, 3, 4);
    assertThat(Ops.min(x, y).toDoubles()).containsExactly(1, 1, -2, -2, 2, 3);
    Tensor nan = Tensor.of(new double[] {Double.NaN}, 1);
    for (BinaryKind kind : BinaryKind.values()) {
      assertThat(Ops.binary(kind, y, nan).toDoubles()).containsOnly(Double.NaN);
    }
  }

  @Test
  void relationsAndChoices() {
    Tensor x = Tensor.of(new double[] {1, 2, 3, Double.NaN}, 4);
    Tensor y = Tensor.of(new double[] {2, 2, 2, 2}, 4);
    assertThat(Ops.compare(CompareKind.LESS, x, y).toDoubles()).containsExactly(1, 0, 0, 0);
    assertThat(Ops.compare(CompareKind.LESS_EQUAL, x, y).toDoubles()).containsExactly(1, 1, 0, 0);
    assertThat(Ops.compare(CompareKind.EQUAL, x, y).toDoubles()).containsExactly(0, 1, 0, 0);
    assertThat(Ops.compare(CompareKind.GREATER_EQUAL, x, y).toDoubles())
        .containsExactly(0, 1, 1, 0);
    Tensor greater = Ops.compare(CompareKind.GREATER, x, y);
    assertThat(greater.dtype()).isEqualTo(DType.U8);
    assertThat(greater.toDoubles()).containsExactly(0, 0, 1, 0);
    Tensor mask = Tensor.of(new byte[] {0, 1, (byte) 255, 0}, 4);
    assertThat(Ops.where(mask, x, y).toDoubles()).containsExactly(2, 2, 3, 2);
  }

  @Test
  void constants() {
    Tensor x = Tensor.of(new double[] {-2, 0.5, 4}, 3);
    assertThat(Ops.affine(x, 3, -1).toDoubles()).containsExactly(-7, 0.5, 11);
    assertThat(Ops.power(x, 2).toDoubles()).containsExactly(4, 0.25, 16);
    assertThat(Ops.clamp(x, -1, 1).toDoubles()).containsExactly(-1, 0.5, 1);
  }

  @Test
  void casts() {
    Tensor x = Tensor.of(new double[] {-1.75, 2.5, 300, 1 + 0x1p-30}, 4);
    assertThat(Ops.cast(x, DType.F32).toDoubles()).containsExactly(-1.75, 2.5, 300, 1);
    assertThat(Ops.cast(x, DType.BF16).toDoubles()).containsExactly(-1.75, 2.5, 300, 1);
    assertThat(Ops.cast(x, DType.I32).toInts()).containsExactly(-1, 2, 300, 1);
    Tensor integers = Tensor.of(new int[] {0, 7, -5}, 3);
    assertThat(Ops.cast(integers, DType.F32).toFloats()).containsExactly(0, 7, -5);
    assertThat(Ops.cast(x, DType.F64)).isSameAs(x);
  }

  @Test
  void gatesServeRunsOfTokens() {
    // One image, four tokens of width one, two gates.
    Tensor x = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4, 1);
    Tensor y = Tensor.of(new double[] {10, 20, 30, 40}, 1, 4, 1);
    Tensor gate = Tensor.of(new double[] {0.5, -1}, 1, 2, 1);
    assertThat(Ops.gateResidual(x, y, gate).toDoubles()).containsExactly(6, 12, -27, -36);
    Tensor gradient = Tensor.of(new double[] {1, 2, 3, 4}, 1, 4, 1);
    Tensor[] gradients = Engine.run(new Elementwise.GateResidualGradient(), y, gate, gradient);
    assertThat(gradients[0].toDoubles()).containsExactly(0.5, 1, -3, -4);
    assertThat(gradients[1].toDoubles()).containsExactly(10 + 40, 90 + 160);
    Tensor time = Tensor.of(new double[] {0, 0.25}, 1, 2);
    assertThat(Ops.interpolate(x, y, time).toDoubles())
        .containsExactly(1, 2, 0.75 * 3 + 7.5, 0.75 * 4 + 10);
  }

  @Test
  void gatedGeluIsAProduct() {
    Tensor gate = Tensor.of(new double[] {1, -0.5, 2}, 3);
    Tensor value = Tensor.of(new double[] {3, 4, -1}, 3);
    assertThat(Ops.gatedGelu(gate, value).toDoubles())
        .containsExactly(Ops.mul(Ops.gelu(gate), value).toDoubles());
  }
}
