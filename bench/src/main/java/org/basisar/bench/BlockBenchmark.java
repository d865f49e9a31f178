package org.basisar.bench;

import org.basisar.tensor.DType;
import org.basisar.tensor.cpu.Workers;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/** One block of our network, forward and backward. */
public class BlockBenchmark extends CpuBenchmark {
  private static final int BATCH = 64;

  private Runnable block = () -> {};

  /** Prepares and checks two images against fp64. */
  @Setup
  public void prepare() {
    Workers.configure(threads);
    BlockCase small = BlockCase.ofBatch(2);
    EngineBlock narrow = new EngineBlock(small, DType.F32);
    EngineBlock wide = new EngineBlock(small, DType.F64);
    Expected.near("loss", wide.loss(), narrow.loss(), 1e-4 * wide.loss());
    Expected.near("gradient", small.expectedGradient(), narrow.gradient(), 0, 1e-2);
    block = new EngineBlock(BlockCase.ofBatch(BATCH), DType.F32)::run;
  }

  /** Forward and backward. */
  @Benchmark
  public void engine() {
    block.run();
  }
}
