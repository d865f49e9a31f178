package org.basisar.bench.peer;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.NDScope;
import ai.djl.ndarray.types.SparseFormat;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bench.HostTensor;

/** The xAR network for libtorch, on the weights of a case. */
final class TorchNetwork {
  private static final int FREQUENCIES = 128;

  private final Map<String, NDArray> weights = new LinkedHashMap<>();
  private final List<TorchBlock> encoder = new ArrayList<>();
  private final List<TorchBlock> decoder = new ArrayList<>();
  private final NDArray frequencies;

  TorchNetwork(NDManager manager, XarConfig config, Map<String, HostTensor> start) {
    start.forEach((path, values) -> {
      NDArray weight = Torch.tensor(manager, values);
      Torch.watch(weight);
      weights.put(path, weight);
    });
    TorchBlock.Tables tables = TorchBlock.Tables.create(manager, config);
    for (int i = 0; i < config.layers(); i++) {
      encoder.add(new TorchBlock(config, tables, weights, "encoder_blocks." + i + "."));
      decoder.add(new TorchBlock(config, tables, weights, "decoder_blocks." + i + "."));
    }
    float[] values = new float[FREQUENCIES];
    for (int i = 0; i < FREQUENCIES; i++) {
      values[i] = (float) Math.exp(-Math.log(10000) * i / FREQUENCIES);
    }
    frequencies = Torch.tensor(manager, new HostTensor(values, FREQUENCIES));
  }

  /** The weights by path. */
  Map<String, NDArray> weights() {
    return weights;
  }

  /**
   * Predicts the velocity.
   *
   * @param noisy [B, N, C]
   * @param timeIndex [B, cells]
   * @param labels int32 [B]
   */
  NDArray forward(NDArray noisy, NDArray timeIndex, NDArray labels) {
    NDArray condition = silu(condition(timeIndex, labels));
    NDArray x = norm(linear(noisy, "z_proj").add(weight("encoder_pos_embed_learned")), "z_proj_ln");
    x = blocks(encoder, x, condition);
    x = linear(norm(x, "encoder_norm"), "decoder_embed").add(weight("decoder_pos_embed_learned"));
    x = blocks(decoder, x, condition);
    return linear(norm(x, "decoder_norm"), "pred");
  }

  /** Runs blocks; what autograd does not need of one is released before the next. */
  private static NDArray blocks(List<TorchBlock> blocks, NDArray start, NDArray condition) {
    NDArray x = start;
    for (TorchBlock block : blocks) {
      try (NDScope scope = new NDScope()) {
        scope.suppressNotUsedWarning();
        x = block.forward(x, condition);
        NDScope.unregister(x);
      }
    }
    return x;
  }

  private NDArray condition(NDArray timeIndex, NDArray labels) {
    NDArray angles = timeIndex.expandDims(2).mul(frequencies); // [B, cells, 128]
    NDArray waves = angles.cos().concat(angles.sin(), 2);
    NDArray time = linear(silu(linear(waves, "time_embed.mlp.0")), "time_embed.mlp.2");
    NDList embedded =
        labels
            .getNDArrayInternal()
            .embedding(labels, weight("class_emb.weight"), SparseFormat.DENSE);
    return time.add(embedded.singletonOrThrow().expandDims(1));
  }

  private NDArray weight(String name) {
    return Torch.weight(weights, name);
  }

  private NDArray linear(NDArray x, String name) {
    return Torch.linear(x, weights, name);
  }

  private NDArray norm(NDArray x, String name) {
    return TorchBlock.rmsNorm(x).mul(weight(name + ".weight"));
  }

  private static NDArray silu(NDArray x) {
    return x.mul(x.getNDArrayInternal().sigmoid());
  }
}
