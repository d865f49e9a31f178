package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ProgramTest {
  private long before;

  @BeforeEach
  void remember() {
    before = Device.CPU.outstandingBytes();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  @Test
  void replayComputesAnewFromTheSameMemory() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
      Tensor result = Tensor.zeros(DType.F32, 3);
      AtomicInteger hostRuns = new AtomicInteger();
      try (Program program =
          Program.capture(() -> {
            hostRuns.incrementAndGet();
            try (Scope _ = Scope.open()) {
              Tensor constant = Tensor.of(new float[] {10, 10, 10}, 3);
              Ops.copyInto(result, Ops.add(Ops.square(x), constant));
            }
          })) {
        assertThat(result.toFloats()).containsExactly(11, 14, 19);
        assertThat(program.size()).isEqualTo(3);
        assertThat(program.bytes()).isPositive();
        x.copyFrom(new float[] {4, 5, 6}, 0);
        program.replay();
        assertThat(result.toFloats()).containsExactly(26, 35, 46);
        program.replay();
        assertThat(result.toFloats()).containsExactly(26, 35, 46);
        assertThat(hostRuns).hasValue(1);
      }
    }
  }

  @Test
  void programsThatShareMemoryTakeTurns() {
    int[] sizes = {33, 1023, 113};
    Tensor[] inputs = new Tensor[sizes.length];
    Tensor[] sums = new Tensor[sizes.length];
    Program[] programs = new Program[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      int at = i;
      inputs[i] = Tensor.of(new float[sizes[i]], sizes[i]);
      programs[i] =
          Program.capture(
              () -> {
                try (Scope _ = Scope.open()) {
                  Tensor one = Ops.affine(inputs[at], 1, 1);
                  Tensor two = Ops.mul(one, Tensor.of(new float[] {2}, 1));
                  sums[at] = Scope.outside(Ops.sum(Ops.add(one, two))::detach);
                }
              },
              i == 0 ? null : programs[0]);
    }
    assertThat(programs[0].bytes()).isPositive();
    assertThat(programs[1].bytes()).isZero();
    for (int round = 1; round <= 3; round++) {
      for (int i = sizes.length - 1; i >= 0; i--) {
        float[] values = new float[sizes[i]];
        java.util.Arrays.fill(values, round);
        inputs[i].copyFrom(values, 0);
        programs[i].replay();
      }
      for (int i = 0; i < sizes.length; i++) {
        assertThat(sums[i].item()).isEqualTo(3.0 * (round + 1) * sizes[i]);
      }
    }
    for (int i = sizes.length - 1; i >= 0; i--) {
      sums[i].close();
      inputs[i].close();
      programs[i].close();
    }
  }

  @Test
  void sharedMemoryServesSmallerShapesUpToAFactor() {
    int[] sizes = {1023, 600, 113};
    long[] bytes = new long[sizes.length];
    Program[] programs = new Program[sizes.length];
    for (int i = 0; i < sizes.length; i++) {
      Tensor input = Tensor.of(new float[sizes[i]], sizes[i]);
      programs[i] =
          Program.capture(
              () -> {
                try (Scope _ = Scope.open()) {
                  Ops.affine(input, 1, 1);
                }
              },
              i == 0 ? null : programs[0]);
      bytes[i] = Device.CPU.programBytes();
      input.close();
    }
    assertThat(bytes[1]).isEqualTo(bytes[0]);
    assertThat(bytes[2]).isGreaterThan(bytes[1]);
    for (int i = sizes.length - 1; i >= 0; i--) {
      programs[i].close();
    }
  }

  @Test
  void nobodyElseGetsTheProgramsMemory() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
      AtomicReference<Tensor> kept = new AtomicReference<>();
      try (Program program =
          Program.capture(() -> {
            try (Scope inner = Scope.open()) {
              kept.set(inner.keep(Ops.scale(Ops.neg(x), 2)));
            }
          })) {
        for (int i = 0; i < 10; i++) {
          try (Scope _ = Scope.open()) {
            Tensor other = Ops.fill(Shape.of(3), DType.F32, 7);
            program.replay();
            assertThat(other.toFloats()).containsExactly(7, 7, 7);
            assertThat(kept.get().toFloats()).containsExactly(-2, -4, -6);
          }
        }
      }
    }
  }

  @Test
  void operandsFromOutsideStayAlive() {
    Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
    Tensor result = Tensor.zeros(DType.F32, 3);
    Program program =
        Program.capture(() -> {
          try (Scope _ = Scope.open()) {
            Ops.copyInto(result, Ops.neg(x));
          }
        });
    x.close();
    try (Scope _ = Scope.open()) {
      Tensor other = Ops.fill(Shape.of(3), DType.F32, 7);
      program.replay();
      assertThat(result.toFloats()).containsExactly(-1, -2, -3);
      assertThat(other.toFloats()).containsExactly(7, 7, 7);
    }
    program.close();
    result.close();
  }

  @Test
  void replayDrawsNewNumbersAfterAdvance() {
    try (Scope _ = Scope.open();
        Random random = new Random(5)) {
      Tensor result = Tensor.zeros(DType.F64, 33);
      try (Program program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              Ops.copyInto(result, random.normal(DType.F64, 33));
            }
          })) {
        double[] first = result.toDoubles();
        program.replay();
        assertThat(result.toDoubles()).containsExactly(first);
        random.advance();
        program.replay();
        double[] second = result.toDoubles();
        assertThat(second).isNotEqualTo(first);
        random.advance();
        program.replay();
        assertThat(result.toDoubles()).isNotEqualTo(first).isNotEqualTo(second);
        random.seek(1);
        program.replay();
        assertThat(result.toDoubles()).containsExactly(second);
        assertThat(random.normal(DType.F64, 33).toDoubles()).containsExactly(second);
      }
    }
  }

  @Test
  void aFailedCaptureLeavesTheEngineUsable() {
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new float[] {1, 2, 3}, 3);
      assertThatThrownBy(() ->
              Program.capture(() -> {
                try (Scope _ = Scope.open()) {
                  Ops.matmul(Ops.neg(x), x);
                }
              }))
          .isInstanceOf(ShapeException.class);
      assertThat(Ops.neg(x).toFloats()).containsExactly(-1, -2, -3);
      try (Program program = Program.capture(() -> Ops.neg(x))) {
        program.replay();
      }
    }
  }

  @Test
  void capturesDoNotNestAndClosedProgramsDoNotRun() {
    try (Scope _ = Scope.open()) {
      Program program =
          Program.capture(() ->
              assertThatThrownBy(() -> Program.capture(() -> {}))
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessage("a program is already being captured on this thread"));
      program.replay();
      program.close();
      assertThatThrownBy(program::replay)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("program is closed");
      assertThatThrownBy(program::close)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("program is already closed");
    }
  }
}
