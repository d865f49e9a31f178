package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class RecomputeTest {
  private static final int WIDTH = 5;

  private final Random random = new Random(11);
  private Scope scope;
  private Tensor[] weights;
  private Tensor shared;
  private Tensor x;

  @BeforeEach
  void open() {
    scope = Scope.open();
    weights = new Tensor[4];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = Numbers.floats(i, WIDTH, WIDTH);
    }
    shared = Numbers.floats(40, WIDTH);
    x = Numbers.floats(50, 2, 3, WIDTH);
  }

  @AfterEach
  void close() {
    scope.close();
    random.close();
  }

  /** Uses its weight twice, a bias that all layers share, and dropout. */
  private Tensor layer(Tensor in, int i) {
    Tensor hidden = Ops.gelu(Ops.linear(in, weights[i], shared));
    Tensor dropped = random.dropout(hidden, 0.3);
    return Ops.add(in, Ops.tanh(Ops.linear(dropped, weights[i], shared)));
  }

  /** How the layers are run. */
  private enum Way {
    STORED,
    RECOMPUTED,
    NESTED
  }

  private Tensor network(Way way) {
    random.call(0);
    Tensor y = Ops.add(x, shared);
    for (int i = 0; i < weights.length; i += 2) {
      int first = i;
      y =
          switch (way) {
            case STORED -> layer(layer(y, first), first + 1);
            case RECOMPUTED -> Recompute.block(random, in -> layer(layer(in, first), first + 1), y);
            case NESTED ->
                Recompute.block(
                    random,
                    in ->
                        layer(Recompute.block(random, again -> layer(again, first), in), first + 1),
                    y);
          };
    }
    return Ops.sum(Ops.mul(Ops.square(y), shared));
  }

  private List<Tensor> leaves() {
    List<Tensor> leaves = new ArrayList<>(List.of(weights));
    leaves.add(shared);
    leaves.add(x);
    return leaves;
  }

  private List<float[]> gradients(Way way) {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      tape.watch(leaves().toArray(new Tensor[0]));
      Tensor loss = network(way);
      assertThat(random.call()).isEqualTo(weights.length);
      Gradients gradients = tape.backward(loss);
      assertThat(random.call()).isEqualTo(weights.length);
      List<float[]> found = new ArrayList<>();
      found.add(loss.toFloats());
      leaves().forEach(leaf -> found.add(gradients.of(leaf).toFloats()));
      return found;
    }
  }

  @Test
  void gradientsAreBitwiseThoseOfTheStoredVariant() {
    List<float[]> stored = gradients(Way.STORED);
    assertThat(stored.get(1)).isNotEqualTo(new float[WIDTH * WIDTH]);
    List<float[]> again = gradients(Way.STORED);
    List<float[]> recomputed = gradients(Way.RECOMPUTED);
    List<float[]> nested = gradients(Way.NESTED);
    for (int i = 0; i < stored.size(); i++) {
      assertThat(again.get(i)).isEqualTo(stored.get(i));
      assertThat(recomputed.get(i)).isEqualTo(stored.get(i));
      assertThat(nested.get(i)).isEqualTo(stored.get(i));
    }
  }

  @Test
  void isCapturedAndReplayed() {
    List<float[]> stored = gradients(Way.STORED);
    List<Tensor> found = new ArrayList<>();
    leaves().forEach(leaf -> found.add(Tensor.zeros(DType.F32, leaf.shape().dims())));
    try (Program program =
        Program.capture(() -> {
          try (Scope _ = Scope.open();
              Tape tape = Tape.open()) {
            tape.watch(leaves().toArray(new Tensor[0]));
            Gradients gradients = tape.backward(network(Way.RECOMPUTED));
            for (int i = 0; i < found.size(); i++) {
              Ops.copyInto(found.get(i), gradients.of(leaves().get(i)));
            }
          }
        })) {
      for (int replay = 0; replay < 2; replay++) {
        for (Tensor tensor : found) {
          tensor.copyFrom(new float[tensor.size()], 0);
        }
        program.replay();
        for (int i = 0; i < found.size(); i++) {
          assertThat(found.get(i).toFloats()).isEqualTo(stored.get(i + 1));
        }
      }
    }
  }

  /** Bytes in use after the forward pass of a deep chain, and at the peak, above those before. */
  private static long bytesAfterForward(boolean recompute) {
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor start = Numbers.floats(1, 1023);
      tape.watch(start);
      long before = Device.CPU.outstandingBytes();
      Tensor y = start;
      for (int block = 0; block < 6; block++) {
        UnaryOperator<Tensor> body =
            in -> {
              Tensor z = in;
              for (int i = 0; i < 10; i++) {
                z = Ops.sin(z);
              }
              return z;
            };
        y = recompute ? Recompute.block(null, body, y) : body.apply(y);
      }
      long after = Device.CPU.outstandingBytes() - before;
      assertThat(tape.backward(Ops.sum(y)).of(start).toFloats()).doesNotContain(Float.NaN);
      return after;
    }
  }

  @Test
  void keepsOnlyTheResultsOfBlocks() {
    long stored = bytesAfterForward(false);
    long recomputed = bytesAfterForward(true);
    assertThat(stored).isEqualTo(10 * recomputed);
  }

  /** The most memory that one step of the network needs at any moment. */
  private long peak(Way way) {
    try (Program program =
        Program.capture(() -> {
          try (Scope _ = Scope.open();
              Tape tape = Tape.open()) {
            tape.watch(leaves().toArray(new Tensor[0]));
            tape.backward(network(way));
          }
        })) {
      return program.bytes();
    }
  }

  @Test
  void lowersThePeakOfAWholeStep() {
    x = Numbers.floats(50, 31, 33, WIDTH);
    assertThat(peak(Way.RECOMPUTED)).isLessThan(peak(Way.STORED) * 8 / 10);
  }

  @Test
  void severalResultsAndOneReturnedAsItCame() {
    Tensor a = Numbers.tensor(1, 3);
    Tensor b = Numbers.tensor(2, 3);
    GradCheck.check(
            in -> {
              Tensor[] out =
                  Recompute.blockOf(
                      null,
                      args -> new Tensor[] {Ops.mul(args[0], args[1]), args[1], Ops.exp(args[0])},
                      in[0],
                      in[1]);
              // The third result is not used.
              return Ops.add(Ops.sin(out[0]), Ops.square(out[1]));
            },
            a,
            b)
        .assertOk();
  }

  @Test
  void returnsATensorItClosesOver() {
    GradCheck.check(
            in -> {
              Tensor square = Ops.square(in[0]);
              Tensor[] out =
                  Recompute.blockOf(null, args -> new Tensor[] {Ops.exp(args[0]), square}, in[0]);
              return Ops.mul(out[0], out[1]);
            },
            Numbers.tensor(1, 3))
        .assertOk();
  }

  @Test
  void withoutATapeItOnlyRuns() {
    long before = Device.CPU.outstandingBytes();
    Tensor y = Recompute.block(null, in -> Ops.exp(Ops.sin(in)), x);
    assertThat(Device.CPU.outstandingBytes() - before).isLessThan(2L * 4 * 48);
    assertThat(y.toFloats()).isEqualTo(Ops.exp(Ops.sin(x)).toFloats());
  }

  @Test
  void aBlockThatWritesOutsideIsRefused() {
    try (Tape tape = Tape.open()) {
      tape.watch(x);
      Tensor total = Tensor.zeros(DType.F32, 2, 3, WIDTH);
      assertThatThrownBy(() ->
              Recompute.block(
                  null,
                  in -> {
                    Ops.addInto(total, in);
                    return Ops.exp(in);
                  },
                  x))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "recompute: the block overwrites a tensor of shape [2, 3, 5] made outside it, which"
                  + " would happen again when it is run for the gradients; overwrite it outside the"
                  + " block");
      assertThatThrownBy(() ->
              Recompute.block(
                  null,
                  in -> {
                    Ops.addInto(Ops.reshape(total, 30), Ops.reshape(in, 30));
                    return Ops.exp(in);
                  },
                  x))
          .hasMessageStartingWith("recompute: the block overwrites a tensor of shape [2, 3, 5]");
    }
  }

  @Test
  void aBlockThatHidesItsRandomIsRefused() {
    try (Tape tape = Tape.open()) {
      tape.watch(x);
      Tensor loss = Ops.sum(Recompute.block(null, in -> random.dropout(in, 0.5), x));
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(
              "recompute: operation 0 of the block was Dropout[rate=0.5, call=0] in the forward"
                  + " pass and is Dropout[rate=0.5, call=1] when run again; hand the block's Random"
                  + " to Recompute, and let nothing else that changes decide what it does");
    }
  }

  @Test
  void overwrittenParametersAreNoticed() {
    try (Tape tape = Tape.open()) {
      tape.watch(x);
      Tensor loss = Ops.sum(Recompute.block(random, in -> layer(in, 0), x));
      shared.copyFrom(new float[WIDTH], 0);
      assertThatThrownBy(() -> tape.backward(loss))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageStartingWith("recompute: operand 2 of shape [5] was overwritten 1 times");
    }
  }
}
