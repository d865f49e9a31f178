package org.basisar.tensor.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.ShapeException;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.cpu.Workers;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every operation promises besides its numbers. */
final class OpContractTest {
  static List<OpCase> cases() {
    return OpCases.all();
  }

  static List<ErrorCase> errors() {
    return OpCases.errors();
  }

  private static long[] bits(Tensor tensor) {
    return Arrays.stream(tensor.toDoubles()).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  private static List<long[]> bits(Tensor[] tensors) {
    return Arrays.stream(tensors).map(OpContractTest::bits).toList();
  }

  private static void assertSameBits(OpCase opCase, List<long[]> actual, List<long[]> expected) {
    assertThat(actual).hasSameSizeAs(expected);
    for (int i = 0; i < actual.size(); i++) {
      assertThat(actual.get(i)).as("%s, result %d", opCase, i).isEqualTo(expected.get(i));
    }
  }

  private static List<long[]> run(OpCase opCase, DType dtype) {
    try (Scope _ = Scope.open()) {
      return bits(opCase.run(dtype, opCase.inputs(dtype)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void runningTwiceGivesTheSameBits(OpCase opCase) {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      assertSameBits(opCase, run(opCase, dtype), run(opCase, dtype));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void threadsDoNotChangeTheBits(OpCase opCase) {
    int before = Workers.threads();
    try {
      for (DType dtype : List.of(DType.F32, DType.F64)) {
        Workers.configure(1);
        List<long[]> alone = run(opCase, dtype);
        for (int threads = 2; threads <= 3; threads++) {
          Workers.configure(threads);
          assertSameBits(opCase, run(opCase, dtype), alone);
        }
      }
    } finally {
      Workers.configure(before);
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void memoryGoesBack(OpCase opCase) {
    long before = Device.CPU.outstandingBytes();
    run(opCase, DType.F32);
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void resultsHaveTheInferredShapesAndAreDense(OpCase opCase) {
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = opCase.inputs(DType.F32);
      if (opCase.op().mutates(inputs).length > 0) {
        assertThat(opCase.op().infer(inputs)).isEmpty();
        return;
      }
      var inferred = opCase.op(DType.F32).infer(inputs);
      Tensor[] results = opCase.run(DType.F32, inputs);
      assertThat(results).hasSize(inferred.length);
      for (int i = 0; i < results.length; i++) {
        assertThat(results[i].shape()).isEqualTo(inferred[i].shape());
        assertThat(results[i].dtype()).isEqualTo(inferred[i].dtype());
        assertThat(results[i].isDense() || opCase.op() instanceof Movement.View).isTrue();
      }
      var cost = opCase.op(DType.F32).cost(inputs);
      assertThat(cost.flops()).isNotNegative();
      assertThat(cost.bytes()).isNotNegative();
    }
  }

  /** The same elements with gaps between them and the axes reversed in memory. */
  private static Tensor strided(Tensor dense) {
    Shape shape = dense.shape();
    if (shape.rank() == 0) {
      return dense;
    }
    List<Integer> reversed = new ArrayList<>();
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      reversed.add(axis);
    }
    Tensor turned = Ops.contiguous(Ops.permute(dense, reversed));
    Tensor padded = Ops.pad(turned, -1, 2, 1);
    Tensor cut = Ops.slice(padded, -1, 2, turned.shape().dim(-1));
    return Ops.permute(cut, reversed);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void stridedOperandsGiveTheSameBits(OpCase opCase) {
    for (DType dtype : List.of(DType.F32, DType.F64)) {
      List<long[]> expected = run(opCase, dtype);
      try (Scope _ = Scope.open()) {
        Tensor[] inputs = opCase.inputs(dtype);
        int[] written = opCase.op().mutates(inputs);
        for (int i = 0; i < inputs.length; i++) {
          int operand = i;
          if (Arrays.stream(written).noneMatch(w -> w == operand)) {
            inputs[i] = strided(inputs[i]);
          }
        }
        assertSameBits(opCase, bits(opCase.run(dtype, inputs)), expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void operandsStayAsTheyWereUnlessDeclared(OpCase opCase) {
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = opCase.inputs(DType.F32);
      List<long[]> before = bits(inputs);
      opCase.run(DType.F32, inputs);
      int[] written = opCase.op().mutates(inputs);
      for (int i = 0; i < inputs.length; i++) {
        int operand = i;
        if (Arrays.stream(written).noneMatch(w -> w == operand)) {
          assertThat(bits(inputs[i])).as("%s, operand %d", opCase, i).isEqualTo(before.get(i));
        }
      }
    }
  }

  private static final float GUARD = 1.5e33f;

  /**
   * Blocks of memory are longer than the tensors in them, at the end and perhaps at the start. The
   * first run leaves its blocks in the pool; they are filled with a guard value, and the second
   * run, which gets them again, must overwrite its results and nothing around them.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void nothingIsWrittenAroundTheResults(OpCase opCase) {
    Set<Object> guarded = Collections.newSetFromMap(new IdentityHashMap<>());
    List<long[]> expected;
    try (Scope _ = Scope.open()) {
      Tensor[] results = opCase.run(DType.F32, opCase.inputs(DType.F32));
      expected = bits(results);
      for (Tensor result : results) {
        if (result.storage().memory() instanceof float[] memory) {
          Arrays.fill(memory, GUARD);
          guarded.add(memory);
        }
      }
    }
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = opCase.inputs(DType.F32);
      boolean inPlace = opCase.op().mutates(inputs).length > 0;
      Tensor[] results = opCase.run(DType.F32, inputs);
      assertSameBits(opCase, bits(results), expected);
      for (Tensor result : results) {
        if (!inPlace
            && !(opCase.op() instanceof Movement.View)
            && result.storage().memory() instanceof float[] memory
            && guarded.contains(memory)) {
          for (int i = result.offset() + result.size(); i < memory.length; i++) {
            assertThat(memory[i]).as("%s, element %d behind the end", opCase, i).isEqualTo(GUARD);
          }
          for (int i = 0; i < result.offset(); i++) {
            assertThat(memory[i]).as("%s, element %d before the start", opCase, i).isEqualTo(GUARD);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void integersWhereFractionsBelongAreRefused(OpCase opCase) {
    boolean takesAnything =
        switch (opCase.op()) {
          case Movement.ScatterAdd _, Movement.Embedding _, Movement.EmbeddingGradient _ -> false;
          case Movement _ -> true;
          case Elementwise.Cast _ -> true;
          case Optimization.CopyInto _ -> true;
          default -> false;
        };
    if (takesAnything) {
      return;
    }
    try (Scope _ = Scope.open()) {
      for (int k = 0; k < opCase.operands().size(); k++) {
        if (opCase.operands().get(k).dtype() != null) {
          continue;
        }
        Tensor[] inputs = opCase.inputs(DType.F32);
        inputs[k] = Ops.cast(inputs[k], DType.I32);
        assertThatThrownBy(() -> opCase.run(DType.F32, inputs))
            .as("%s, operand %d", opCase, k)
            .isInstanceOf(ShapeException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("errors")
  void errorsSayWhatIsWrong(ErrorCase error) {
    try (Scope _ = Scope.open()) {
      Tensor[] inputs = error.asCase().inputs(DType.F32);
      long before = Device.CPU.outstandingBytes();
      assertThatThrownBy(() -> error.asCase().run(DType.F32, inputs))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(error.message());
      assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    }
  }
}
