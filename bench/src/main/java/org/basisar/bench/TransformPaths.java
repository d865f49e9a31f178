package org.basisar.bench;

import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** Ways to the coefficients y = A·x, alone and with what comes before and after. */
public abstract class TransformPaths extends LabBenchmark {
  private static final Captured NOTHING = new Captured(() -> new Tensor[0]);

  private Captured engine = NOTHING;
  private Captured fusedNoise = NOTHING;
  private Captured separateNoise = NOTHING;
  private Captured fusedOrder = NOTHING;
  private Captured separateOrder = NOTHING;
  private Captured bf16 = NOTHING;
  private Runnable imageByImage = () -> {};
  private Runnable sideBySide = () -> {};
  private Runnable productAlone = () -> {};

  /** Prepares, and checks everything on two images against fp64. */
  @Setup
  public void prepare() {
    TokenCase whole = open();
    check(whole.small());
    capture(whole);
    if (onProcessor()) {
      HostTransform host = new HostTransform(whole);
      imageByImage = host::imageByImage;
      sideBySide = host::sideBySide;
      productAlone = host::productAlone;
    }
  }

  private void capture(TokenCase of) {
    Tensor a = tensor(DType.F32, of.basis());
    Tensor x = tensor(DType.F32, of.x());
    Tensor noise = tensor(DType.F32, of.noise());
    Tensor time = tensor(DType.F32, of.time());
    Tensor order = Tensor.of(of.order(), of.tokens());
    Tensor back = Tensor.of(of.places(), of.tokens());
    Tensor narrowA = Ops.cast(a, DType.BF16);
    Tensor narrowX = Ops.cast(x, DType.BF16);
    Basis.NoisyTransform noisy = new Basis.NoisyTransform();
    engine = new Captured(() -> new Tensor[] {Ops.basisTransform(a, x, false)});
    fusedNoise = new Captured(() -> Engine.run(noisy, a, x, noise, time));
    separateNoise =
        new Captured(() -> {
          Tensor y = Ops.basisTransform(a, x, false);
          return new Tensor[] {y, Ops.interpolate(y, noise, time)};
        });
    fusedOrder =
        new Captured(() -> {
          // Reordered tokens have the coefficients of the tokens under reordered columns of A.
          Tensor columns = Ops.gather(a, 1, back);
          return Engine.run(noisy, columns, x, noise, time);
        });
    separateOrder =
        new Captured(() -> {
          Tensor y = Ops.basisTransform(a, Ops.gather(x, 1, order), false);
          return new Tensor[] {y, Ops.interpolate(y, noise, time)};
        });
    bf16 =
        new Captured(() -> {
          if (!onProcessor()) {
            return new Tensor[] {Ops.basisTransform(narrowA, narrowX, false)};
          }
          Tensor y =
              Ops.basisTransform(Ops.cast(narrowA, DType.F32), Ops.cast(narrowX, DType.F32), false);
          return new Tensor[] {Ops.cast(y, DType.BF16)};
        });
  }

  private void check(TokenCase of) {
    capture(of);
    double[] a = Expected.wide(of.basis().values());
    double[] x = Expected.wide(of.x().values());
    double[] y = Expected.transform(of);
    double[] reordered = HostTransform.expected(of, a, x, of.order());
    double near = tolerance(DType.F32, of.tokens());
    near("engine", y, engine.result(0), near);
    near("fused y", y, fusedNoise.result(0), near);
    near("fused y_t", HostTransform.mixed(of, y), fusedNoise.result(1), near);
    near("separate y_t", HostTransform.mixed(of, y), separateNoise.result(1), near);
    double[] mixed = HostTransform.mixed(of, reordered);
    near("fused order", mixed, fusedOrder.result(1), near);
    near("separate order", mixed, separateOrder.result(1), near);
    near("bf16", y, bf16.result(0), tolerance(DType.BF16, 1));
    if (onProcessor()) {
      HostTransform host = new HostTransform(of);
      near("image by image", y, host.imageByImage(), near);
      near("side by side", y, host.sideBySide(), near);
    }
  }

  private static void near(String what, double[] expected, float[] actual, double tolerance) {
    Expected.near(what, expected, Expected.wide(actual), 0, tolerance);
  }

  /** The engine's operation. */
  @Benchmark
  public void engine() {
    complete(engine);
  }

  /** A·x and the mixing with noise as one operation. */
  @Benchmark
  public void fusedNoise() {
    complete(fusedNoise);
  }

  /** A·x, then the mixing as an operation of its own. */
  @Benchmark
  public void separateNoise() {
    complete(separateNoise);
  }

  /** The tokens' order in the columns of A, then {@link #fusedNoise}. */
  @Benchmark
  public void fusedNoiseOrder() {
    complete(fusedOrder);
  }

  /** Tokens gathered in order, then A·x, then the mixing. */
  @Benchmark
  public void separateNoiseOrder() {
    complete(separateOrder);
  }

  /** A, x and y stored as bf16; the processor computes in fp32 between casts. */
  @Benchmark
  public void bf16Storage() {
    complete(bf16);
  }

  /** One product for each image. */
  @Benchmark
  public void cpuImageByImage() {
    complete(imageByImage);
  }

  /** Channels of all images side by side, one product, and back. */
  @Benchmark
  public void cpuSideBySide() {
    complete(sideBySide);
  }

  /** The product of {@link #cpuSideBySide} alone. */
  @Benchmark
  public void cpuProductAlone() {
    complete(productAlone);
  }
}
