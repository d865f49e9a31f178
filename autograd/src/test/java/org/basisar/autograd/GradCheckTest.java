package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class GradCheckTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @Test
  void acceptsARightGradient() {
    GradCheck.Report report =
        GradCheck.check(
            in -> Ops.mul(in[0], Ops.sin(in[1])), Numbers.tensor(1, 3), Numbers.tensor(2, 3));
    report.assertOk();
    assertThat(report.compared()).isEqualTo((3 + 1) * 6);
    assertThat(report.repeatable()).isTrue();
  }

  @Test
  void findsAMissingTermAndSaysWhere() {
    // The square is detached at element 0 only, so that one derivative of five is wrong.
    Tensor mask = Tensor.of(new byte[] {1, 0, 0, 0, 0}, 5);
    GradCheck.Report report =
        GradCheck.check(
            in -> {
              Tensor square = Ops.square(in[0]);
              return Ops.where(mask, square.detach(), square);
            },
            Tensor.of(new double[] {2, 1, 1, 1, 1}, 5));
    assertThat(report.passed()).isFalse();
    GradCheck.Element worst = Objects.requireNonNull(report.worst());
    assertThat(worst.input()).isZero();
    assertThat(worst.at()).isZero();
    assertThat(worst.analytic()).isZero();
    assertThat(worst.numerical()).isGreaterThan(3.9);
    assertThat(worst.excess()).isGreaterThan(100);
    assertThatThrownBy(report::assertOk)
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith(
            "gradient check failed: 30 derivatives, worst at element 0 of input 0 [5]");
  }

  @Test
  void findsAnErrorOfOneThousandthAndAHalf() {
    GradCheck.Report report =
        GradCheck.check(
            in -> Ops.add(in[0], Ops.scale(in[0].detach(), 0.0016)), Numbers.tensor(1, 3));
    assertThat(report.passed()).isFalse();
  }

  @Test
  void independentResultHasZeroGradient() {
    GradCheck.check(in -> Ops.fill(in[0].shape(), DType.F64, 2), Numbers.tensor(1, 3)).assertOk();
  }

  @Test
  void findsABackwardPassThatDoesNotRepeat() {
    GradCheck.Report report =
        GradCheck.check(in -> Engine.run(new Drifting(), in)[0], Numbers.tensor(1, 3));
    assertThat(report.repeatable()).isFalse();
    assertThat(report.passed()).isFalse();
    assertThat(report.toString())
        .startsWith(
            "gradient check failed: 12 derivatives, two backward passes differ in their bits");
  }

  /** The identity, with a gradient that is right within the tolerance but never the same. */
  private record Drifting() implements CustomOp {
    private static int calls;

    @Override
    public Output[] infer(Tensor... inputs) {
      return new Output[] {new Output(inputs[0].shape(), inputs[0].dtype())};
    }

    @Override
    public void compute(double[][] inputs, double[][] outputs) {
      System.arraycopy(inputs[0], 0, outputs[0], 0, inputs[0].length);
    }

    @Override
    public @Nullable Tensor[] backward(
        Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients) {
      calls++;
      Tensor gradient = Objects.requireNonNull(gradients[0]);
      return new @Nullable Tensor[] {Ops.scale(gradient, 1 + 1e-9 * calls)};
    }
  }

  @Test
  void samplesTheEndsOfEachInput() {
    GradCheck.Report report =
        GradCheck.checkSampled(
            7, in -> Ops.mul(in[0], in[1]), Numbers.tensor(1, 1023), Numbers.tensor(2, 1));
    report.assertOk();
    assertThat(report.compared()).isEqualTo(7 + 1);
    double[] one = new double[1023];
    one[1022] = 1;
    Tensor last = Tensor.of(one, 1023);
    GradCheck.Report wrong =
        GradCheck.checkSampled(
            7, in -> Ops.mul(in[0], Ops.mul(in[0].detach(), last)), Ops.affine(last, 2, 1));
    assertThat(wrong.passed()).isFalse();
    assertThat(Objects.requireNonNull(wrong.worst()).at()).isEqualTo(1022);
  }

  @Test
  void emptyInputsPass() {
    GradCheck.Report report = GradCheck.check(in -> Ops.exp(in[0]), Numbers.tensor(1, 0, 3));
    report.assertOk();
    assertThat(report.worst()).isNull();
  }

  @Test
  void refusesOtherDtypes() {
    assertThatThrownBy(() -> GradCheck.check(in -> in[0], Numbers.floats(1, 3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "gradient check: input 0 has dtype F32; differences are only exact enough in F64, so"
                + " make it F64 (and close over what has no gradient)");
    assertThatThrownBy(
            () -> GradCheck.check(in -> Ops.cast(in[0], DType.F32), Numbers.tensor(1, 3)))
        .hasMessageStartingWith("gradient check: result has dtype F32");
  }

  @Test
  void refusesAFunctionThatChanges() {
    try (Random random = new Random(1)) {
      assertThatThrownBy(
              () -> GradCheck.check(in -> random.dropout(in[0], 0.5), Numbers.tensor(1, 33)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith("gradient check: the function gave two results");
    }
  }
}
