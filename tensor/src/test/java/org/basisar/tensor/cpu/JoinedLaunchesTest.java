package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Program;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a captured program puts together gives the bits of launch by launch, and only if it may. */
final class JoinedLaunchesTest {
  private static final int B = 2;
  private static final int D = 40;
  private static final int HEADS = 2;

  private final int threads = Workers.threads();
  private final Random random = new Random(8);
  private final CpuBackend backend = new CpuBackend();
  private final List<BoundLaunch> launches = new ArrayList<>();

  @AfterEach
  void restore() {
    Workers.configure(threads);
  }

  private Tensor tensor(int... dims) {
    return Tensor.of(TestArrays.random(random, Shape.of(dims).size()), dims);
  }

  /** Prepares an operation on new results, runs it and remembers it. */
  private Tensor[] launch(Op op, Tensor... inputs) {
    Op.Output[] shapes = op.infer(inputs);
    Tensor[] outputs = new Tensor[shapes.length];
    for (int i = 0; i < outputs.length; i++) {
      outputs[i] = Tensor.zeros(shapes[i].dtype(), shapes[i].shape().dims());
    }
    BoundLaunch launch = (BoundLaunch) backend.prepare(op, inputs, outputs);
    launch.run();
    launches.add(launch);
    return outputs;
  }

  private record Attended(Tensor joined, List<Tensor> parts, List<Tensor> ofParts) {}

  /** Rotation, attention and the gradients of both, in order; all tensors stay open. */
  private Attended attend() {
    Tensor table = tensor(16, D / HEADS);
    Tensor joined = tensor(B, 16, 3 * D);
    Tensor[] parts = launch(new AttentionOp.RotarySplit(HEADS), joined, table, table);
    Tensor[] out = launch(new AttentionOp.Attention(HEADS, 8, 0, 0), parts[0], parts[1], parts[2]);
    Tensor[] ofParts =
        launch(
            new AttentionOp.AttentionGradient(HEADS, 8, 0, 0),
            parts[0],
            parts[1],
            parts[2],
            out[0],
            out[1],
            tensor(B, 16, D));
    launch(
        new AttentionOp.RotarySplitGradient(HEADS),
        ofParts[0],
        ofParts[1],
        ofParts[2],
        table,
        table);
    return new Attended(joined, List.of(parts), List.of(ofParts));
  }

  private static void close(List<Tensor> tensors) {
    tensors.forEach(Tensor::close);
  }

  @Test
  void rotationsAreDoneInsideAttention() {
    Attended all = attend();
    all.joined().close();
    close(all.parts());
    close(all.ofParts());
    List<Launch> joined = JoinedRotation.in(launches);
    assertThat(joined).hasSize(2);
    assertThat(joined.getFirst()).isInstanceOf(FastAttention.Forward.class);
    assertThat(joined.getLast()).isInstanceOf(FastAttention.Backward.class);
  }

  @Test
  void withoutGradientsOnlyTheRotationIsJoined() {
    Tensor table = tensor(16, D / HEADS);
    Tensor source = tensor(B, 16, 3 * D);
    Tensor[] parts = launch(new AttentionOp.RotarySplit(HEADS), source, table, table);
    launch(new AttentionOp.Attention(HEADS, 0, 0, 0), parts[0], parts[1], parts[2]);
    source.close();
    close(List.of(parts));
    assertThat(JoinedRotation.in(launches)).hasSize(1);
  }

  @Test
  void tensorsThatAreStillOpenAreWritten() {
    Attended all = attend();
    all.joined().close();
    close(all.parts());
    assertThat(JoinedRotation.in(launches)).isEqualTo(launches);
    close(all.ofParts());
    all = attend();
    close(all.parts());
    close(all.ofParts());
    assertThat(JoinedRotation.in(launches.subList(4, 8))).isEqualTo(launches.subList(4, 8));
  }

  @Test
  void tensorsThatOthersReadAreWritten() {
    Attended all = attend();
    launch(new Optimization.AddInto(), tensor(B, 16, D), all.parts().get(1));
    all.joined().close();
    close(all.parts());
    close(all.ofParts());
    assertThat(JoinedRotation.in(launches)).isEqualTo(launches);
    launches.clear();
    all = attend();
    launch(new Optimization.AddInto(), tensor(B, 16, D), all.ofParts().get(2));
    all.joined().close();
    close(all.parts());
    close(all.ofParts());
    assertThat(JoinedRotation.in(launches)).isEqualTo(launches);
    launches.clear();
    all = attend();
    launch(new Optimization.AddInto(), tensor(B, 16, 3 * D), all.joined());
    all.joined().close();
    close(all.parts());
    close(all.ofParts());
    assertThat(JoinedRotation.in(launches)).isEqualTo(launches);
  }

  @Test
  void whatIsOverwrittenBeforeTheGradientIsNotReadThere() {
    Attended all = attend();
    // As if a block had been given to another tensor: the same memory under a storage of its own.
    BoundLaunch.Range joined = launches.getFirst().reads().getFirst();
    BoundLaunch other = new BoundLaunch(() -> {}, List.of(), List.of(joined));
    all.joined().close();
    close(all.parts());
    close(all.ofParts());
    List<BoundLaunch> disturbed = new ArrayList<>(launches);
    disturbed.add(2, other);
    assertThat(JoinedRotation.in(disturbed)).isEqualTo(disturbed);
    BoundLaunch.Range tables = launches.getFirst().reads().getLast();
    disturbed.set(2, new BoundLaunch(() -> {}, List.of(), List.of(tables)));
    assertThat(JoinedRotation.in(disturbed)).isEqualTo(disturbed);
  }

  @ParameterizedTest
  @CsvSource({"16, 0, 0", "16, 8, 0.25", "70, 0, 0.1", "96, 48, 0"})
  void attentionInAProgramHasTheBitsOfLaunchByLaunch(int tokens, int cell, double dropout) {
    try (Scope _ = Scope.open();
        org.basisar.tensor.Random state = new org.basisar.tensor.Random(3)) {
      Tensor x = tensor(B * tokens, 24);
      Tensor weight = tensor(3 * D, 24);
      Tensor cosine = tensor(tokens, D / HEADS);
      Tensor sine = tensor(tokens, D / HEADS);
      Tensor ofOut = tensor(B, tokens, D);
      Tensor out = Tensor.zeros(DType.F32, B, tokens, D);
      Tensor ofJoined = Tensor.zeros(DType.F32, B, tokens, 3 * D);
      int call = state.nextCall();
      Tensor[] random = dropout > 0 ? new Tensor[] {state.state()} : new Tensor[0];
      Runnable body =
          () -> {
            try (Scope _ = Scope.open()) {
              Tensor joined = Ops.reshape(Ops.linear(x, weight, null), B, tokens, 3 * D);
              Tensor[] parts = Ops.rotarySplit(joined, cosine, sine, HEADS);
              Tensor[] attended =
                  Engine.run(
                      new AttentionOp.Attention(HEADS, cell, dropout, call),
                      with(random, parts[0], parts[1], parts[2]));
              Ops.copyInto(out, attended[0]);
              Tensor[] ofParts =
                  Engine.run(
                      new AttentionOp.AttentionGradient(HEADS, cell, dropout, call),
                      with(random, parts[0], parts[1], parts[2], attended[0], attended[1], ofOut));
              Op last = new AttentionOp.RotarySplitGradient(HEADS);
              Tensor turned = Engine.run(last, ofParts[0], ofParts[1], ofParts[2], cosine, sine)[0];
              Ops.copyInto(ofJoined, turned);
            }
          };
      try (Program program = Program.capture(body)) {
        for (int count = 1; count <= 3; count++) {
          Workers.configure(count);
          program.replay(_ -> {});
          float[] expected = out.toFloats();
          float[] expectedGradient = ofJoined.toFloats();
          Ops.copyInto(out, ofOut);
          Ops.copyInto(ofJoined, Ops.fillLike(ofJoined, 0));
          program.replay();
          assertThat(out.toFloats()).isEqualTo(expected);
          assertThat(ofJoined.toFloats()).isEqualTo(expectedGradient);
        }
      }
    }
  }

  private static Tensor[] with(Tensor[] last, Tensor... first) {
    List<Tensor> all = new ArrayList<>(List.of(first));
    all.addAll(List.of(last));
    return all.toArray(new Tensor[0]);
  }

  @ParameterizedTest
  @CsvSource({"513, 40, 24", "1024, 48, 16", "1500, 341, 33", "4096, 10, 70", "2001, 33, 1100"})
  void sumsOfAProductHaveTheirOwnBits(int rows, int columns, int others) {
    for (int count = 1; count <= 3; count++) {
      Workers.configure(count);
      for (boolean inPlace : new boolean[] {false, true}) {
        launches.clear();
        Tensor gradient = tensor(rows, columns);
        Tensor x = tensor(rows, others);
        Tensor product = launch(new Matrix.MatMul(true, false), gradient, x)[0];
        Tensor sums = launch(new Reduction.SumTo(Shape.of(columns)), gradient)[0];
        float[] expected = sums.toFloats();
        float[] expectedProduct = product.toFloats();
        Ops.copyInto(sums, Ops.fillLike(sums, 7));
        Ops.copyInto(product, Ops.fillLike(product, 7));
        List<Launch> joined = JoinedSums.in(List.copyOf(launches));
        assertThat(joined).hasSize(1);
        if (launches.getFirst().launch() instanceof FastMatrix.Product(Gemm gemm)) {
          gemm.inPlace = inPlace;
        }
        joined.getFirst().run();
        assertThat(sums.toFloats()).isEqualTo(expected);
        assertThat(product.toFloats()).isEqualTo(expectedProduct);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sumsOfOtherRowsStayByThemselves(boolean transposed) {
    Tensor gradient = tensor(1024, 8);
    launch(new Matrix.MatMul(transposed, false), gradient, tensor(transposed ? 1024 : 8, 8));
    launch(new Reduction.SumTo(Shape.of(8)), transposed ? tensor(1024, 8) : gradient);
    assertThat(JoinedSums.in(List.copyOf(launches))).isEqualTo(launches);
  }
}
