package org.basisar.gpu.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.basisar.gpu.Grid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every kernel of faults.cu runs well as written, and each of its bugs is found and named. */
final class SeededFaultsTest {
  private static final int COUNT = 1000;

  private static float[] ramp(int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i + 1;
    }
    return values;
  }

  private static int[] integers(int count) {
    return IntStream.range(0, count).map(i -> i * 7 % 31).toArray();
  }

  /** Runs a kernel; the part of its name before the bug says which. */
  private static float[] run(TestKernels device, String family, String bug) {
    String name = family + "_" + bug;
    return switch (family) {
      case "scale" -> {
        long out = device.room(COUNT);
        device.gpu.instructionLimit(100_000);
        device.launch(name, Grid.linear(8, 128), device.upload(ramp(COUNT)), out, COUNT);
        yield device.singles(out, COUNT);
      }
      case "block_sum" -> {
        long out = device.room(4);
        device.launch(name, Grid.linear(4, 128), device.upload(ramp(512)), out);
        yield device.singles(out, 4);
      }
      case "pipeline" -> {
        long out = device.room(32);
        device.launch(name, Grid.linear(1, 32), device.upload(ramp(256)), out);
        yield device.singles(out, 32);
      }
      case "neighbours" -> {
        long out = device.room(32);
        device.launch(name, Grid.linear(1, 32), device.upload(ramp(32)), out);
        yield device.singles(out, 32);
      }
      case "histogram" -> {
        long bins = device.upload(new int[8]);
        device.launch(name, Grid.linear(8, 128), device.upload(integers(COUNT)), bins, COUNT);
        yield floats(device.integers(bins, 8));
      }
      case "grid_sum" -> {
        long out = device.room(1);
        long counter = device.upload(new int[1]);
        device.launch(
            name, Grid.linear(9, 32), device.upload(ramp(9)), device.room(9), counter, out);
        yield device.singles(out, 1);
      }
      case "vectors" -> {
        long out = device.room(250);
        device.launch(name, Grid.linear(2, 128), device.upload(ramp(1002)), out, 1002);
        yield device.singles(out, 250);
      }
      case "locals" -> {
        long out = device.room(32);
        device.launch(name, Grid.linear(1, 32), device.upload(integers(33)), out, 12);
        yield floats(device.integers(out, 32));
      }
      default -> throw new IllegalArgumentException(family);
    };
  }

  private static float[] floats(int[] values) {
    float[] singles = new float[values.length];
    for (int i = 0; i < values.length; i++) {
      singles[i] = values[i];
    }
    return singles;
  }

  private static float[] expected(String family) {
    float[] in = ramp(1002);
    return switch (family) {
      case "scale" -> map(COUNT, i -> 2 * in[i]);
      case "block_sum" -> map(4, b -> sum(in, 128 * b, 128));
      case "pipeline" -> map(32, i -> in[127 - i] + in[255 - i]);
      case "neighbours" -> map(32, i -> in[i ^ 1] + in[i ^ 2]);
      case "histogram" -> {
        float[] bins = new float[8];
        for (int value : integers(COUNT)) {
          bins[value & 7]++;
        }
        yield bins;
      }
      case "grid_sum" -> new float[] {sum(in, 0, 9)};
      case "vectors" -> map(250, i -> sum(in, 4 * i, 4));
      default -> map(32, i -> integers(33)[integers(33)[i] % 12] * 3);
    };
  }

  interface Element {
    float at(int index);
  }

  private static float[] map(int count, Element element) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = element.at(i);
    }
    return values;
  }

  private static float sum(float[] values, int from, int count) {
    float sum = 0;
    for (int i = from; i < from + count; i++) {
      sum += values[i];
    }
    return sum;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "scale",
        "block_sum",
        "pipeline",
        "neighbours",
        "histogram",
        "grid_sum",
        "vectors",
        "locals"
      })
  void withoutABugTheResultIsRight(String family) {
    try (TestKernels device = new TestKernels("faults.ptx")) {
      assertThat(run(device, family, "none")).isEqualTo(expected(family));
      device.gpu.shuffleWarps(5);
      assertThat(run(device, family, "none")).isEqualTo(expected(family));
    }
  }

  static Stream<Arguments> bugs() {
    return Stream.of(
        Arguments.of("scale", "bound", "out of bounds"),
        Arguments.of("scale", "bound_below", "out of bounds"),
        Arguments.of("scale", "stride", "out of bounds"),
        Arguments.of("scale", "overlap", "data race: write"),
        Arguments.of("scale", "endless", "still runs after 100000 instructions"),
        Arguments.of("scale", "null_pointer", "null or small address"),
        Arguments.of("scale", "wrapped", "out of bounds"),
        Arguments.of("scale", "trap", "executed a trap"),
        Arguments.of("block_sum", "no_barrier", "read of never-written bytes at shared memory"),
        Arguments.of("block_sum", "no_second_barrier", "data race"),
        Arguments.of("block_sum", "half_barrier", "barrier"),
        Arguments.of("block_sum", "early_exit", "left out by exiting"),
        Arguments.of("block_sum", "uninitialised", "never-written bytes at shared memory"),
        Arguments.of("block_sum", "past_shared", "between variables"),
        Arguments.of("block_sum", "two_writers", "data race: write"),
        Arguments.of("pipeline", "no_wait", "while a cp.async to it is in flight"),
        Arguments.of("pipeline", "wait_one_less", "while a cp.async to it is in flight"),
        Arguments.of("pipeline", "no_commit", "while a cp.async to it is in flight"),
        Arguments.of("pipeline", "no_barrier", "data race"),
        Arguments.of("neighbours", "no_warp_barrier", "data race"),
        Arguments.of("neighbours", "half_shuffle", "shfl"),
        Arguments.of("neighbours", "wrong_mask", "leaves it out"),
        Arguments.of("histogram", "no_atomic", "data race"),
        Arguments.of("grid_sum", "no_fence", "data race: read"),
        Arguments.of("grid_sum", "no_atomic", "data race: read"),
        Arguments.of("vectors", "misaligned", "misaligned read of 16 bytes"),
        Arguments.of("vectors", "partial_tail", "out of bounds"),
        Arguments.of("locals", "uninitialised_local", "never-written bytes at local memory"),
        Arguments.of("locals", "past_local", "out of bounds"));
  }

  @ParameterizedTest(name = "{0}_{1}")
  @MethodSource("bugs")
  void everyBugIsFound(String family, String bug, String message) {
    try (TestKernels device = new TestKernels("faults.ptx")) {
      assertThatThrownBy(() -> run(device, family, bug))
          .isInstanceOf(KernelFaultException.class)
          .hasMessageStartingWith(family + "_" + bug + ", block (")
          .hasMessageContaining(message)
          .hasMessageContaining("faults.cu:")
          .hasMessageContaining("(PTX line ");
    }
  }
}
