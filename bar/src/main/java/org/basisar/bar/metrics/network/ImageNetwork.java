package org.basisar.bar.metrics.network;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.basisar.nn.Module;
import org.basisar.nn.Weights;
import org.basisar.nn.io.TensorFile;
import org.basisar.tensor.Tensor;

/** A frozen network that makes features of images. */
public abstract class ImageNetwork extends Module {
  /**
   * Features of images [B, 3, H, W] with values 0 … 255, each [B, width], in the order that the
   * network documents.
   */
  public abstract Tensor[] features(Tensor images);

  /**
   * Overwrites the weights from a safetensors file or a PyTorch state dict.
   *
   * @throws org.basisar.nn.WeightsException naming every missing, unexpected and misshaped key at
   *     once; then nothing was overwritten
   * @throws RuntimeException of the format, in one sentence, if the file cannot be read
   */
  public final void load(Path file) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    parameters().forEach((path, parameter) -> tensors.put(path, parameter.tensor()));
    try (TensorFile weights = Weights.open(file, "state_dict", "model")) {
      Weights.read(file.toString(), weights, tensors, ignored());
    }
  }

  /** Keys of the public file that the network has no use for. */
  abstract Predicate<String> ignored();
}
