package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuStream;

/** Runs in a JVM of its own, in which the stand-ins are NVIDIA's libraries. */
final class StandInProgram {
  static final String PASSED = "passed: ";

  private StandInProgram() {}

  /** A GPU with one stream, and arrays on it. */
  record Bench(Gpu gpu, GpuStream stream) {

    /** A device array with these values, rounded to the type. */
    long upload(ElementType type, double... values) {
      long address = gpu.allocate(Math.max(1, (long) values.length * type.bytes()));
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment host = arena.allocate(Math.max(1, (long) values.length * type.bytes()), 8);
        for (int i = 0; i < values.length; i++) {
          switch (type) {
            case F64 -> host.setAtIndex(JAVA_DOUBLE, i, values[i]);
            case F32 -> host.setAtIndex(JAVA_FLOAT, i, (float) values[i]);
            case BF16 ->
                host.setAtIndex(
                    JAVA_SHORT, i, (short) (Float.floatToRawIntBits((float) values[i]) >>> 16));
            case I32, U8 -> throw new IllegalArgumentException(type.toString());
          }
        }
        stream.copyToDevice(address, host, (long) values.length * type.bytes());
        stream.synchronize();
      }
      return address;
    }

    double[] download(ElementType type, long address, int count) {
      double[] values = new double[count];
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment host = arena.allocate(Math.max(1, (long) count * type.bytes()), 8);
        stream.copyToHost(host, address, (long) count * type.bytes());
        stream.synchronize();
        for (int i = 0; i < count; i++) {
          values[i] =
              switch (type) {
                case F64 -> host.getAtIndex(JAVA_DOUBLE, i);
                case F32 -> host.getAtIndex(JAVA_FLOAT, i);
                case BF16 ->
                    Float.intBitsToFloat(Short.toUnsignedInt(host.getAtIndex(JAVA_SHORT, i)) << 16);
                case I32, U8 -> host.get(JAVA_BYTE, i);
              };
        }
      }
      return values;
    }
  }

  /** Whole numbers, so that every type holds them and their products exactly. */
  static double[] wholeNumbers(long seed, int count) {
    Random random = new Random(seed);
    return random.ints(count, -3, 4).asDoubleStream().toArray();
  }

  static double[] gaussian(long seed, int count) {
    Random random = new Random(seed);
    double[] values = new double[count];
    for (int i = 0; i < count; i++) {
      values[i] = random.nextGaussian();
    }
    return values;
  }

  /** Runs every scenario, and says of each on a line how it went. */
  public static void main(String[] arguments) {
    Map<String, Consumer<Bench>> scenarios = new LinkedHashMap<>();
    DeviceScenarios.addTo(scenarios);
    LibraryScenarios.addTo(scenarios);
    boolean failed = false;
    for (Map.Entry<String, Consumer<Bench>> scenario : scenarios.entrySet()) {
      try (Gpu gpu = CudaGpus.open(0)) {
        scenario.getValue().accept(new Bench(gpu, gpu.newStream()));
        System.out.println(PASSED + scenario.getKey());
      } catch (AssertionError | RuntimeException | LinkageError e) {
        failed = true;
        StringWriter trace = new StringWriter();
        e.printStackTrace(new PrintWriter(trace));
        System.out.println("FAILED " + scenario.getKey() + ": " + trace);
      }
    }
    if (StandInLibrary.driver().live() != 0) {
      System.out.println("FAILED: the driver still holds " + StandInLibrary.driver().live());
      failed = true;
    }
    System.exit(failed ? 1 : 0);
  }
}
