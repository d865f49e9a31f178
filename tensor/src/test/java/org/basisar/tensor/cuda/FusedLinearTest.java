package org.basisar.tensor.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Optional;
import org.basisar.gpu.FusedBlas;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.Gpu;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.sim.SimulatedGpu;
import org.basisar.kernels.KernelLibrary;
import org.basisar.kernels.matrix.EpilogueKernel;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Which layers go through a library that adds the bias itself, here one that is made of two. */
final class FusedLinearTest {
  private final SimulatedGpu gpu = SimulatedGpu.create();
  private final KernelLibrary kernels = new KernelLibrary(gpu);
  private final Device device = Device.on("fused", withFused());
  private boolean refuses;
  private int calls;

  private Gpu withFused() {
    Optional<FusedBlas> fused = Optional.of(this::multiply);
    return (Gpu)
        Proxy.newProxyInstance(
            Gpu.class.getClassLoader(),
            new Class<?>[] {Gpu.class},
            (_, method, arguments) -> {
              if (method.getName().equals("fusedBlas")) {
                return fused;
              }
              try {
                return method.invoke(gpu, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void multiply(GpuStream stream, Gemm g, FusedBlas.Epilogue epilogue, long bias) {
    calls++;
    if (refuses) {
      throw new GpuException("cannot do this product", 15);
    }
    assertThat(epilogue).isEqualTo(FusedBlas.Epilogue.BIAS);
    assertThat(g.beta()).isZero();
    EpilogueKernel.start(kernels, g.c().type(), bias, g.m(), g.n(), g.c().address()).run(stream);
    gpu.blas()
        .gemm(
            stream,
            new Gemm(
                g.transposeA(),
                g.transposeB(),
                g.m(),
                g.n(),
                g.k(),
                g.alpha(),
                g.a(),
                g.b(),
                1,
                g.c(),
                g.batch(),
                g.precision()));
  }

  /** A layer whose x begins {@code skipped} rows after an aligned address. */
  private void layer(int skipped) {
    Device before = Device.use(device);
    try (Scope _ = Scope.open()) {
      Tensor rows = Tensor.of(DType.F32, new double[] {1, 2, 1, 2, 3, 4}, 3, 2);
      Tensor x = rows.slice(0, skipped, 2);
      Tensor weight = Tensor.of(DType.F32, new double[] {1, 2, 2, 3, 1, 5}, 3, 2);
      Tensor bias = Tensor.of(DType.F32, new double[] {1, 1, 1}, 3);
      float[][] out = new float[2][];
      Tensor kept = Tensor.zeros(DType.F32, 2, 3);
      try (Program program =
          Program.capture(() -> Ops.copyInto(kept, Ops.linear(x, weight, bias)))) {
        out[0] = kept.toFloats();
        x.copyFrom(new float[] {3, 4, 1, 2}, 0);
        program.replay();
        out[1] = kept.toFloats();
      }
      float[] low = {6, 9, 12};
      float[] high = {12, 19, 24};
      assertThat(out[0]).containsExactly(skipped == 0 ? both(low, low) : both(low, high));
      assertThat(out[1]).containsExactly(both(high, low));
    } finally {
      Device.use(before);
    }
  }

  private static float[] both(float[] first, float[] second) {
    float[] both = new float[6];
    System.arraycopy(first, 0, both, 0, 3);
    System.arraycopy(second, 0, both, 3, 3);
    return both;
  }

  @Test
  void biasedLayersAreOneCall() {
    layer(0);
    assertThat(calls).isPositive();
  }

  @Test
  void unalignedLayersAreNot() {
    layer(1);
    assertThat(calls).isZero();
  }

  @Test
  void whatTheLibraryRefusesIsDoneInTwoSteps() {
    refuses = true;
    layer(0);
    assertThat(calls).isEqualTo(1);
  }
}
