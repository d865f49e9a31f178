package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.bench.BlockCase;
import org.basisar.bench.CpuBenchmark;
import org.basisar.bench.Expected;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One block on libtorch, forward and backward. */
public class TorchBlockBenchmark extends CpuBenchmark {
  private static final int BATCH = 64;

  private Runnable work = () -> {};

  /** Prepares and checks two images against our fp64. */
  @Setup
  public void prepare() {
    NDManager manager = Torch.open(threads);
    BlockCase small = BlockCase.ofBatch(2);
    Prepared two = new Prepared(manager, small);
    two.run();
    double[] gradient = Expected.wide(two.x.getGradient().toFloatArray());
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= gradient.length;
    }
    Expected.near("gradient", small.expectedGradient(), gradient, 0, 1e-2);
    work = new Prepared(manager, BlockCase.ofBatch(BATCH))::run;
  }

  private static final class Prepared {
    private final NDArray x;
    private final NDArray condition;
    private final NDArray one;
    private final TorchBlock block;
    private final List<NDArray> leaves = new ArrayList<>();

    Prepared(NDManager manager, BlockCase inputs) {
      x = Torch.tensor(manager, inputs.x());
      condition = Torch.tensor(manager, inputs.condition());
      one = manager.create(1f);
      Map<String, NDArray> weights = new LinkedHashMap<>();
      inputs.weights().forEach((name, values) -> weights.put(name, Torch.tensor(manager, values)));
      leaves.add(x);
      leaves.add(condition);
      leaves.addAll(weights.values());
      leaves.forEach(Torch::watch);
      TorchBlock.Tables tables = TorchBlock.Tables.create(manager, inputs.step().config());
      block = new TorchBlock(inputs.step().config(), tables, weights, "");
    }

    void run() {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        leaves.forEach(Torch::clearGradient);
        Torch.recording(true);
        Torch.backward(block.forward(x, condition).square().mean(), one);
        Torch.recording(false);
      }
    }
  }

  /** Forward and backward. */
  @Benchmark
  public void torch() {
    work.run();
  }
}
