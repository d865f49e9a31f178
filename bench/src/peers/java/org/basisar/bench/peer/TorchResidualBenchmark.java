package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.index.NDIndex;
import org.basisar.bench.Expected;
import org.basisar.bench.LabBenchmark;
import org.basisar.bench.TokenCase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * The residual loss and its gradients on libtorch, as the paper's Algorithm 1 and by prefixes; left
 * out where a call would take too long, as our own contestants are.
 */
public class TorchResidualBenchmark extends LabBenchmark {
  private Runnable prefixes = () -> {};
  private Runnable literal = () -> {};

  /** Prepares and checks the values and the gradient of A. */
  @Setup
  public void prepare() {
    NDManager manager = Torch.open(threads);
    TokenCase whole = new TokenCase(tokens, channels, batch);
    TokenCase small = whole.fewTokens();
    Expected.Residual expected = Expected.residual(small);
    Loss two = new Loss(manager, small);
    check(expected, two, two.run(false));
    check(expected, two, two.run(true));
    Loss all = new Loss(manager, whole);
    prefixes = () -> all.run(false);
    literal = () -> all.run(true);
  }

  private static void check(Expected.Residual expected, Loss loss, double value) {
    Expected.near("loss", expected.value(), value, 1e-4 * expected.value());
    double[] right = expected.gradient();
    double size = 0;
    for (double element : right) {
      size = Math.max(size, Math.abs(element));
    }
    double[] gradient = Expected.wide(loss.a.getGradient().toFloatArray());
    Expected.near("gradient of A", right, gradient, 0, 2e-4 * size);
  }

  private static final class Loss {
    private final NDArray a;
    private final NDArray x;
    private final NDArray prediction;
    private final NDArray one;
    private final int tokens;

    Loss(NDManager manager, TokenCase of) {
      tokens = of.tokens();
      a = Torch.tensor(manager, of.basis());
      x = Torch.tensor(manager, of.x());
      prediction = Torch.tensor(manager, of.prediction());
      one = manager.create(1f);
      Torch.watch(a);
      Torch.watch(x);
      Torch.watch(prediction);
    }

    /** Value and gradients; the value is read, so that all work is done when this returns. */
    double run(boolean stacked) {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        Torch.clearGradient(a);
        Torch.clearGradient(x);
        Torch.clearGradient(prediction);
        Torch.recording(true);
        NDArray loss = stacked ? literal() : prefixes();
        Torch.backward(loss, one);
        Torch.recording(false);
        return loss.getFloat();
      }
    }

    private NDArray reconstruction(int count) {
      NDArray basis = a.get(new NDIndex().addSliceDim(0, count));
      NDArray coefficients =
          prediction.get(new NDIndex().addAllDim().addSliceDim(0, count));
      return basis.transpose().matMul(coefficients);
    }

    private NDArray prefixes() {
      NDList losses = new NDList();
      for (int count = 1; count <= tokens; count++) {
        losses.add(x.sub(reconstruction(count)).square().mean());
      }
      return NDArrays.stack(losses).mean();
    }

    private NDArray literal() {
      NDList reconstructions = new NDList();
      for (int count = 1; count <= tokens; count++) {
        reconstructions.add(reconstruction(count));
      }
      return NDArrays.stack(reconstructions, 1).sub(x.expandDims(1)).square().mean();
    }
  }

  /** Every prefix by a product of its own, each reduced at once. */
  @Benchmark
  public void torchPrefixProducts() {
    prefixes.run();
  }

  /** The paper's Algorithm 1: all reconstructions stacked, then compared with x. */
  @Benchmark
  public void torchLiteralAlgorithm1() {
    literal.run();
  }
}
