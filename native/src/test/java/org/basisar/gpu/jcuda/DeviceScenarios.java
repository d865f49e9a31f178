package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuEvent;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuGraph;
import org.basisar.gpu.GpuKernel;
import org.basisar.gpu.GpuModule;
import org.basisar.gpu.GpuOutOfMemoryException;
import org.basisar.gpu.GpuProperties;
import org.basisar.gpu.Grid;
import org.basisar.gpu.Parameters;
import org.basisar.gpu.PinnedMemory;
import org.basisar.gpu.jcuda.StandInProgram.Bench;

/** Memory, streams, kernels and graphs on the stand-in driver. */
final class DeviceScenarios {
  private static final String PTX =
      """
      .version 7.0
      .target sm_80
      .address_size 64
      .visible .entry mixed(
        .param .u64 a, .param .u32 b, .param .f32 c, .param .u64 d, .param .f64 e
      )
      { ret; }
      """;

  private DeviceScenarios() {}

  static void addTo(Map<String, Consumer<Bench>> scenarios) {
    scenarios.put("device", DeviceScenarios::device);
    scenarios.put("nothing stays in the temporary folder", DeviceScenarios::temporaryFolder);
    scenarios.put("memory", DeviceScenarios::memory);
    scenarios.put("no memory left", DeviceScenarios::outOfMemory);
    scenarios.put("copies", DeviceScenarios::copies);
    scenarios.put("threads", DeviceScenarios::threads);
    scenarios.put("launch", DeviceScenarios::launch);
    scenarios.put("launch with attributes", DeviceScenarios::launchWithAttributes);
    scenarios.put("refused code", DeviceScenarios::refusedCode);
    scenarios.put("capture", DeviceScenarios::capture);
    scenarios.put("events", DeviceScenarios::events);
    scenarios.put("tensor map", DeviceScenarios::tensorMap);
    scenarios.put("errors of the driver", DeviceScenarios::errors);
    scenarios.put("opening fails", DeviceScenarios::openingFails);
    scenarios.put("ranges", DeviceScenarios::ranges);
  }

  private static void device(Bench bench) {
    int driver = 1000 * Integer.getInteger("standin.major");
    assertThat(bench.gpu().properties())
        .isEqualTo(new GpuProperties("stand-in 40", 9, 0, 132, 80_000_000_000L, driver));
    assertThat(StandInLibrary.driver().log())
        .contains(
            "cuInit 0",
            "cuDevicePrimaryCtxRetain 40",
            "cuCtxSetCurrent 0xc7",
            "cuDeviceGetDefaultMemPool 40",
            "cuMemPoolSetAttribute 0x9001 4 ffffffffffffffff");
    bench.gpu().synchronize();
    bench.gpu().close();
    assertThat(StandInLibrary.driver().log()).endsWith("cuDevicePrimaryCtxRelease 40");
    bench.gpu().close();
  }

  private static void temporaryFolder(Bench bench) {
    bench.gpu().solver();
    bench.gpu().dnn();
    Path temporary = Path.of(System.getProperty("java.io.tmpdir"));
    assertThat(temporary).hasFileName("temporary");
    try (Stream<Path> files = Files.list(temporary)) {
      assertThat(files.filter(file -> !file.getFileName().toString().startsWith("hsperf")))
          .isEmpty();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void memory(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    long before = driver.live();
    driver.clear();
    long address = bench.gpu().allocate(1023);
    assertThat(address % 256).isZero();
    assertThat(driver.log()).containsExactly("cuMemAllocAsync 1023", "cuStreamSynchronize");
    bench.gpu().free(address);
    assertThat(driver.live()).isEqualTo(before);
    assertThatIllegalArgumentException().isThrownBy(() -> bench.gpu().free(address));
    assertThatIllegalArgumentException().isThrownBy(() -> bench.gpu().allocate(0));
    // Left to close(), which the end of the program checks.
    bench.gpu().allocate(1);
    bench.gpu().allocatePinned(1);
    bench.gpu().newEvent();
    bench.gpu().load("mixed.ptx", PTX);
  }

  private static void outOfMemory(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    bench.gpu().allocate(2_000_000);
    driver.clear();
    driver.fail("cuMemAllocAsync", 2);
    assertThatThrownBy(() -> bench.gpu().allocate(3_000_000))
        .isInstanceOfSatisfying(
            GpuOutOfMemoryException.class,
            e -> {
              assertThat(e.requestedBytes()).isEqualTo(3_000_000);
              assertThat(e)
                  .hasMessageStartingWith(
                      "stand-in 40 has no 3.0 MB left: 5.0 of 80000.0 MB are free, this process"
                          + " holds 2.0 MB; use a smaller batch");
            });
    driver.fail("", 0);
    assertThat(driver.log())
        .containsExactly(
            "cuMemAllocAsync 3000000", "cuMemPoolTrimTo 0x9001 0", "cuMemAllocAsync 3000000");
    driver.fail("cuMemHostAlloc", 2);
    assertThatThrownBy(() -> bench.gpu().allocatePinned(64))
        .isInstanceOf(GpuOutOfMemoryException.class)
        .hasMessageContaining("page-locked");
    driver.fail("", 0);
    bench.gpu().allocate(3_000_000);
  }

  private static void copies(Bench bench) {
    Gpu gpu = bench.gpu();
    PinnedMemory pinned = gpu.allocatePinned(1023);
    MemorySegment host = pinned.segment();
    assertThat(host.byteSize()).isEqualTo(1023);
    for (int i = 0; i < 1023; i++) {
      host.set(JAVA_BYTE, i, (byte) (i * 7));
    }
    long first = gpu.allocate(1023);
    long second = gpu.allocate(1023);
    bench.stream().copyToDevice(first, host, 1023);
    bench.stream().fill(second, (byte) 9, 1023);
    bench.stream().copy(second + 11, first + 1, 33);
    host.fill((byte) 0);
    bench.stream().copyToHost(host, second, 45);
    bench.stream().synchronize();
    for (int i = 0; i < 1023; i++) {
      byte expected = i >= 45 ? 0 : i < 11 || i >= 44 ? 9 : (byte) ((i - 10) * 7);
      assertThat(host.get(JAVA_BYTE, i)).as("byte %d", i).isEqualTo(expected);
    }
    StandInLibrary.driver().clear();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.stream().copyToDevice(first, MemorySegment.ofArray(new int[4]), 4))
        .withMessageContaining("off-heap");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.stream().copyToHost(host, first, 1024));
    assertThat(StandInLibrary.driver().log()).isEmpty();
    pinned.close();
    assertThat(StandInLibrary.driver().log()).contains("cuMemFreeHost 1");
    assertThatIllegalStateException().isThrownBy(() -> host.get(JAVA_BYTE, 0));
  }

  private static void threads(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    driver.clear();
    Thread other =
        new Thread(() -> {
          bench.gpu().synchronize();
          bench.gpu().synchronize();
        });
    other.start();
    try {
      other.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    assertThat(driver.log())
        .containsExactly("cuCtxSetCurrent 0xc7", "cuCtxSynchronize", "cuCtxSynchronize");
  }

  private static Parameters parameters(GpuKernel kernel, long address) {
    return new Parameters(kernel)
        .pointer(address)
        .int32(-5)
        .float32(0.25f)
        .int64(1L << 40)
        .float64(-1.5)
        .complete();
  }

  private static void launch(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    GpuModule module = bench.gpu().load("mixed.ptx", PTX);
    GpuKernel kernel = module.kernel("mixed");
    assertThat(kernel.name()).isEqualTo("mixed");
    assertThat(driver.log())
        .contains(
            "cuModuleLoadDataEx 4: 3 4 5 6, sizes 16384 16384, " + PTX.length() + " characters",
            "cuModuleGetFunction mixed");
    driver.clear();
    kernel.allowSharedBytes(100_000);
    Grid grid = new Grid(7, 5, 3, 32, 4, 2, 99_000);
    bench.stream().launch(kernel, grid, parameters(kernel, 0xabcdef12345678L));
    assertThat(driver.log())
        .containsExactly(
            "cuFuncSetAttribute mixed 8 100000",
            "cuLaunchKernel plain",
            "launch mixed 7x5x3 32x4x2 99000: abcdef12345678 -5 0.250 1099511627776 -1.500");
    assertThatThrownBy(() -> module.kernel("other"))
        .isInstanceOf(GpuException.class)
        .hasMessage("mixed.ptx has no kernel other; it has [mixed]");
  }

  private static void launchWithAttributes(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    GpuKernel kernel = bench.gpu().load("mixed.ptx", PTX).kernel("mixed");
    driver.clear();
    CudaStream stream = (CudaStream) bench.stream();
    stream.launch(kernel, Grid.linear(8, 64).withShared(256), parameters(kernel, 16), 4, true);
    assertThat(driver.log())
        .containsExactly(
            "cuLaunchKernelEx plain 2",
            "launch mixed 8x1x1 64x1x1 256: 10 -5 0.250 1099511627776 -1.500",
            "attribute 4: 4 1 1",
            "attribute 6: 1 0 0");
    driver.clear();
    stream.launch(kernel, Grid.linear(1, 32), parameters(kernel, 16), 1, false);
    assertThat(driver.log()).first().isEqualTo("cuLaunchKernelEx plain 0");
  }

  private static void refusedCode(Bench bench) {
    assertThatThrownBy(() -> bench.gpu().load("wrong.ptx", PTX + "BROKEN"))
        .isInstanceOfSatisfying(GpuException.class, e -> assertThat(e.status()).isEqualTo(218))
        .hasMessageContaining("loading wrong.ptx failed with CUDA_ERROR_INVALID_PTX (218")
        .hasMessageContaining("newer NVIDIA driver")
        .hasMessageEndingWith("line 7; fatal: Parsing error near 'BROKEN'");
  }

  private static void capture(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    StandInLibrary cublas = StandInLibrary.of(CudaLibrary.CUBLAS);
    GpuKernel kernel = bench.gpu().load("mixed.ptx", PTX).kernel("mixed");
    long memory = bench.upload(ElementType.F32, 1, 2, 3, 4);
    Gemm.Operand square = new Gemm.Operand(memory, ElementType.F32, 2, 0);
    Gemm gemm =
        new Gemm(false, false, 2, 2, 2, 1, square, square, 0, square, 1, Gemm.Precision.FULL);
    driver.clear();
    cublas.clear();
    bench.stream().beginCapture();
    // The handle and its workspace come before the capture begins.
    assertThat(driver.log())
        .containsExactly(
            "cuMemAllocAsync " + (32 << 20), "cuStreamSynchronize", "cuStreamBeginCapture 1");
    assertThat(cublas.log())
        .containsExactly("cublasCreate", "cublasSetStream", "cublasSetWorkspace " + (32 << 20));
    driver.clear();
    bench.stream().launch(kernel, Grid.linear(1, 32), parameters(kernel, memory));
    bench.stream().fill(memory, (byte) 0, 4);
    bench.gpu().blas().gemm(bench.stream(), gemm);
    assertThat(driver.log()).noneMatch(call -> call.startsWith("cuMemAlloc"));
    assertThatThrownBy(bench.stream()::synchronize)
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED (900")
        .hasMessageContaining("during a capture");
    GpuGraph graph = bench.stream().endCapture();
    assertThat(graph.size()).isEqualTo(2);
    driver.clear();
    graph.launch(bench.stream());
    graph.launch(bench.stream());
    assertThat(driver.log()).containsExactly("cuGraphLaunch 2", "cuGraphLaunch 2");
    bench.stream().beginCapture();
    bench.stream().fill(memory, (byte) 1, 4);
    bench.stream().fill(memory, (byte) 2, 4);
    CudaGraph alike = (CudaGraph) bench.stream().endCapture();
    assertThat(((CudaGraph) graph).update(alike)).isTrue();
    bench.stream().beginCapture();
    CudaGraph empty = (CudaGraph) bench.stream().endCapture();
    assertThat(empty.size()).isZero();
    assertThat(((CudaGraph) graph).update(empty)).isFalse();
    driver.clear();
    alike.close();
    alike.close();
    assertThat(driver.log()).containsExactly("cuGraphExecDestroy", "cuGraphDestroy");
  }

  private static void events(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    GpuEvent from = bench.gpu().newEvent();
    GpuEvent to = bench.gpu().newEvent();
    bench.stream().record(from);
    bench.stream().record(to);
    bench.gpu().newStream().waitFor(to);
    to.synchronize();
    assertThat(to.millisecondsSince(from)).isEqualTo(2.5f);
    assertThat(to.isDone()).isTrue();
    driver.fail("cuEventQuery", 600);
    assertThat(to.isDone()).isFalse();
    driver.fail("cuEventQuery", 700);
    assertThatThrownBy(to::isDone).isInstanceOf(GpuException.class);
    driver.fail("", 0);
  }

  private static void tensorMap(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    driver.clear();
    TensorMap map =
        new TensorMap(
            ElementType.BF16,
            0x1000,
            List.of(113L, 31L),
            List.of(240L),
            List.of(64, 16),
            TensorMap.Swizzle.BYTES_128);
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment encoded = ((CudaGpu) bench.gpu()).encode(map, arena);
      assertThat(encoded.byteSize()).isEqualTo(128);
      assertThat(encoded.get(JAVA_BYTE, 127)).isEqualTo((byte) 0x5a);
    }
    assertThat(driver.log())
        .containsExactly(
            "cuTensorMapEncodeTiled 9 2 0x1000: 113 31, 240, 64 16, 1 1, 0 3 2 0, aligned 1");
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            new TensorMap(
                ElementType.F32, 0, List.of(4L), List.of(4L), List.of(4), TensorMap.Swizzle.NONE));
  }

  private static void errors(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    GpuKernel kernel = bench.gpu().load("mixed.ptx", PTX).kernel("mixed");
    driver.fail("cuLaunchKernel", 701);
    assertThatThrownBy(
            () -> bench.stream().launch(kernel, Grid.linear(1, 32), parameters(kernel, 0)))
        .isInstanceOfSatisfying(GpuException.class, e -> assertThat(e.status()).isEqualTo(701))
        .hasMessage(
            "the launch of mixed failed with CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES (701, said by the"
                + " driver); the launch wants more registers or shared memory than a block has");
    driver.fail("cuStreamSynchronize", 700);
    assertThatThrownBy(bench.stream()::synchronize)
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("CUDA_ERROR_ILLEGAL_ADDRESS (700, an illegal memory access")
        .hasMessageContaining("--device sim");
    driver.fail("cuLaunchKernelEx", 1);
    assertThatThrownBy(() ->
            ((CudaStream) bench.stream())
                .launch(kernel, Grid.linear(1, 32), parameters(kernel, 0), 2, false))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("CUDA_ERROR_INVALID_VALUE (1");
    driver.fail("cuMemAllocAsync", 999);
    assertThatThrownBy(() -> bench.gpu().allocate(1))
        .isExactlyInstanceOf(GpuException.class)
        .hasMessageContaining("cuMemAllocAsync failed with CUDA_ERROR_UNKNOWN (999");
    // A status that JCuda has no name for.
    driver.fail("cuMemsetD8Async", 913);
    assertThatThrownBy(() -> bench.stream().fill(0, (byte) 0, 1))
        .isInstanceOfSatisfying(GpuException.class, e -> assertThat(e.status()).isEqualTo(913));
    driver.fail("", 0);
  }

  private static void openingFails(Bench bench) {
    StandInLibrary driver = StandInLibrary.driver();
    assertThatThrownBy(() -> CudaGpus.open(3))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("there is no GPU 3: the driver shows 1");
    driver.clear();
    driver.fail("cuMemPoolSetAttribute", 801);
    assertThatThrownBy(() -> CudaGpus.open(0))
        .isInstanceOf(GpuException.class)
        .hasMessageContaining("cuMemPoolSetAttribute failed with CUDA_ERROR_NOT_SUPPORTED (801");
    driver.fail("", 0);
    assertThat(driver.log()).contains("cuDevicePrimaryCtxRelease 40");
    // The context of this thread was put away by that; the next use sets it again.
    bench.gpu().synchronize();
    assertThat(driver.log()).endsWith("cuCtxSetCurrent 0xc7", "cuCtxSynchronize");
  }

  private static void ranges(Bench bench) {
    GpuKernel kernel = bench.gpu().load("mixed.ptx", PTX).kernel("mixed");
    bench.stream().launch(kernel, Grid.linear(1, 32), parameters(kernel, 0));
    if (Boolean.getBoolean("bar.nvtx")) {
      assertThat(Nvtx.enabled()).isTrue();
      assertThat(StandInLibrary.nvtx().log()).endsWith("push mixed", "pop");
    } else {
      assertThat(Nvtx.enabled()).isFalse();
      assertThat(StandInLibrary.nvtx().log()).isEmpty();
    }
  }
}
