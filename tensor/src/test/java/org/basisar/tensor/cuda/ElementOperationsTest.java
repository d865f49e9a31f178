package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Generation;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
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
 * What the table of cases does not reach of elementwise operations, random numbers and movement:
 * views, many axes, operands without elements, and numbers that are the same bits on every device.
 */
final class ElementOperationsTest {
  private static final List<Class<? extends Op>> FAMILIES =
      List.of(Elementwise.class, Generation.class, Movement.class);

  private static final Device SHUFFLED =
      Device.on("shuffled-elements", SimulatedGpu.create().shuffleWarps(7).strictReads(true));

  /** Integers that every dtype has. */
  private static Tensor numbers(DType dtype, int... dims) {
    double[] values = new double[Shape.of(dims).size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = i * 151 % 251;
    }
    return Tensor.of(dtype, values, dims);
  }

  /** Runs on the simulated device and on the CPU, and wants the same bits. */
  private static void same(Tensor x, Function<Tensor, Tensor> body) {
    double[] expected = body.apply(x).toDoubles();
    Device before = Device.use(Device.named("sim"));
    try {
      assertThat(body.apply(x.to(Device.named("sim"))).toDoubles()).isEqualTo(expected);
    } finally {
      Device.use(before);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16", "I32", "U8"})
  void viewsBecomeDense(DType dtype) {
    try (Scope _ = Scope.open()) {
      Tensor matrix = numbers(dtype, 33, 65);
      same(matrix, x -> Ops.contiguous(Ops.permute(x, List.of(1, 0))));
      same(matrix, x -> Ops.contiguous(Ops.slice(x, 1, 3, 31)));
      same(matrix, x -> Ops.contiguous(Ops.permute(Ops.slice(x, 0, 1, 31), List.of(1, 0))));
      same(matrix, x -> Ops.contiguous(Ops.permute(Ops.slice(x, 1, 1, 64), List.of(1, 0))));
      Tensor heads = numbers(dtype, 2, 31, 3, 16);
      same(heads, x -> Ops.contiguous(Ops.permute(x, List.of(0, 2, 1, 3))));
      same(heads, x -> Ops.contiguous(Ops.permute(x, List.of(0, 1, 3, 2))));
      same(heads, x -> Ops.contiguous(Ops.permute(x, List.of(2, 3, 0, 1))));
      same(heads, x -> Ops.contiguous(Ops.permute(x, List.of(3, 2, 1, 0))));
      same(numbers(dtype, 3, 1, 5), x -> Ops.contiguous(Ops.expand(x, Shape.of(2, 3, 4, 5))));
    }
  }

  /** Pixels into patches and back: [B, C, rows, p, columns, p] turned. */
  @Test
  void patchesAndBack() {
    try (Scope _ = Scope.open()) {
      same(
          numbers(DType.F32, 2, 3, 8, 12),
          x -> {
            Tensor cut = Ops.reshape(x, 2, 3, 4, 2, 6, 2);
            Tensor patches = Ops.contiguous(Ops.permute(cut, List.of(0, 2, 4, 3, 5, 1)));
            Tensor back = Ops.contiguous(Ops.permute(patches, List.of(0, 5, 1, 3, 2, 4)));
            assertThat(Ops.reshape(back, 2, 3, 8, 12).toDoubles()).isEqualTo(x.toDoubles());
            return patches;
          });
    }
  }

  @Test
  void eightAxesMayBeApartAndNineMayNot() {
    try (Scope _ = Scope.open()) {
      same(
          numbers(DType.F32, 2, 3, 2, 1, 2, 2, 3, 2, 2),
          x -> Ops.contiguous(Ops.permute(x, List.of(8, 7, 6, 5, 4, 3, 2, 1, 0))));
      Tensor nine = numbers(DType.F32, 2, 2, 2, 2, 2, 2, 2, 2, 2).to(Device.named("sim"));
      Tensor turned = Ops.permute(nine, List.of(8, 7, 6, 5, 4, 3, 2, 1, 0));
      assertThatThrownBy(() -> Ops.contiguous(turned))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("more than 8 axes")
          .hasMessageContaining("put some of them together first");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 31, 33, 113, 1023, 5003})
  void uniformNumbersAndDropoutHaveTheSameBits(int count) {
    try (Scope _ = Scope.open()) {
      Tensor state = Tensor.of(new int[] {0x12345678, -5, 17, 1}, 4);
      for (DType dtype : new DType[] {DType.F32, DType.BF16}) {
        same(state, s -> Engine.run(new Generation.Uniform(Shape.of(count), dtype, 3), s)[0]);
        Tensor ones = numbers(dtype, count);
        same(state, s -> Engine.run(new Generation.Dropout(0.1, 4), ones.to(s.device()), s)[0]);
      }
    }
  }

  @Test
  void normalNumbersAreTheSameToRounding() {
    try (Scope _ = Scope.open()) {
      Tensor state = Tensor.of(new int[] {9, 8, 7, 6}, 4);
      Op op = new Generation.Normal(Shape.of(20_001), DType.F32, 2);
      float[] expected = Engine.run(op, state)[0].toFloats();
      float[] actual = Engine.run(op, state.to(Device.named("sim")))[0].toFloats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).isBetween(expected[i] - 2e-6f, expected[i] + 2e-6f);
      }
    }
  }

  @Test
  void nothingIsLaunchedForOperandsWithoutElements() {
    SimulatedGpu gpu = SimulatedGpu.create();
    Device device = Device.on("empty", gpu);
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      Tensor none = Tensor.zeros(DType.F32, 0, 6, 33);
      Tensor gates = Tensor.zeros(DType.F32, 0, 3, 33);
      Tensor times = Tensor.zeros(DType.F32, 0, 3);
      Tensor index = Tensor.of(new int[0], 0);
      List<Tensor> results = new ArrayList<>();
      results.addAll(List.of(Engine.run(new Elementwise.GatedGelu(), none, none)));
      results.addAll(List.of(Engine.run(new Elementwise.GatedGeluGradient(), none, none, none)));
      results.addAll(List.of(Engine.run(new Elementwise.GateResidual(), none, none, gates)));
      results.addAll(
          List.of(Engine.run(new Elementwise.GateResidualGradient(), none, gates, none)));
      results.addAll(List.of(Engine.run(new Elementwise.Interpolate(), none, none, times)));
      results.add(Ops.add(none, Tensor.zeros(DType.F32, 33)));
      results.add(Ops.cast(none, DType.BF16));
      results.add(Ops.concat(0, none, none));
      results.add(Ops.gather(none, 0, index));
      results.add(Ops.contiguous(Ops.permute(none, List.of(2, 1, 0))));
      for (Tensor result : results) {
        assertThat(result.toDoubles()).isEmpty();
      }
      // A sum of nothing is 0, and padding needs no operand.
      Tensor rows = Tensor.zeros(DType.F32, 0, 33);
      assertThat(Ops.scatterAdd(rows, 0, index, 2).toDoubles()).hasSize(66).containsOnly(0);
      assertThat(Ops.pad(rows, 0, 1, 1).toDoubles()).hasSize(66).containsOnly(0);
    } finally {
      Device.use(before);
    }
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

  private static List<double[]> results(Device device, DType dtype) {
    List<double[]> all = new ArrayList<>();
    for (OpCase opCase : OpCases.all()) {
      if (FAMILIES.stream().anyMatch(family -> family.isInstance(opCase.op()))) {
        Device before = Device.use(Device.CPU);
        try (Scope _ = Scope.open()) {
          Tensor[] inputs = opCase.inputs(dtype);
          for (int i = 0; i < inputs.length; i++) {
            inputs[i] = inputs[i].to(device);
          }
          Device.use(device);
          for (Tensor result : opCase.run(dtype, inputs)) {
            all.add(result.toDoubles());
          }
        } finally {
          Device.use(before);
        }
      }
    }
    return all;
  }
}
