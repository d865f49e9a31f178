package org.basisar.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.DType;

/**
 * One block of the training step's network.
 *
 * @param step the step it belongs to
 * @param weights by their names within the block
 * @param x [B, N, D]
 * @param condition [B, cells, D]
 */
public record BlockCase(
    StepCase step, Map<String, HostTensor> weights, HostTensor x, HostTensor condition) {
  /** Where the weights stand in the network. */
  public static final String PREFIX = "encoder_blocks.0.";

  /** The first block of {@link StepCase#ofBatch}. */
  public static BlockCase ofBatch(int batch) {
    StepCase step = StepCase.ofBatch(batch);
    Map<String, HostTensor> weights = new LinkedHashMap<>();
    step.weights()
        .forEach((path, values) -> {
          if (path.startsWith(PREFIX)) {
            weights.put(path.substring(PREFIX.length()), values);
          }
        });
    SplittableRandom random = new SplittableRandom(12);
    XarConfig config = step.config();
    int width = config.width();
    return new BlockCase(
        step,
        weights,
        HostTensor.normal(random, 1, batch, config.order().tokens(), width),
        HostTensor.normal(random, 1, batch, config.order().cells(), width));
  }

  /** ∂ mean y² / ∂x in fp64, times the number of elements. */
  public double[] expectedGradient() {
    return new EngineBlock(this, DType.F64).gradient();
  }
}
