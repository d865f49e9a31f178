package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.gpu.sim.StreamOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Uploads and downloads on the CPU, and on a simulated GPU in every order of its streams. */
final class UploadTest {
  private static final int STEPS = 7;

  private static Device simulated(StreamOrder order) {
    return Device.on("sim", SimulatedGpu.create().streamOrder(order));
  }

  static Stream<Device> devices() {
    List<Device> devices = new ArrayList<>(List.of(Device.CPU));
    for (StreamOrder order : StreamOrder.values()) {
      devices.add(simulated(order));
    }
    return devices.stream();
  }

  /** Sums of what each of some steps finds, the next step's values being sent while it runs. */
  private static List<Double> sums(Device device, int size) {
    return device.call(() -> {
      List<Double> sums = new ArrayList<>();
      Tensor values = Tensor.of(new float[size], size);
      Tensor factor = Tensor.of(new int[1], 1);
      Tensor[] total = new Tensor[1];
      Program program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              Tensor scaled = Ops.mul(values, Ops.cast(factor, DType.F32));
              total[0] = Scope.outside(Ops.sum(scaled)::detach);
            }
          });
      Download[] downloads = new Download[STEPS];
      try (Upload upload = new Upload(values, factor)) {
        put(upload, values, factor, 0);
        for (int step = 0; step < STEPS; step++) {
          upload.arrive();
          program.replay();
          downloads[step] = new Download(total[0]);
          downloads[step].start();
          put(upload, values, factor, step + 1);
        }
        for (Download download : downloads) {
          sums.add(download.value(0));
          download.close();
        }
      }
      program.close();
      total[0].close();
      values.close();
      factor.close();
      return sums;
    });
  }

  private static void put(Upload upload, Tensor values, Tensor factor, int step) {
    float[] host = new float[values.size()];
    java.util.Arrays.fill(host, step + 1);
    upload.put(values, host);
    upload.put(factor, new int[] {10 - step});
    upload.send();
    java.util.Arrays.fill(host, Float.NaN);
  }

  private static List<Double> expected(int size) {
    List<Double> sums = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      sums.add((double) size * (step + 1) * (10 - step));
    }
    return sums;
  }

  @ParameterizedTest
  @MethodSource("devices")
  void everyStepFindsItsValues(Device device) {
    for (int size : new int[] {0, 1, 31, 113, 1023}) {
      assertThat(sums(device, size)).as("size %d", size).isEqualTo(expected(size));
    }
    assertThat(device.outstandingBytes()).isZero();
  }

  @Test
  void withoutEventsBetweenStreamsLateWorkGoesWrong() {
    SimulatedGpu gpu = SimulatedGpu.create().streamOrder(StreamOrder.LATE).ignoreWaits(true, false);
    assertThat(sums(Device.on("sim", gpu), 31)).isNotEqualTo(expected(31));
  }

  @Test
  void withoutEventsBetweenStreamsEarlyUploadsGoWrong() {
    SimulatedGpu gpu =
        SimulatedGpu.create().streamOrder(StreamOrder.UPLOADS_EARLY).ignoreWaits(true, false);
    assertThat(sums(Device.on("sim", gpu), 31)).isNotEqualTo(expected(31));
  }

  /** The sum of 1, 2, 3, 4 and 5, each uploaded alone. */
  private static double sumOfUploads(SimulatedGpu gpu, boolean hostWaits) {
    return Device.on("sim", gpu)
        .call(() -> {
          try (Scope _ = Scope.open()) {
            Tensor value = Tensor.of(new float[1], 1);
            Tensor sum = Tensor.of(new float[1], 1);
            Upload upload = new Upload(value);
            gpu.ignoreWaits(false, !hostWaits);
            for (int i = 1; i <= 5; i++) {
              upload.put(value, new float[] {i});
              upload.send();
              upload.arrive();
              Ops.addInto(sum, value);
            }
            gpu.ignoreWaits(false, false);
            upload.close();
            return sum.item();
          }
        });
  }

  @Test
  void stagingIsNotFilledBeforeItsCopyIsDone() {
    SimulatedGpu gpu = SimulatedGpu.create().streamOrder(StreamOrder.LATE);
    assertThat(sumOfUploads(gpu, true)).isEqualTo(15);
    assertThat(sumOfUploads(gpu, false)).isNotEqualTo(15);
  }

  @Test
  void theHostWaitsForNothingWhileItSends() {
    SimulatedGpu gpu = SimulatedGpu.create().streamOrder(StreamOrder.LATE);
    Device device = Device.on("sim", gpu);
    device.call(() -> {
      try (Scope _ = Scope.open()) {
        Tensor values = Tensor.of(new float[31], 31);
        Tensor control = Tensor.of(new float[3], 3);
        Upload upload = new Upload(values);
        Download download = new Download(control.slice(0, 2, 1));
        device.synchronize();
        long before = gpu.statistics().launches();
        for (int step = 0; step < 4; step++) {
          upload.put(values, new float[31]);
          upload.send();
          upload.arrive();
          control.copyFrom(new float[] {1, 2, step}, 0);
          Ops.addInto(values, Ops.affine(values, 2, 1));
          download.start();
        }
        assertThat(gpu.statistics().launches()).isEqualTo(before);
        assertThat(download.value(0)).isEqualTo(3);
        assertThat(gpu.statistics().launches()).isGreaterThan(before);
        upload.close();
        download.close();
        return null;
      }
    });
  }

  @Test
  void aDownloadWaitsForNothingLaunchedLater() {
    SimulatedGpu gpu = SimulatedGpu.create().streamOrder(StreamOrder.LATE);
    Device.on("sim", gpu)
        .call(() -> {
          try (Scope _ = Scope.open()) {
            Tensor one = Ops.fill(Shape.of(1), DType.F32, 1);
            try (Download download = new Download(one)) {
              download.start();
              Ops.addInto(one, one.reshape(1));
              assertThat(download.value(0)).isEqualTo(1);
            }
            assertThat(gpu.statistics().launches()).isEqualTo(1);
            assertThat(one.item()).isEqualTo(2);
            return null;
          }
        });
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 262_143, 262_144, 262_145, 600_001})
  void arraysPassThroughStagingUnharmed(int size) {
    for (StreamOrder order : StreamOrder.values()) {
      simulated(order)
          .call(() -> {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
              values[i] = 0.5f * i;
            }
            Tensor small = Tensor.of(new float[] {7, 8, 9}, 3);
            try (Tensor tensor = Tensor.of(values.clone(), size)) {
              assertThat(tensor.toFloats()).isEqualTo(values);
              assertThat(small.toFloats()).containsExactly(7, 8, 9);
            }
            small.close();
            return null;
          });
    }
  }

  @Test
  void withoutTheHostsWaitsLargeArraysGoWrong() {
    SimulatedGpu gpu = SimulatedGpu.create().streamOrder(StreamOrder.LATE);
    Device.on("sim", gpu)
        .call(() -> {
          float[] values = new float[600_001];
          for (int i = 0; i < values.length; i++) {
            values[i] = i;
          }
          gpu.ignoreWaits(false, true);
          try (Tensor tensor = Tensor.of(values.clone(), values.length)) {
            gpu.synchronize();
            gpu.ignoreWaits(false, false);
            assertThat(tensor.toFloats()).isNotEqualTo(values);
            tensor.copyFrom(values, 0);
            gpu.ignoreWaits(false, true);
            assertThat(tensor.toFloats()).isNotEqualTo(values);
          }
          return null;
        });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void whatWasSentLastArrivesAndNothingElse(Device device) {
    device.call(() -> {
      try (Scope _ = Scope.open()) {
        Tensor first = Tensor.of(new int[] {1}, 1);
        Tensor second = Tensor.of(new int[] {2}, 1);
        try (Upload upload = new Upload(first, second)) {
          upload.put(first, new int[] {3});
          upload.put(second, new int[] {4});
          upload.send();
          upload.put(second, new int[] {5});
          upload.send();
          upload.put(first, new int[] {6});
          assertThat(second.toInts()).containsExactly(2);
          long version = second.storage().version();
          upload.arrive();
          assertThat(first.toInts()).containsExactly(1);
          assertThat(second.toInts()).containsExactly(5);
          assertThat(second.storage().version()).isGreaterThan(version);
          upload.send();
          upload.arrive();
          assertThat(first.toInts()).containsExactly(6);
          assertThat(second.toInts()).containsExactly(5);
        }
        return null;
      }
    });
  }

  @ParameterizedTest
  @MethodSource("devices")
  void memoryOfWorkStillQueuedIsNotLandedOn(Device device) {
    device.call(() -> {
      try (Scope _ = Scope.open()) {
        Tensor target = Tensor.of(new byte[256], 256);
        Tensor copy = Tensor.of(new byte[512], 512);
        byte[] sevens = new byte[512];
        java.util.Arrays.fill(sevens, (byte) 7);
        try (Tensor source = Scope.outside(() -> Tensor.of(sevens, 512))) {
          Ops.copyInto(copy, source);
        }
        try (Upload upload = new Upload(target)) {
          byte[] eights = new byte[256];
          java.util.Arrays.fill(eights, (byte) 8);
          upload.put(target, eights);
          upload.send();
          assertThat(copy.toDoubles()).containsOnly(7);
        }
        return null;
      }
    });
  }

  @Test
  void mistakesAreSaid() {
    try (Scope _ = Scope.open()) {
      Tensor tensor = Tensor.of(new float[] {1, 2, 3, 4}, 2, 2);
      Tensor other = Tensor.of(new float[] {1}, 1);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Upload())
          .withMessageContaining("at least one");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Upload(tensor.permute(1, 0)))
          .withMessageContaining("not dense");
      assertThatIllegalArgumentException()
          .isThrownBy(() -> new Upload(tensor, other.to(simulated(StreamOrder.AT_ONCE))))
          .withMessageContaining("tensors lie on cpu and sim");
      assertThatThrownBy(() -> new Download(tensor)).isInstanceOf(ShapeException.class);
      Upload upload = new Upload(tensor);
      assertThatIllegalArgumentException()
          .isThrownBy(() -> upload.put(other, new float[1]))
          .withMessageContaining("none of the tensors");
      assertThatIllegalStateException()
          .isThrownBy(upload::send)
          .withMessageContaining("nothing was put");
      assertThatIllegalStateException()
          .isThrownBy(upload::arrive)
          .withMessageContaining("send before arriving");
      upload.close();
      upload.close();
      assertThatIllegalStateException().isThrownBy(upload::arrive).withMessageContaining("closed");
      try (Download download = new Download(other)) {
        assertThatIllegalStateException()
            .isThrownBy(() -> download.value(0))
            .withMessageContaining("start before reading");
      }
    }
  }
}
