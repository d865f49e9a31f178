package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class TapeTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
    assertThat(Engine.recorder()).isNull();
  }

  private static Tensor scalar(double value) {
    return Tensor.of(new double[] {value});
  }

  @Test
  void productRule() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      Tensor y = scalar(5);
      tape.watch(x, y);
      Gradients gradients = tape.backward(Ops.mul(x, y));
      assertThat(gradients.of(x).item()).isEqualTo(5);
      assertThat(gradients.of(y).item()).isEqualTo(3);
    }
  }

  @Test
  void gradientsOfSeveralUsesAddUp() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 33);
      tape.watch(x);
      Tensor sum = x;
      for (int i = 0; i < 4; i++) {
        sum = Ops.add(sum, Ops.scale(x, i));
      }
      assertThat(tape.backward(Ops.sum(sum)).of(x).toDoubles()).containsOnly(7);
    }
  }

  @Test
  void oneTensorAsBothOperands() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      Tensor y = Ops.add(Ops.mul(x, x), Ops.add(x, x));
      assertThat(tape.backward(y).of(x).item()).isEqualTo(8);
    }
  }

  @Test
  void gradientsOfDifferentLeavesShareNoMemory() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      Tensor y = Numbers.tensor(2, 3);
      Tensor z = Numbers.tensor(3, 2, 3);
      tape.watch(x, y, z);
      Gradients gradients =
          tape.backward(Ops.sum(Ops.add(Ops.add(x, y), Ops.expand(z, z.shape()))));
      Ops.addInto(gradients.of(x), Tensor.of(new double[] {1, 1, 1}, 3));
      assertThat(gradients.of(x).toDoubles()).containsOnly(3);
      assertThat(gradients.of(y).toDoubles()).containsOnly(2);
      assertThat(gradients.of(z).isDense()).isTrue();
      assertThat(gradients.of(z).toDoubles()).containsOnly(1);
    }
  }

  @Test
  void addingToOneGradientLeavesAnother() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      Tensor y = Numbers.tensor(2, 3);
      tape.watch(x, y);
      Tensor early = Ops.sum(Ops.scale(x, 5));
      // The dense gradient of the sum goes to both; the rest of x's is added to it later.
      Tensor late = Ops.sum(Ops.affine(Ops.add(x, y), 2, 1));
      Gradients gradients = tape.backward(Ops.add(early, late));
      assertThat(gradients.of(x).toDoubles()).containsOnly(7);
      assertThat(gradients.of(y).toDoubles()).containsOnly(2);
    }
  }

  @Test
  void keptGradientsOfResultsShareNoMemory() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      tape.watch(x);
      Tensor first = Ops.exp(x);
      Tensor second = Ops.sin(x);
      tape.watch(first, second);
      Gradients gradients = tape.backward(Ops.sum(Ops.affine(Ops.add(first, second), 2, 1)));
      assertThat(gradients.of(first).storage()).isNotSameAs(gradients.of(second).storage());
      assertThat(gradients.of(first).toDoubles()).containsOnly(2);
      assertThat(gradients.of(second).toDoubles()).containsOnly(2);
    }
  }

  @Test
  void onlyThePathToWatchedTensorsIsRecorded() {
    try (Tape tape = Tape.open()) {
      Tensor data = Numbers.tensor(1, 4, 3);
      Tensor weight = Numbers.tensor(2, 2, 3);
      tape.watch(weight);
      Tensor before = Ops.gelu(data);
      Tensor after = Ops.linear(before, weight, null);
      Ops.exp(data);
      Ops.compare(CompareKind.LESS, after, after);
      Tensor loss = Ops.sum(after);
      assertThat(tape.nodes())
          .extracting(node -> node.source().title())
          .containsExactly("linear", "reduceAllSum");
      assertThat(tape.nodes().get(0).needs()).containsExactly(false, true);
      assertThat(tape.backward(loss).of(weight).shape()).isEqualTo(weight.shape());
    }
  }

  @Test
  void nothingIsComputedForUnwantedOperands() {
    List<String> ran = new ArrayList<>();
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 4, 3);
      Tensor weight = Numbers.tensor(2, 2, 3);
      tape.watch(weight);
      Ops.linear(x, weight, null);
      Node node = tape.nodes().get(0);
      Tensor gradient = Numbers.tensor(3, 4, 2);
      Engine.recording(
          (Op op, Tensor[] _, Tensor[] _) -> ran.add(op.title()),
          () ->
              GradientRules.gradients(
                  new Matrix.Linear(false, false, Matrix.Epilogue.NONE),
                  node.inputs(),
                  node.outputs(),
                  new Tensor[] {gradient},
                  node.needs()));
    }
    assertThat(ran).filteredOn("matMul"::equals).hasSize(1);
  }

  @Test
  void branchesThatDoNotReachTheLossAreNotWalked() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(2);
      Tensor other = scalar(7);
      tape.watch(x, other);
      Tensor unused = Ops.add(other, x);
      unused.copyFrom(new double[] {0}, 0); // would throw if the walk came by
      Gradients gradients = tape.backward(Ops.square(x));
      assertThat(gradients.of(x).item()).isEqualTo(4);
      assertThat(gradients.orNull(other)).isNull();
      assertThat(gradients.ofOrZero(other).item()).isZero();
      assertThatThrownBy(() -> gradients.of(Tensor.of(new float[6], 2, 3)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "gradients: the tensor of shape [2, 3] was not watched; give it to Tape.watch before"
                  + " it is used");
    }
  }

  @Test
  void watchedButIndependentIsAnErrorOfItsOwn() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(2);
      Tensor other = scalar(7);
      tape.watch(x, other);
      Gradients gradients = tape.backward(Ops.square(x));
      assertThatThrownBy(() -> gradients.of(other))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(
              "gradients: the loss does not depend on the watched tensor of shape []; use ofOrZero"
                  + " if that is meant");
    }
  }

  @Test
  void detachCuts() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      Tensor loss = Ops.mul(x, Ops.square(x).detach());
      assertThat(tape.backward(loss).of(x).item()).isEqualTo(9);
    }
  }

  @Test
  void noGradRecordsNothing() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      Tensor square = Tape.noGrad(() -> Ops.square(x));
      Tensor loss = Ops.mul(x, square);
      assertThat(tape.nodes()).hasSize(1);
      assertThat(tape.backward(loss).of(x).item()).isEqualTo(9);
    }
  }

  @Test
  void chainOfTwentyThousandNodes() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(1);
      tape.watch(x);
      Tensor y = x;
      for (int i = 0; i < 20_000; i++) {
        y = Ops.affine(y, i % 2 == 0 ? 2 : 0.5, 0);
      }
      assertThat(tape.backward(y).of(x).item()).isEqualTo(1);
    }
  }

  @Test
  void innerTapeLeavesTheOuterAlone() {
    try (Tape outer = Tape.open()) {
      Tensor x = scalar(3);
      outer.watch(x);
      Tensor y = Ops.square(x);
      double slope;
      try (Tape inner = Tape.open()) {
        Tensor z = y.detach();
        inner.watch(z);
        slope = inner.backward(Ops.exp(Ops.scale(z, 0.1))).of(z).item();
        assertThatThrownBy(outer::close)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining("close inner tapes first");
      }
      assertThat(slope).isCloseTo(0.1 * Math.exp(0.9), within(1e-12));
      assertThat(Engine.recorder()).isSameAs(outer);
      assertThat(outer.nodes()).hasSize(1);
      assertThat(outer.backward(Ops.mul(y, x)).of(x).item()).isEqualTo(27);
    }
  }

  @Test
  void gradientOfAResultInBetweenIsKeptIfWatched() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      Tensor square = Ops.square(x);
      tape.watch(square);
      Tensor loss = Ops.mul(square, x);
      Gradients gradients = tape.backward(loss);
      assertThat(gradients.of(square).item()).isEqualTo(3);
      assertThat(gradients.of(x).item()).isEqualTo(27);
    }
  }

  @Test
  void aWatchedLossHasGradientOne() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      assertThat(tape.backward(x).of(x).item()).isEqualTo(1);
    }
  }

  @Test
  void secondBackwardNeedsToBeAskedFor() {
    try (Tape tape = Tape.open()) {
      Tensor x = scalar(3);
      tape.watch(x);
      Tensor loss = Ops.square(x);
      assertThat(tape.backward(loss, true).of(x).item()).isEqualTo(6);
      assertThat(tape.backward(loss).of(x).item()).isEqualTo(6);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "backward: the tape was spent by an earlier backward; open a new tape for each"
                  + " forward pass, or call backward(loss, true) the first time to keep it");
    }
  }

  @Test
  void lossMustBeOneElementOfTheTape() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 2, 3);
      tape.watch(x);
      assertThatThrownBy(() -> tape.backward(Ops.square(x)))
          .hasMessage(
              "backward: the loss must be one floating element, is F64 of shape [2, 3]; reduce it"
                  + " first");
      assertThatThrownBy(() -> tape.backward(scalar(1)))
          .hasMessage(
              "backward: the loss does not depend on any watched tensor; watch the tensors before"
                  + " they are used");
      assertThatThrownBy(() -> tape.watch(Tensor.of(new int[] {1}, 1)))
          .hasMessage(
              "watch: a tensor of dtype I32 and shape [1] has no gradient; cast it to a floating"
                  + " dtype first");
    }
  }

  @Test
  void closingTwiceIsAMistake() {
    Tape tape = Tape.open();
    tape.close();
    assertThatThrownBy(tape::close).hasMessage("tape is already closed");
    assertThatThrownBy(() -> tape.watch(scalar(1))).hasMessage("watch: the tape is closed");
  }

  @Test
  void overwrittenOperandIsNoticed() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      Tensor factor = Numbers.tensor(2, 3);
      tape.watch(x);
      Tensor loss = Ops.sum(Ops.mul(x, factor));
      factor.copyFrom(new double[3], 0);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "mul: operand 1 of shape [3] was overwritten 1 times between the forward pass and"
                  + " backward; overwrite a copy instead");
    }
  }

  @Test
  void overwrittenResultIsNoticed() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 2, 3);
      tape.watch(x);
      Tensor probabilities = Ops.softmax(x);
      probabilities.copyFrom(new double[6], 0);
      Tensor loss = Ops.sum(probabilities);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("softmax: result 0 of shape [2, 3] was overwritten 1 times");
    }
  }

  @Test
  void gradientThroughAnInPlaceOperationIsRefused() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      tape.watch(x);
      Tensor total = Tensor.zeros(DType.F64, 3);
      Tensor square = Ops.square(x);
      Ops.addInto(total, square); // a running sum that the loss does not use is fine
      assertThat(tape.backward(Ops.sum(square), true).of(x).shape()).isEqualTo(x.shape());
      Tensor loss = Ops.sum(total);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(NotDifferentiableException.class)
          .hasMessage(
              "addInto: has no gradient; detach() its operands, or run it in Tape.noGrad, if none"
                  + " should flow");
    }
  }

  @Test
  void intermediateGradientsGiveTheirMemoryBack() {
    Tensor x = Numbers.tensor(1, 1023);
    try (Scope step = Scope.open();
        Tape tape = Tape.open()) {
      tape.watch(x);
      Tensor y = x;
      for (int i = 0; i < 10; i++) {
        y = Ops.tanh(y);
      }
      Tensor loss = Ops.sum(y);
      long before = Device.CPU.outstandingBytes();
      Tensor gradient = tape.backward(loss).of(x);
      long bytes = Device.CPU.outstandingBytes() - before;
      assertThat(bytes).isBetween(8L * 1023, 8L * 1200);
      step.keep(gradient);
    }
  }

  @Test
  void gradientsNobodyWantsAreNotKept() {
    Tensor x = Numbers.tensor(1, 2, 4, 128);
    Tensor gate = Numbers.tensor(2, 2, 1, 128);
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      tape.watch(gate);
      Tensor loss = Ops.sum(Ops.gateResidual(x, x, gate)); // its rule computes ∂L/∂y as well
      long before = Device.CPU.outstandingBytes();
      tape.backward(loss);
      assertThat(Device.CPU.outstandingBytes() - before).isEqualTo(8L * 2 * 128);
    }
  }

  /** Most bytes in use during forward and backward pass of a chain of stages on 1024 elements. */
  private static long peak(UnaryOperator<Tensor> stage) {
    Tensor x = Numbers.tensor(1, 1024);
    try (Program program =
        Program.capture(() -> {
          try (Scope _ = Scope.open();
              Tape tape = Tape.open()) {
            tape.watch(x);
            Tensor y = x;
            for (int i = 0; i < 20; i++) {
              y = stage.apply(y);
            }
            tape.backward(Ops.sum(y));
          }
        })) {
      return program.bytes();
    }
  }

  @Test
  void gradientsInBetweenAreClosedDuringTheWalk() {
    long one = 8L * 1024;
    assertThat(peak(Ops::tanh)).isBetween(20 * one, 23 * one);
    assertThat(peak(y -> Ops.add(y, Ops.tanh(y)))).isBetween(40 * one, 44 * one - 1);
  }

  @Test
  void worksWithoutAnyScope() {
    Tensor x = Scope.outside(() -> Numbers.tensor(1, 31));
    long before = Device.CPU.outstandingBytes();
    Scope.outside(() -> {
      try (Tape tape = Tape.open()) {
        tape.watch(x);
        Tensor square = Ops.square(x);
        Tensor loss = Ops.sum(square);
        Tensor gradient = tape.backward(loss).of(x);
        gradient.close();
        square.close();
        loss.close();
      }
      return true;
    });
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    x.close();
  }

  @Test
  void ruleOfACustomOperationIsAskedAndCounted() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      tape.watch(x);
      Tensor doubled = Engine.run(new Doubling(1), x)[0];
      assertThat(tape.backward(Ops.sum(doubled), true).of(x).toDoubles()).containsOnly(2);
      Tensor wrong = Engine.run(new Doubling(2), x)[0];
      Tensor loss = Ops.sum(wrong);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("doubling: the gradient rule returned 2 gradients for 1 operands");
    }
  }

  @Test
  void memoryOfACustomOperationIsNotWrittenTo() {
    try (Tape tape = Tape.open()) {
      Tensor x = Numbers.tensor(1, 3);
      Tensor weight = Tensor.of(new double[] {1, 2, 3}, 3);
      tape.watch(x);
      Tensor early = Ops.scale(x, 5);
      Tensor product = Engine.run(new Weighted(), x, weight)[0];
      Tensor gradient = tape.backward(Ops.sum(Ops.add(early, product))).of(x);
      assertThat(gradient.toDoubles()).containsExactly(6, 7, 8);
      assertThat(weight.toDoubles()).containsExactly(1, 2, 3);
    }
  }

  /** x·w in a sum, whose gradient is an operand itself. */
  private record Weighted() implements CustomOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      return new Output[] {new Output(inputs[0].shape(), inputs[0].dtype())};
    }

    @Override
    public void compute(double[][] inputs, double[][] outputs) {
      for (int i = 0; i < inputs[0].length; i++) {
        outputs[0][i] = inputs[0][i] * inputs[1][i];
      }
    }

    @Override
    public @Nullable Tensor[] backward(
        Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients) {
      return new @Nullable Tensor[] {inputs[1], null};
    }
  }

  private record Doubling(int returned) implements CustomOp {
    @Override
    public Output[] infer(Tensor... inputs) {
      return new Output[] {new Output(inputs[0].shape(), inputs[0].dtype())};
    }

    @Override
    public void compute(double[][] inputs, double[][] outputs) {
      for (int i = 0; i < inputs[0].length; i++) {
        outputs[0][i] = 2 * inputs[0][i];
      }
    }

    @Override
    public @Nullable Tensor[] backward(
        Tensor[] inputs, Tensor[] outputs, @Nullable Tensor[] gradients) {
      @Nullable Tensor[] found = new @Nullable Tensor[returned];
      found[0] = Ops.scale(Objects.requireNonNull(gradients[0]), 2);
      return found;
    }
  }
}
