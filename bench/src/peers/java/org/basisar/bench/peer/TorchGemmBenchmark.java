package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import org.basisar.bench.CpuBenchmark;
import org.basisar.bench.Expected;
import org.basisar.bench.GemmCase;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/** libtorch's matrix product; a transposed operand is a view, as in a linear layer. */
public class TorchGemmBenchmark extends CpuBenchmark {
  /** Which product. */
  @Param public GemmCase shape = GemmCase.NN_4096_768_768;

  private Runnable product = () -> {};

  /** Prepares and checks. */
  @Setup
  public void prepare() {
    NDManager manager = Torch.open(threads);
    NDArray a = operand(manager, true);
    NDArray b = operand(manager, false);
    try (NDArray c = a.matMul(b)) {
      Expected.gemm(shape, shape.a().values(), shape.b().values(), c.toFloatArray());
    }
    product = () -> a.matMul(b).close();
  }

  private NDArray operand(NDManager manager, boolean left) {
    NDArray stored = Torch.tensor(manager, left ? shape.a() : shape.b());
    NDArray matrices = shape.batch() == 1 ? stored.squeeze(0) : stored;
    boolean transposed = left ? shape.transposeA() : shape.transposeB();
    return transposed ? matrices.swapAxes(-2, -1) : matrices;
  }

  /** All products of the shape. */
  @Benchmark
  public void torch() {
    product.run();
  }
}
