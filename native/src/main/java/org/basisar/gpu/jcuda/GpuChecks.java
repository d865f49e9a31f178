package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Supplier;
import org.basisar.gpu.Convolution;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.FusedBlas;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;

/**
 * Tries what the engine needs of a GPU, from the plainest to the most special, each against the
 * same computed here: what to run first on a machine whose driver and libraries are new to us.
 */
public final class GpuChecks {
  private static final int SIZE = 32;

  private static final String INCREMENT =
      """
      .version 7.0
      .target sm_80
      .address_size 64
      .visible .entry increment(.param .u64 data, .param .u32 count)
      {
        .reg .pred %p<2>;
        .reg .b32 %r<6>;
        .reg .b64 %rd<4>;
        .reg .f32 %f<3>;
        ld.param.u64 %rd1, [data];
        ld.param.u32 %r1, [count];
        mov.u32 %r2, %ctaid.x;
        mov.u32 %r3, %ntid.x;
        mov.u32 %r4, %tid.x;
        mad.lo.s32 %r5, %r2, %r3, %r4;
        setp.ge.u32 %p1, %r5, %r1;
        @%p1 bra DONE;
        cvta.to.global.u64 %rd2, %rd1;
        mul.wide.u32 %rd3, %r5, 4;
        add.s64 %rd2, %rd2, %rd3;
        ld.global.f32 %f1, [%rd2];
        add.f32 %f2, %f1, 0f3F800000;
        st.global.f32 [%rd2], %f2;
      DONE:
        ret;
      }
      """;

  /**
   * How something went.
   *
   * @param name what was tried
   * @param passed whether it worked and gave the right numbers
   * @param detail the error that was left, or what went wrong
   */
  public record Check(String name, boolean passed, String detail) {}

  private final Gpu gpu;
  private final GpuStream stream;
  private final List<Check> checks = new ArrayList<>();
  private final List<Long> blocks = new ArrayList<>();
  private boolean absent;

  private GpuChecks(Gpu gpu) {
    this.gpu = gpu;
    this.stream = gpu.newStream();
  }

  /** Tries everything; what fails is reported, not thrown. */
  public static List<Check> run(Gpu gpu) {
    GpuChecks all = new GpuChecks(gpu);
    try {
      all.run();
    } finally {
      // After a kernel fault the first of these throws, and the device is lost anyway.
      try {
        all.stream.synchronize();
        all.blocks.forEach(gpu::free);
        all.stream.close();
      } catch (GpuException e) {
        all.checks.add(new Check("release", false, String.valueOf(e.getMessage())));
      }
    }
    return List.copyOf(all.checks);
  }

  private void run() {
    float[] a = numbers(1);
    float[] b = numbers(2);
    float[] product = multiply(a, b);
    check("product f32", 1e-5, () -> product(a, b, ElementType.F32, Gemm.Precision.FULL, product));
    check("product tf32", 1e-5, () -> product(a, b, ElementType.F32, Gemm.Precision.TF32, product));
    check(
        "product bf16", 1e-5, () -> product(a, b, ElementType.BF16, Gemm.Precision.FULL, product));
    check("singular values", 1e-3, () -> singularValues(a));
    check("eigenvalues", 1e-3, () -> eigenvalues(a));
    check("linear system", 1e-2, () -> linearSystem(a, b));
    checkIfThere("convolution", 1e-4, this::convolution);
    check("kernel", 0, () -> kernel(false));
    check("graph", 1e-4, () -> graph(a, b, product));
    checkIfThere("product with bias", 1e-2, () -> fused(a, b, product));
    if (gpu instanceof CudaGpu cuda && gpu.properties().computeMajor() >= 9) {
      check("kernel in clusters", 0, () -> kernel(true));
      check("tensor map", 0, () -> tensorMap(cuda));
    }
  }

  /** Runs one; it returns the largest error. */
  private void check(String name, double allowed, Supplier<Double> body) {
    try {
      double error = body.get();
      checks.add(
          new Check(
              name,
              error <= allowed,
              String.format(Locale.ROOT, "largest error %.2g, allowed %.2g", error, allowed)));
      absent = false;
    } catch (GpuException e) {
      // What a library answered has a number; what was never asked has none.
      absent = e.status() == 0;
      checks.add(new Check(name, false, String.valueOf(e.getMessage())));
    }
  }

  /** Runs one that the engine can do without: that nothing is there for it is no failure. */
  private void checkIfThere(String name, double allowed, Supplier<Double> body) {
    check(name, allowed, body);
    if (absent) {
      Check last = checks.removeLast();
      checks.add(new Check(name, true, "left out: " + last.detail()));
    }
  }

  /** Numbers that BF16 and TF32 hold exactly, so that every precision must find the same. */
  private static float[] numbers(long seed) {
    Random random = new Random(seed);
    float[] values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      float value = (float) random.nextGaussian() / 4 + (i % (SIZE + 1) == 0 ? 2 : 0);
      values[i] = Float.intBitsToFloat(Float.floatToRawIntBits(value) & 0xffff0000);
    }
    return values;
  }

  private static float[] multiply(float[] a, float[] b) {
    float[] c = new float[SIZE * SIZE];
    for (int i = 0; i < SIZE; i++) {
      for (int j = 0; j < SIZE; j++) {
        double sum = 0;
        for (int k = 0; k < SIZE; k++) {
          sum += (double) a[i * SIZE + k] * b[k * SIZE + j];
        }
        c[i * SIZE + j] = (float) sum;
      }
    }
    return c;
  }

  private static double difference(float[] found, float[] expected) {
    double largest = 0;
    for (int i = 0; i < expected.length; i++) {
      double error = Math.abs(found[i] - expected[i]);
      // A value that is not a number is as wrong as can be.
      largest = Math.max(largest, Double.isNaN(error) ? Double.POSITIVE_INFINITY : error);
    }
    return largest;
  }

  private long allocate(long bytes) {
    long block = gpu.allocate(bytes);
    blocks.add(block);
    return block;
  }

  private long upload(ElementType type, float... values) {
    long bytes = (long) values.length * type.bytes();
    long address = allocate(bytes);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(bytes, 8);
      for (int i = 0; i < values.length; i++) {
        if (type == ElementType.BF16) {
          host.setAtIndex(JAVA_SHORT, i, (short) (Float.floatToRawIntBits(values[i]) >>> 16));
        } else {
          host.setAtIndex(JAVA_FLOAT, i, values[i]);
        }
      }
      stream.copyToDevice(address, host, bytes);
      stream.synchronize();
    }
    return address;
  }

  private float[] download(long address, int count) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment host = arena.allocate(4L * count, 8);
      stream.copyToHost(host, address, 4L * count);
      stream.synchronize();
      return host.toArray(JAVA_FLOAT);
    }
  }

  private static Gemm.Operand square(long address, ElementType type) {
    return new Gemm.Operand(address, type, SIZE, 0);
  }

  private static Gemm gemm(long a, long b, long c, ElementType operands, Gemm.Precision precision) {
    return new Gemm(
        false,
        false,
        SIZE,
        SIZE,
        SIZE,
        1,
        square(a, operands),
        square(b, operands),
        0,
        square(c, ElementType.F32),
        1,
        precision);
  }

  private double product(
      float[] a, float[] b, ElementType type, Gemm.Precision precision, float[] expected) {
    long c = allocate(4L * a.length);
    gpu.blas().gemm(stream, gemm(upload(type, a), upload(type, b), c, type, precision));
    return difference(download(c, a.length), expected);
  }

  private double singularValues(float[] a) {
    long values = allocate(4L * SIZE);
    long u = allocate(4L * a.length);
    long vTransposed = allocate(4L * a.length);
    gpu.solver()
        .svd(stream, ElementType.F32, SIZE, upload(ElementType.F32, a), values, u, vTransposed);
    float[] s = download(values, SIZE);
    float[] right = download(vTransposed, a.length);
    for (int i = 0; i < right.length; i++) {
      right[i] *= s[i / SIZE];
    }
    return difference(multiply(download(u, a.length), right), a);
  }

  private double eigenvalues(float[] a) {
    float[] symmetric = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      symmetric[i] = a[i] + a[i % SIZE * SIZE + i / SIZE];
    }
    long matrix = upload(ElementType.F32, symmetric);
    long values = allocate(4L * SIZE);
    gpu.solver().symmetricEigen(stream, ElementType.F32, SIZE, matrix, values);
    float[] vectors = download(matrix, a.length);
    float[] w = download(values, SIZE);
    float[] scaled = new float[a.length];
    for (int i = 0; i < a.length; i++) {
      scaled[i] = vectors[i] * w[i / SIZE];
    }
    // Rows are vectors v with A·v = w·v, and A is symmetric.
    return difference(multiply(vectors, symmetric), scaled);
  }

  private double linearSystem(float[] a, float[] x) {
    long right = upload(ElementType.F32, multiply(a, x));
    gpu.solver().solve(stream, ElementType.F32, SIZE, SIZE, upload(ElementType.F32, a), right);
    return difference(download(right, x.length), x);
  }

  /** A filter of one element scales; its gradient is a sum. */
  private double convolution() {
    Convolution shape = new Convolution(ElementType.F32, 1, 1, SIZE, SIZE, 1, 1, 1, 0, 1, 1);
    float[] image = numbers(3);
    long input = upload(ElementType.F32, image);
    long filter = upload(ElementType.F32, 0.5f);
    long output = allocate(4L * image.length);
    gpu.dnn().forward(stream, shape, input, filter, output);
    float[] half = new float[image.length];
    double squares = 0;
    for (int i = 0; i < image.length; i++) {
      half[i] = image[i] / 2;
      squares += (double) image[i] * image[i];
    }
    double error = difference(download(output, image.length), half);
    gpu.dnn().backwardData(stream, shape, filter, input, output);
    error = Math.max(error, difference(download(output, image.length), half));
    long gradient = allocate(4);
    gpu.dnn().backwardFilter(stream, shape, input, input, gradient);
    return Math.max(error, Math.abs(download(gradient, 1)[0] / squares - 1));
  }

  private double kernel(boolean clusters) {
    float[] values = numbers(4);
    long data = upload(ElementType.F32, values);
    GpuKernel kernel = gpu.load("increment.ptx", INCREMENT).kernel("increment");
    Parameters parameters = new Parameters(kernel).pointer(data).int32(values.length).complete();
    Grid grid = Grid.linear(8, 128);
    if (clusters) {
      ((CudaStream) stream).launch(kernel, grid, parameters, 2, false);
    } else {
      stream.launch(kernel, grid, parameters);
    }
    float[] expected = values.clone();
    for (int i = 0; i < expected.length; i++) {
      expected[i] += 1;
    }
    return difference(download(data, values.length), expected);
  }

  /** A captured product, replayed on other numbers. */
  private double graph(float[] a, float[] b, float[] expected) {
    long left = upload(ElementType.F32, new float[a.length]);
    long right = upload(ElementType.F32, b);
    long result = allocate(4L * a.length);
    long copy = allocate(4L * a.length);
    stream.beginCapture();
    gpu.blas().gemm(stream, gemm(left, right, result, ElementType.F32, Gemm.Precision.FULL));
    stream.copy(copy, result, 4L * a.length);
    try (GpuGraph graph = stream.endCapture()) {
      graph.launch(stream);
      long numbers = upload(ElementType.F32, a);
      stream.copy(left, numbers, 4L * a.length);
      graph.launch(stream);
      return difference(download(copy, a.length), expected);
    }
  }

  private double fused(float[] a, float[] b, float[] product) {
    Optional<FusedBlas> fused = gpu.fusedBlas();
    if (fused.isEmpty()) {
      throw new GpuException("this device adds a bias in a kernel of its own", 0);
    }
    float[] bias = Arrays.copyOf(a, SIZE);
    long c = allocate(4L * a.length);
    long left = upload(ElementType.F32, a);
    long right = upload(ElementType.F32, b);
    fused
        .get()
        .gemm(
            stream,
            gemm(left, right, c, ElementType.F32, Gemm.Precision.TF32),
            FusedBlas.Epilogue.BIAS_GELU,
            upload(ElementType.F32, bias));
    float[] expected = new float[a.length];
    for (int i = 0; i < expected.length; i++) {
      double x = product[i] + bias[i % SIZE];
      expected[i] =
          (float) (0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x))));
    }
    return difference(download(c, a.length), expected);
  }

  private double tensorMap(CudaGpu cuda) {
    TensorMap map =
        new TensorMap(
            ElementType.F32,
            allocate(4L * SIZE * SIZE),
            List.of((long) SIZE, (long) SIZE),
            List.of(4L * SIZE),
            List.of(SIZE, 8),
            TensorMap.Swizzle.BYTES_128);
    try (Arena arena = Arena.ofConfined()) {
      cuda.encode(map, arena);
    }
    return 0;
  }
}
