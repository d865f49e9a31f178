package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The BF16 copies of weights that products read: always what a cast would give, never cast. */
final class ProductCopyTest {
  private static final int IN = 33;
  private static final int OUT = 17;

  static Stream<Device> devices() {
    return Stream.of(Device.CPU, Device.on("sim", SimulatedGpu.create()));
  }

  private static Setup setup() {
    return new Setup(DType.F32, DType.BF16, new Random(5), new Random(6));
  }

  private static float[] numbers(long seed, int count) {
    double[] numbers = Samples.numbers(seed, count, 1);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) numbers[i];
    }
    return values;
  }

  private static AdamW optimizer(Module module) {
    return new AdamW(
        new AdamW.Settings(0.9, 0.96, 1e-8, 1, 0.5),
        ParameterGroup.byShape(module.parameters(), 0.02));
  }

  private static float[] rounded(Tensor values) {
    try (Scope _ = Scope.open()) {
      return Ops.cast(values, DType.BF16).toFloats();
    }
  }

  private static Tensor copy(Module module, String path) {
    return Objects.requireNonNull(Samples.parameter(module, path).values().copy());
  }

  private static void assertCopiesAreRight(Module module) {
    for (String path : List.of("weight", "bias")) {
      assertThat(copy(module, path).toFloats())
          .as(path)
          .isEqualTo(rounded(Samples.parameter(module, path).tensor()));
    }
  }

  /** Loss and gradients of a layer used twice, by its copies or by casts. */
  private static List<float[]> lossAndGradients(Linear layer, Tensor x, boolean byCast) {
    Parameter weight = Samples.parameter(layer, "weight");
    Parameter bias = Samples.parameter(layer, "bias");
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      tape.watch(weight.tensor());
      tape.watch(bias.tensor());
      List<Tensor> results = new ArrayList<>();
      for (double scale : new double[] {1, -0.3}) {
        Tensor scaled = Ops.scale(x, scale);
        Tensor made =
            byCast
                ? Ops.linear(
                    Ops.cast(scaled, DType.BF16),
                    Ops.cast(weight.tensor(), DType.BF16),
                    Ops.cast(bias.tensor(), DType.BF16))
                : layer.forward(scaled);
        results.add(Ops.silu(Ops.cast(made, DType.F32)));
      }
      Tensor loss = Ops.sum(Ops.mul(results.get(0), results.get(1)));
      Gradients gradients = tape.backward(loss);
      return List.of(
          loss.toFloats(),
          gradients.of(weight.tensor()).toFloats(),
          gradients.of(bias.tensor()).toFloats());
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void lossAndGradientsHaveTheBitsOfCasts(Device device) {
    device.call(() -> {
      try (Scope _ = Scope.open();
          Linear layer = new Linear(setup(), IN, OUT)) {
        Tensor x = Tensor.of(numbers(1, 5 * IN), 5, IN);
        assertThat(lossAndGradients(layer, x, false).toArray())
            .isEqualTo(lossAndGradients(layer, x, true).toArray());
      }
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aLayerIsOneLaunchOnWhatIsRoundedAlready(Device device) {
    device.call(() -> {
      try (Scope _ = Scope.open();
          Linear layer = new Linear(setup(), IN, OUT)) {
        layer.refresh();
        Tensor x = Ops.cast(Tensor.of(numbers(1, IN), 1, IN), DType.BF16);
        Runnable body =
            () -> {
              try (Scope _ = Scope.open()) {
                layer.forward(x);
              }
            };
        try (Program program = Program.capture(body)) {
          assertThat(program.size()).isEqualTo(1);
        }
      }
      return null;
    });
  }

  /** A training step of one layer, captured. */
  private static final class Step implements AutoCloseable {
    private final Setup setup = setup();
    final Linear layer = new Linear(setup, IN, OUT);
    final AdamW optimizer = optimizer(layer);
    final Tensor x = Scope.outside(() -> Tensor.of(numbers(2, 4 * IN), 4, IN));
    private final Tensor[] results = new Tensor[2];
    private final Program program;
    private long done;

    Step() {
      optimizer.prepare(done++, 0.05);
      program = Program.capture(this::body);
    }

    private void body() {
      try (Scope _ = Scope.open();
          Tape tape = Tape.open()) {
        layer.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
        Tensor made = Ops.cast(layer.forward(x), DType.F32);
        Tensor loss = Ops.sum(Ops.mul(made, made));
        Gradients gradients = tape.backward(loss);
        Tensor norm = optimizer.update(parameter -> gradients.of(parameter.tensor()));
        results[0] = Scope.outside(loss::detach);
        results[1] = Scope.outside(norm::detach);
      }
    }

    double replay() {
      optimizer.prepare(done++, 0.05);
      program.replay();
      return results[0].item();
    }

    double norm() {
      return results[1].item();
    }

    @Override
    public void close() {
      program.close();
      Stream.of(results).forEach(Tensor::close);
      x.close();
      optimizer.close();
      layer.close();
      setup.initial().close();
      setup.training().close();
    }
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aCapturedStepReadsCopiesAndWritesThem(Device device) {
    long outstanding = device.outstandingBytes();
    device.call(() -> {
      try (Step step = new Step()) {
        assertCopiesAreRight(step.layer);
        double before = step.replay();
        assertCopiesAreRight(step.layer);
        double next = step.replay();
        assertThat(next).isLessThan(before);
        assertCopiesAreRight(step.layer);
        // Were there a cast of the weights, nobody would notice what the copies hold.
        Tensor weight = copy(step.layer, "weight");
        Tensor bias = copy(step.layer, "bias");
        weight.copyFrom(new short[OUT * IN], 0);
        bias.copyFrom(new short[OUT], 0);
        assertThat(step.replay()).isZero();
        assertCopiesAreRight(step.layer);
      }
      return null;
    });
    assertThat(device.outstandingBytes()).isEqualTo(outstanding);
  }

  @ParameterizedTest
  @MethodSource("devices")
  void weightsThatSomebodyElseWroteAreRoundedBeforeTheNextStep(Device device) {
    device.call(() -> {
      try (Step step = new Step()) {
        Tensor weight = Samples.parameter(step.layer, "weight").tensor();
        weight.copyFrom(new float[OUT * IN], 0);
        Samples.parameter(step.layer, "bias").tensor().copyFrom(new float[OUT], 0);
        assertThat(step.replay()).isZero();
        assertCopiesAreRight(step.layer);
        float[] loaded = numbers(9, OUT * IN);
        weight.copyFrom(loaded, 0);
        step.layer.refresh();
        assertThat(copy(step.layer, "weight").toFloats()).isEqualTo(rounded(weight));
      }
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void aBadStepWritesNoCopy(Device device) {
    device.call(() -> {
      try (Step step = new Step()) {
        step.replay();
        float[] before = copy(step.layer, "weight").toFloats();
        float[] bad = numbers(3, 4 * IN);
        bad[IN] = Float.NaN;
        step.x.copyFrom(bad, 0);
        step.replay();
        assertThat(step.norm()).isNaN();
        assertThat(copy(step.layer, "weight").toFloats()).isEqualTo(before);
        assertCopiesAreRight(step.layer);
      }
      return null;
    });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void averagesHaveCopiesOfTheirOwn(Device device) {
    device.call(() -> {
      try (Step step = new Step()) {
        float[] first = new float[0];
        for (int round = 0; round < 2; round++) {
          step.replay();
          float[] trained = copy(step.layer, "weight").toFloats();
          Tensor used;
          try (AdamW.Averaged _ = step.optimizer.averaged()) {
            used = copy(step.layer, "weight");
            assertCopiesAreRight(step.layer);
            assertThat(used.toFloats()).isNotEqualTo(trained).isNotEqualTo(first);
            first = used.toFloats();
          }
          assertThat(copy(step.layer, "weight")).isNotSameAs(used);
          assertThat(copy(step.layer, "weight").toFloats()).isEqualTo(trained);
        }
      }
      return null;
    });
  }

  @Test
  void inOnePrecisionThereAreNoCopies() {
    Setup single = new Setup(DType.F32, new Random(5), new Random(6));
    try (Linear layer = new Linear(single, IN, OUT)) {
      for (Map.Entry<String, Parameter> entry : layer.parameters().entrySet()) {
        assertThat(entry.getValue().values().copy()).as(entry.getKey()).isNull();
        assertThat(entry.getValue().as(DType.F32)).isSameAs(entry.getValue().tensor());
      }
    }
  }

  @Test
  void otherDtypesAreCast() {
    try (Scope _ = Scope.open();
        Linear layer = new Linear(setup(), IN, OUT)) {
      Parameter weight = Samples.parameter(layer, "weight");
      float[] exact = weight.tensor().toFloats();
      assertThat(weight.as(DType.F64).toFloats()).isEqualTo(exact);
      assertThat(Arrays.equals(weight.as(DType.BF16).toFloats(), exact)).isFalse();
    }
  }
}
