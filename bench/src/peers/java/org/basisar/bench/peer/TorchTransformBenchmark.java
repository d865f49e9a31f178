package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import org.basisar.bench.Expected;
import org.basisar.bench.LabBenchmark;
import org.basisar.bench.TokenCase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** The transform on libtorch: as a product that broadcasts A, and as one product of all images. */
public class TorchTransformBenchmark extends LabBenchmark {
  private Runnable broadcast = () -> {};
  private Runnable sideBySide = () -> {};

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    NDManager manager = Torch.open(threads);
    TokenCase whole = new TokenCase(tokens, channels, batch);
    TokenCase small = whole.small();
    double[] expected = Expected.transform(small);
    Products two = new Products(manager, small);
    double near = 2e-5 * Math.sqrt(tokens);
    near(expected, two.broadcast(), near);
    near(expected, two.sideBySide(), near);
    Products all = new Products(manager, whole);
    broadcast = () -> all.broadcast().close();
    sideBySide =
        () -> {
          try (NDScope scope = new NDScope()) {
            scope.suppressNotUsedWarning();
            all.sideBySide();
          }
        };
  }

  private static void near(double[] expected, NDArray actual, double tolerance) {
    Expected.near("y", expected, Expected.wide(actual.toFloatArray()), 0, tolerance);
    actual.close();
  }

  private static final class Products {
    private final NDArray a;
    private final NDArray x;
    private final TokenCase of;

    Products(NDManager manager, TokenCase of) {
      this.of = of;
      a = Torch.tensor(manager, of.basis());
      x = Torch.tensor(manager, of.x());
    }

    NDArray broadcast() {
      return a.matMul(x);
    }

    NDArray sideBySide() {
      NDArray columns = x.transpose(1, 0, 2).reshape(of.tokens(), (long) of.batch() * of.channels());
      NDArray product = a.matMul(columns).reshape(of.tokens(), of.batch(), of.channels());
      // A copy in the layout of the other way; a view alone would leave that to whoever reads it.
      return product.transpose(1, 0, 2).reshape(of.size()).reshape(Torch.shape(of.x().dims()));
    }
  }

  /** A [N, N] times x [B, N, C]. */
  @Benchmark
  public void torchBroadcast() {
    broadcast.run();
  }

  /** [N, N] times [N, B·C], with the turns before and after. */
  @Benchmark
  public void torchSideBySide() {
    sideBySide.run();
  }
}
