package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Program;
import org.basisar.tensor.Reduction;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.check.OpCase;
import org.basisar.tensor.check.OpCases;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What the table of cases does not reach: replays, warps in another order, large rows, odd runs.
 */
final class TrainingOperationsTest {
  private static final List<Class<? extends Op>> FAMILIES =
      List.of(Reduction.class, Normalization.class, Optimization.class, Matrix.class);

  private static final Device SHUFFLED =
      Device.on("shuffled", SimulatedGpu.create().shuffleWarps(5).strictReads(true));

  private static double[] ramp(int count) {
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = (i * 37 % 101 - 50) / 64.0;
    }
    return values;
  }

  private static List<double[]> results(Device device, DType dtype) {
    List<double[]> all = new ArrayList<>();
    for (OpCase opCase : OpCases.all()) {
      if (FAMILIES.stream().anyMatch(family -> family.isInstance(opCase.op()))) {
        try (Scope _ = Scope.open()) {
          Tensor[] inputs = opCase.inputs(dtype);
          for (int i = 0; i < inputs.length; i++) {
            inputs[i] = inputs[i].to(device);
          }
          for (Tensor result : opCase.run(dtype, inputs)) {
            all.add(result.toDoubles());
          }
        }
      }
    }
    return all;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16"})
  void orderOfWarpsChangesNoBit(DType dtype) {
    assertThat(results(SHUFFLED, dtype))
        .usingRecursiveComparison()
        .isEqualTo(results(Device.named("sim"), dtype));
  }

  /** Two steps of a small layer, the second one replayed; returns the weights. */
  private static double[] steps(Device device) {
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(DType.F32, ramp(6 * 33), 6, 33);
      Tensor weight = Tensor.of(DType.F32, ramp(16 * 33), 16, 33);
      Tensor first = Tensor.zeros(DType.F32, 16, 33);
      Tensor second = Tensor.zeros(DType.F32, 16, 33);
      Tensor average = Tensor.zeros(DType.F32, 16, 33);
      Tensor control = Tensor.of(DType.F32, new double[] {0.01, 0.1, 0.05}, 3);
      Optimization.AdamW step = new Optimization.AdamW(1, 0, 0.9, 0.95, 1e-8, 0.05, 1, 0.999);
      Runnable body =
          () -> {
            try (Scope _ = Scope.open()) {
              Tensor y = Ops.linear(x, weight, null, null, Matrix.Epilogue.GELU);
              Tensor gradient = Ops.matmul(Ops.rmsNorm(y, null, 1e-5), true, x, false);
              Tensor norm = Ops.globalNorm(gradient);
              Engine.run(step, control, norm, weight, gradient, first, second, average);
            }
          };
      try (Program program = Program.capture(body)) {
        control.copyFrom(new float[] {0.01f, 0.19f, 0.0975f}, 0);
        program.replay();
        return weight.toDoubles();
      }
    } finally {
      Device.use(before);
    }
  }

  @Test
  void replayedStepsAgreeWithTheProcessor() {
    double[] expected = steps(Device.CPU);
    double[] actual = steps(Device.named("sim"));
    for (int i = 0; i < expected.length; i++) {
      assertThat(actual[i]).isBetween(expected[i] - 1e-5, expected[i] + 1e-5);
    }
  }

  @Test
  void eagerStepsOnTheSameMemoryAddNoTables() {
    SimulatedGpu gpu = SimulatedGpu.create();
    Device device = Device.on("counted", gpu);
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      Tensor gradient = Tensor.of(DType.F32, ramp(1023), 1023);
      Ops.globalNorm(gradient);
      long blocks = gpu.statistics().allocations();
      for (int i = 0; i < 5; i++) {
        try (Scope _ = Scope.open()) {
          Ops.globalNorm(gradient);
        }
      }
      // One more scalar, which the scopes hand to each other.
      assertThat(gpu.statistics().allocations()).isLessThanOrEqualTo(blocks + 1);
    } finally {
      Device.use(before);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bfloat16LayersOfManyRowsGoByBlocks(boolean residual) {
    int rows = 1030;
    int width = 4104;
    Device before = Device.use(Device.named("sim"));
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(DType.BF16, ramp(rows), rows, 1);
      Tensor weight = Tensor.of(DType.BF16, ramp(width), width, 1);
      Tensor bias = Tensor.of(DType.BF16, ramp(width), width);
      Tensor other = Ops.fill(Shape.of(rows, width), DType.BF16, 0.5);
      double[] actual =
          Ops.linear(x, weight, bias, residual ? other : null, Matrix.Epilogue.NONE).toDoubles();
      double[] xs = ramp(rows);
      double[] ws = ramp(width);
      for (int i = 0; i < actual.length; i += 997) {
        double w = ws[i % width];
        double expected = xs[i / width] * w + w + (residual ? 0.5 : 0);
        double error = Math.abs(expected) * 0x1p-8 + 1e-6;
        assertThat(actual[i]).isBetween(expected - error, expected + error);
      }
    } finally {
      Device.use(before);
    }
  }

  @Test
  void sumsOverThreeSeparateRunsOfAxes() {
    Shape from = Shape.of(3, 5, 2, 7, 4);
    for (Shape to : new Shape[] {Shape.of(1, 5, 1, 7, 1), Shape.of(3, 1, 2, 1, 4)}) {
      Tensor expected = Ops.sumTo(Tensor.of(DType.F32, ramp(from.size()), from.dims()), to);
      Tensor x = Tensor.of(DType.F32, ramp(from.size()), from.dims());
      // Multiples of 1/64: every order of additions gives the same.
      assertThat(Ops.sumTo(x.to(Device.named("sim")), to).toDoubles())
          .isEqualTo(expected.toDoubles());
    }
  }

  @Test
  void cachedMemoryIsGivenBackWhenAnOperationNeedsItsOwn() {
    long megabyte = 1 << 20;
    Device device = Device.on("small", SimulatedGpu.create(6 * megabyte));
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      Tensor x = Ops.fill(Shape.of(1000, 8), DType.F32, 1);
      try (Scope _ = Scope.open()) {
        Tensor.zeros(DType.F32, (int) (5.5 * megabyte / Float.BYTES));
      }
      assertThat(device.cachedBytes()).isGreaterThan(5 * megabyte);
      Tensor weight = Ops.fill(Shape.of(8), DType.F32, 1);
      Tensor[] gradients = Engine.run(new Normalization.RmsNormGradient(1e-5), x, weight, x);
      assertThat(gradients[1].toFloats()).containsOnly(gradients[1].toFloats()[0]);
      assertThat(device.cachedBytes()).isZero();
      assertThat(device.allocationRetries()).isEqualTo(1);
    } finally {
      Device.use(before);
    }
  }
}
