package org.basisar.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import java.util.Random;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.sim.SimulatedGpu;

/** A simulated device with what a launcher test needs: arrays to it and back, and launches. */
public final class DeviceData implements AutoCloseable {
  private final Gpu gpu;
  private final GpuStream stream;
  private final KernelLibrary library;

  /** An ordinary simulated device. */
  public DeviceData() {
    this(SimulatedGpu.create());
  }

  /** This device, which will be closed. */
  public DeviceData(Gpu gpu) {
    this.gpu = gpu;
    this.stream = gpu.newStream();
    this.library = new KernelLibrary(gpu);
  }

  /** The kernels on this device. */
  public KernelLibrary library() {
    return library;
  }

  /** Uninitialised memory. */
  public long empty(ElementType type, int count) {
    return gpu.allocate(Math.max(1, (long) count * type.bytes()));
  }

  /** Uninitialised memory that starts one element behind a multiple of 16 bytes. */
  public long shifted(ElementType type, int count) {
    return empty(type, count + 1) + type.bytes();
  }

  /** Numbers that {@code type} holds exactly, see {@link Rounding#stored}. */
  public long of(ElementType type, double... values) {
    long address = empty(type, values.length);
    write(type, address, values);
    return address;
  }

  /** The same, one element behind a multiple of 16 bytes. */
  public long shiftedOf(ElementType type, double... values) {
    long address = shifted(type, values.length);
    write(type, address, values);
    return address;
  }

  private void write(ElementType type, long address, double... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(Math.max(1, (long) values.length * type.bytes()), 8);
      for (int i = 0; i < values.length; i++) {
        switch (type) {
          case F32 -> host.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) values[i]);
          case BF16 -> host.setAtIndex(ValueLayout.JAVA_SHORT, i, bf16((float) values[i]));
          case I32 -> host.setAtIndex(ValueLayout.JAVA_INT, i, (int) values[i]);
          case F64 -> host.setAtIndex(ValueLayout.JAVA_DOUBLE, i, values[i]);
          case U8 -> host.set(ValueLayout.JAVA_BYTE, i, (byte) (int) values[i]);
        }
      }
      stream.copyToDevice(address, host, (long) values.length * type.bytes());
      stream.synchronize();
    }
  }

  private static short bf16(float value) {
    return (short) (Float.floatToRawIntBits(value) >>> 16);
  }

  /** The numbers at an address. */
  public double[] read(ElementType type, long address, int count) {
    double[] values = new double[count];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(Math.max(1, (long) count * type.bytes()), 8);
      stream.copyToHost(host, address, (long) count * type.bytes());
      stream.synchronize();
      for (int i = 0; i < count; i++) {
        values[i] =
            switch (type) {
              case F32 -> host.getAtIndex(ValueLayout.JAVA_FLOAT, i);
              case BF16 -> Float.intBitsToFloat(host.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
              case I32 -> host.getAtIndex(ValueLayout.JAVA_INT, i);
              case F64 -> host.getAtIndex(ValueLayout.JAVA_DOUBLE, i);
              case U8 -> host.get(ValueLayout.JAVA_BYTE, i) & 0xff;
            };
      }
    }
    return values;
  }

  /** Runs launches in order. */
  public void run(KernelLaunch... launches) {
    for (KernelLaunch launch : launches) {
      launch.run(stream);
    }
    stream.synchronize();
  }

  /** Runs launches in order. */
  public void run(List<KernelLaunch> launches) {
    run(launches.toArray(new KernelLaunch[0]));
  }

  /** Normal numbers that {@code type} holds exactly. */
  public static double[] normal(ElementType type, long seed, int count) {
    Random random = new Random(seed);
    Rounding rounding = Rounding.of(type);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = rounding.stored(random.nextGaussian());
    }
    return values;
  }

  @Override
  public void close() {
    library.close();
    stream.close();
    gpu.close();
  }
}
