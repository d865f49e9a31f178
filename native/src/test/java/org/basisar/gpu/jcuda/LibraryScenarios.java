package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.basisar.gpu.Convolution;
import org.basisar.gpu.Dnn;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.FusedBlas.Epilogue;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.jcuda.StandInProgram.Bench;

/**
 * Products and convolutions. The stand-ins compute as the real libraries do, column-major; results
 * are compared with plain row-major loops.
 */
final class LibraryScenarios {
  private static final List<ElementType> FLOATS =
      List.of(ElementType.F32, ElementType.F64, ElementType.BF16);

  private LibraryScenarios() {}

  static void addTo(Map<String, Consumer<Bench>> scenarios) {
    scenarios.put("products", LibraryScenarios::products);
    scenarios.put("order of a product's arguments", LibraryScenarios::argumentOrder);
    scenarios.put("fused products", LibraryScenarios::fusedProducts);
    scenarios.put("alignment of fused products", LibraryScenarios::alignment);
    SolverScenarios.addTo(scenarios);
    scenarios.put("convolutions", LibraryScenarios::convolutions);
    scenarios.put("errors of the libraries", LibraryScenarios::errors);
    scenarios.put("versions", LibraryScenarios::versions);
    scenarios.put("checks", LibraryScenarios::checks);
    scenarios.put("closing", LibraryScenarios::closing);
  }

  /** A row-major product in doubles. */
  private static double[] multiply(
      Gemm g, double[] a, double[] b, double[] c, int aOffset, int bOffset, int cOffset) {
    double[] result = c.clone();
    for (int q = 0; q < g.batch(); q++) {
      for (int i = 0; i < g.m(); i++) {
        for (int j = 0; j < g.n(); j++) {
          double sum = 0;
          for (int l = 0; l < g.k(); l++) {
            int atA = g.transposeA() ? l * g.a().rowStride() + i : i * g.a().rowStride() + l;
            int atB = g.transposeB() ? j * g.b().rowStride() + l : l * g.b().rowStride() + j;
            sum +=
                a[aOffset + q * (int) g.a().batchStride() + atA]
                    * b[bOffset + q * (int) g.b().batchStride() + atB];
          }
          int atC = cOffset + q * (int) g.c().batchStride() + i * g.c().rowStride() + j;
          result[atC] = g.alpha() * sum + g.beta() * c[atC];
        }
      }
    }
    return result;
  }

  private static void products(Bench bench) {
    for (ElementType type : FLOATS) {
      for (int[] shape : new int[][] {{1, 1, 1}, {3, 5, 7}, {31, 2, 33}, {4, 6, 0}, {0, 3, 2}}) {
        for (int bits = 0; bits < 8; bits++) {
          product(bench, type, shape, (bits & 1) != 0, (bits & 2) != 0, (bits & 4) != 0 ? 3 : 1);
        }
      }
    }
  }

  private static void product(
      Bench bench, ElementType type, int[] shape, boolean ta, boolean tb, int batch) {
    int m = shape[0];
    int n = shape[1];
    int k = shape[2];
    // Rows longer than the matrix, as those of a slice.
    int rowA = (ta ? m : k) + 2;
    int rowB = (tb ? k : n) + 1;
    int rowC = n + 3;
    int strideA = (ta ? k : m) * rowA;
    int strideC = m * rowC + 5;
    double[] a = StandInProgram.wholeNumbers(1, Math.max(1, batch * strideA));
    // One right operand for the whole batch.
    double[] b = StandInProgram.wholeNumbers(2, Math.max(1, (tb ? n : k) * rowB));
    double[] c = StandInProgram.wholeNumbers(3, Math.max(1, batch * strideC));
    long deviceC = bench.upload(type, c);
    Gemm gemm =
        new Gemm(
            ta,
            tb,
            m,
            n,
            k,
            0.5f,
            new Gemm.Operand(bench.upload(type, a), type, rowA, strideA),
            new Gemm.Operand(bench.upload(type, b), type, rowB, 0),
            2,
            new Gemm.Operand(deviceC, type, rowC, strideC),
            batch,
            Gemm.Precision.FULL);
    bench.gpu().blas().gemm(bench.stream(), gemm);
    double[] expected = multiply(gemm, a, b, c, 0, 0, 0);
    assertThat(bench.download(type, deviceC, c.length))
        .as("%s, transposed %s %s, batch %d, %s", type, ta, tb, batch, Arrays.toString(shape))
        .containsExactly(expected, within(type == ElementType.BF16 ? 0.5 : 0));
  }

  private static void argumentOrder(Bench bench) {
    StandInLibrary cublas = StandInLibrary.of(CudaLibrary.CUBLAS);
    long memory = bench.gpu().allocate(1 << 16);
    Gemm.Operand a = new Gemm.Operand(memory, ElementType.BF16, 44, 100);
    Gemm.Operand b = new Gemm.Operand(memory, ElementType.BF16, 55, 200);
    Gemm.Operand c = new Gemm.Operand(memory, ElementType.F32, 66, 300);
    Gemm gemm = new Gemm(true, false, 11, 22, 33, 1.5f, a, b, 0.25f, c, 7, Gemm.Precision.FULL);
    bench.gpu().blas().gemm(bench.stream(), gemm);
    assertThat(cublas.log())
        .endsWith(
            "cublasGemmStridedBatchedEx 0 1 22 11 33, 1.50 14 55 200, 14 44 100, 0.25 0 66 300, 7"
                + " 68 -1");
    Gemm.Operand single = new Gemm.Operand(memory, ElementType.F32, 40, 0);
    bench
        .gpu()
        .blas()
        .gemm(
            bench.stream(),
            new Gemm(false, true, 2, 3, 4, 1, single, single, 0, single, 1, Gemm.Precision.TF32));
    assertThat(cublas.log()).endsWith("cublasGemmEx 1 0 3 2 4, 1.00 0 40, 0 40, 0.00 0 40, 77 -1");
    Gemm mixed = new Gemm(false, false, 1, 1, 1, 1, a, single, 0, c, 1, Gemm.Precision.FULL);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> bench.gpu().blas().gemm(bench.stream(), mixed))
        .withMessageContaining("BF16 and F32");
  }

  private static double gelu(double x) {
    return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));
  }

  private static void fusedProducts(Bench bench) {
    int m = 5;
    int n = 3;
    int k = 7;
    for (int bits = 0; bits < 16; bits++) {
      boolean ta = (bits & 1) != 0;
      boolean tb = (bits & 2) != 0;
      int batch = (bits & 4) != 0 ? 2 : 1;
      Epilogue epilogue = (bits & 8) != 0 ? Epilogue.BIAS_GELU : Epilogue.BIAS;
      double[] a = StandInProgram.wholeNumbers(4, batch * m * k);
      double[] b = StandInProgram.wholeNumbers(5, batch * k * n);
      double[] bias = StandInProgram.wholeNumbers(6, n);
      long c = bench.gpu().allocate((long) batch * m * n * 4);
      ElementType type = ElementType.F32;
      Gemm gemm =
          new Gemm(
              ta,
              tb,
              m,
              n,
              k,
              0.125f,
              new Gemm.Operand(bench.upload(type, a), type, ta ? m : k, (long) m * k),
              new Gemm.Operand(bench.upload(type, b), type, tb ? k : n, (long) k * n),
              0,
              new Gemm.Operand(c, type, n, (long) m * n),
              batch,
              Gemm.Precision.TF32);
      long deviceBias = bench.upload(type, bias);
      StandInLibrary library = StandInLibrary.of(CudaLibrary.CUBLAS_LT);
      for (int round = 0; round < 2; round++) {
        library.clear();
        bench.gpu().fusedBlas().orElseThrow().gemm(bench.stream(), gemm, epilogue, deviceBias);
        // The second time the plan is there.
        assertThat(library.log().contains("cublasLtMatmulAlgoGetHeuristic 1 " + (32 << 20)))
            .isEqualTo(round == 0);
      }
      double[] expected = multiply(gemm, a, b, new double[batch * m * n], 0, 0, 0);
      for (int i = 0; i < expected.length; i++) {
        double sum = expected[i] + bias[i % n];
        expected[i] = epilogue == Epilogue.BIAS ? sum : gelu(sum);
      }
      assertThat(bench.download(type, c, batch * m * n))
          .as("transposed %s %s, batch %d, %s", ta, tb, batch, epilogue)
          .containsExactly(expected, within(1e-6));
    }
  }

  /** Another address that is a multiple of less must not get an algorithm that needs more. */
  private static void alignment(Bench bench) {
    StandInLibrary library = StandInLibrary.of(CudaLibrary.CUBLAS_LT);
    long memory = bench.gpu().allocate(4096);
    for (long offset : new long[] {0, 256, 16, 272}) {
      library.clear();
      Gemm.Operand operand = new Gemm.Operand(memory + offset, ElementType.BF16, 8, 0);
      Gemm.Operand result = new Gemm.Operand(memory + 1024, ElementType.BF16, 8, 0);
      Gemm gemm =
          new Gemm(false, true, 2, 4, 8, 1, operand, operand, 0, result, 1, Gemm.Precision.FULL);
      bench
          .gpu()
          .fusedBlas()
          .orElseThrow()
          .gemm(bench.stream(), gemm, Epilogue.BIAS, memory + 2048);
      List<String> chosen =
          library.log().stream().filter(call -> call.startsWith("alignment")).toList();
      if (offset == 0) {
        assertThat(chosen)
            .containsExactly(
                "alignment 5: 256", "alignment 6: 256", "alignment 7: 256", "alignment 8: 256");
      } else if (offset == 16) {
        assertThat(chosen)
            .containsExactly(
                "alignment 5: 16", "alignment 6: 16", "alignment 7: 256", "alignment 8: 256");
      } else {
        // The algorithm of the one before serves again.
        assertThat(chosen).isEmpty();
      }
    }
  }

  private static void convolutions(Bench bench) {
    Dnn dnn = bench.gpu().dnn();
    for (ElementType type : List.of(ElementType.F32, ElementType.BF16)) {
      Convolution shape = new Convolution(type, 2, 4, 5, 7, 6, 3, 2, 1, 2, 2);
      assertThat(shape.outputHeight()).isEqualTo(3);
      assertThat(shape.outputWidth()).isEqualTo(4);
      double[] x = StandInProgram.wholeNumbers(50, 2 * 4 * 5 * 7);
      double[] w = StandInProgram.wholeNumbers(51, 6 * 2 * 3 * 2);
      double[] y = StandInProgram.wholeNumbers(52, 2 * 6 * 3 * 4);
      double[] forward = new double[y.length];
      double[] toInput = new double[x.length];
      double[] toFilter = new double[w.length];
      for (int i = 0; i < y.length * w.length / 6; i++) {
        int at = i / (w.length / 6);
        int channel = at / 12 % 6;
        int inGroup = i % (w.length / 6);
        int row = at / 4 % 3 * 2 - 1 + inGroup / 2 % 3;
        int column = at % 4 * 2 - 1 + inGroup % 2;
        if (row >= 0 && row < 5 && column >= 0 && column < 7) {
          int atX = ((at / 72 * 4 + channel / 3 * 2 + inGroup / 6) * 5 + row) * 7 + column;
          int atW = channel * (w.length / 6) + inGroup;
          forward[at] += x[atX] * w[atW];
          toInput[atX] += y[at] * w[atW];
          toFilter[atW] += y[at] * x[atX];
        }
      }
      long input = bench.upload(type, x);
      long filter = bench.upload(type, w);
      long gradient = bench.upload(type, y);
      long output = bench.upload(type, new double[y.length]);
      long inputGradient = bench.upload(type, new double[x.length]);
      long filterGradient = bench.upload(type, new double[w.length]);
      StandInLibrary.of(CudaLibrary.CUDNN).clear();
      dnn.forward(bench.stream(), shape, input, filter, output);
      assertThat(StandInLibrary.of(CudaLibrary.CUDNN).log())
          .contains(
              "cudnnSetConvolution2dDescriptor 1 1 2 2 1 1 1 0",
              // F32 stays F32, and is not rounded to TF32.
              "cudnnSetConvolutionMathType " + (type == ElementType.F32 ? 3 : 1),
              "cudnnConvolutionForward 100");
      dnn.backwardData(bench.stream(), shape, filter, gradient, inputGradient);
      dnn.backwardFilter(bench.stream(), shape, input, gradient, filterGradient);
      assertThat(bench.download(type, output, y.length)).containsExactly(forward);
      assertThat(bench.download(type, inputGradient, x.length)).containsExactly(toInput);
      assertThat(bench.download(type, filterGradient, w.length)).containsExactly(toFilter);
    }
  }

  /** Which library, which of its functions fails with what, and how the message begins. */
  private record Failure(
      CudaLibrary library, String function, int status, String start, Consumer<Bench> use) {}

  private static void errors(Bench bench) {
    long memory = bench.upload(ElementType.F32, 4, 1, 1, 4);
    Gemm.Operand square = new Gemm.Operand(memory, ElementType.F32, 2, 4);
    Gemm one =
        new Gemm(false, false, 2, 2, 2, 1, square, square, 0, square, 1, Gemm.Precision.FULL);
    Gemm two =
        new Gemm(false, false, 1, 1, 1, 1, square, square, 0, square, 2, Gemm.Precision.FULL);
    Convolution shape = new Convolution(ElementType.F32, 1, 1, 2, 2, 1, 1, 1, 0, 1, 1);
    Convolution other = new Convolution(ElementType.F32, 1, 1, 2, 2, 1, 2, 2, 0, 1, 1);
    ElementType f32 = ElementType.F32;
    List<Failure> failures =
        List.of(
            new Failure(
                CudaLibrary.CUBLAS,
                "cublasCreate_v2",
                1,
                "cublasCreate failed with CUBLAS_STATUS_NOT_INITIALIZED (1, said by cuBLAS); the"
                    + " library could not be initialised",
                b -> b.gpu().blas().gemm(b.gpu().newStream(), one)),
            new Failure(
                CudaLibrary.CUBLAS,
                "cublasGemmEx",
                15,
                "cublasGemmEx failed with CUBLAS_STATUS_NOT_SUPPORTED (15, said by cuBLAS); the"
                    + " library has no such product",
                b -> b.gpu().blas().gemm(b.stream(), one)),
            new Failure(
                CudaLibrary.CUBLAS,
                "cublasGemmStridedBatchedEx",
                13,
                "cublasGemmStridedBatchedEx failed with CUBLAS_STATUS_EXECUTION_FAILED (13",
                b -> b.gpu().blas().gemm(b.stream(), two)),
            new Failure(
                CudaLibrary.CUBLAS_LT,
                "cublasLtMatmul",
                13,
                "cublasLtMatmul failed with CUBLAS_STATUS_EXECUTION_FAILED (13",
                b ->
                    b.gpu().fusedBlas().orElseThrow().gemm(b.stream(), one, Epilogue.BIAS, memory)),
            new Failure(
                CudaLibrary.CUBLAS_LT,
                "cublasLtMatmulAlgoGetHeuristic",
                15,
                "cublasLtMatmulAlgoGetHeuristic failed with CUBLAS_STATUS_NOT_SUPPORTED (15",
                b ->
                    b.gpu()
                        .fusedBlas()
                        .orElseThrow()
                        .gemm(b.stream(), two, Epilogue.BIAS_GELU, memory)),
            new Failure(
                CudaLibrary.CUSOLVER,
                "cusolverDnSgetrf",
                6,
                "cusolverDnGetrf failed with CUSOLVER_STATUS_EXECUTION_FAILED (6); run bar doctor",
                b -> b.gpu().solver().solve(b.stream(), f32, 2, 1, memory, memory)),
            new Failure(
                CudaLibrary.CUSOLVER,
                "cusolverDnSsyevd",
                2,
                "cusolverDnSyevd failed with CUSOLVER_STATUS_ALLOC_FAILED (2); use a smaller",
                b -> b.gpu().solver().symmetricEigen(b.stream(), f32, 2, memory, memory)),
            new Failure(
                CudaLibrary.CUDNN,
                "cudnnConvolutionForward",
                3000,
                "cudnnConvolutionForward failed with status (3000, CUDNN_STATUS_NOT_SUPPORTED); the"
                    + " library has no such convolution",
                b -> b.gpu().dnn().forward(b.stream(), shape, memory, memory, memory)),
            new Failure(
                CudaLibrary.CUDNN,
                "cudnnGetConvolutionForwardAlgorithm_v7",
                1001,
                "cudnnGetConvolutionForwardAlgorithm failed with status (1001, said by cuDNN);"
                    + " check that cuDNN 9 fits",
                b -> b.gpu().dnn().forward(b.stream(), other, memory, memory, memory)));
    for (Failure failure : failures) {
      StandInLibrary library = StandInLibrary.of(failure.library());
      library.fail(failure.function(), failure.status());
      try {
        assertThatThrownBy(() -> failure.use().accept(bench))
            .isInstanceOfSatisfying(
                GpuException.class, e -> assertThat(e.status()).isEqualTo(failure.status()))
            .hasMessageStartingWith(failure.start());
      } finally {
        library.fail("", 0);
      }
    }
    // And all goes on.
    bench.gpu().blas().gemm(bench.stream(), one);
    bench.gpu().solver().solve(bench.stream(), f32, 1, 1, memory, memory);
  }

  private static void versions(Bench bench) {
    assertThat(bench.gpu().blas().version()).isEqualTo("cuBLAS 13.7.5");
    assertThat(bench.gpu().solver().version()).isEqualTo("cuSOLVER 12.3.4");
    assertThat(bench.gpu().dnn().version()).isEqualTo("cuDNN 9.19.4");
    assertThat(CudaGpus.report().lines())
        .contains(
            new CudaReport.Line("GPU", "stand-in 40"),
            new CudaReport.Line(
                "libcublasLt",
                "13.7.5, "
                    + System.getProperty(SearchPlace.LIBRARIES_PROPERTY)
                    + "/"
                    + CudaLibrary.CUBLAS_LT.soname(Integer.getInteger("standin.major"))
                    + " ("
                    + SearchPlace.LIBRARIES_PROPERTY
                    + ")"),
            Integer.getInteger("standin.major") == 13
                ? new CudaReport.Line("JCuda", "natives edited for CUDA 13: JCublas2, JCusolver")
                : new CudaReport.Line("JCuda", "natives as they are, for CUDA 12"));
    assertThat(CudaGpus.available()).isTrue();
  }

  private static void checks(Bench bench) {
    List<GpuChecks.Check> checks = CudaGpus.check(0);
    assertThat(checks).hasSize(12);
    // The stand-in counts the nodes of a graph, and runs none.
    assertThat(checks)
        .filteredOn(check -> !check.passed())
        .extracting(GpuChecks.Check::name)
        .containsExactly("graph");
    StandInLibrary cudnn = StandInLibrary.of(CudaLibrary.CUDNN);
    cudnn.fail("cudnnCreate", 1001);
    assertThat(CudaGpus.check(0))
        .contains(
            new GpuChecks.Check(
                "convolution",
                false,
                "cudnnCreate failed with status (1001, said by cuDNN); check that cuDNN 9 fits the"
                    + " CUDA version and the driver"));
    cudnn.fail("", 0);
  }

  private static void closing(Bench bench) {
    bench.gpu().dnn();
    bench.gpu().solver();
    bench.gpu().fusedBlas();
    bench.gpu().close();
    for (CudaLibrary library :
        List.of(
            CudaLibrary.CUBLAS, CudaLibrary.CUBLAS_LT, CudaLibrary.CUSOLVER, CudaLibrary.CUDNN)) {
      assertThat(StandInLibrary.of(library).live()).as(library.toString()).isZero();
    }
  }
}
