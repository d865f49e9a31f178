package org.basisar.bench;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import org.basisar.bar.xar.XarConfig;

/**
 * The training step that all contestants do: one xAR network, its first weights, and one batch that
 * is used in every step. Loss is mean (velocity − (noise − tokens))² on tokens mixed with noise;
 * then clipping by the global norm, AdamW, and the moving average of the weights. No dropout.
 *
 * @param config the network
 * @param batch images
 * @param tokens clean tokens [B, N, C]
 * @param noise [B, N, C]
 * @param time times in (0, 1), [B, cells]
 */
public record StepCase(
    XarConfig config, int batch, HostTensor tokens, HostTensor noise, HostTensor time) {

  /** Learning rate of every step. */
  public static final double LEARNING_RATE = 4e-4;

  /** Decays of the moments. */
  public static final double BETA1 = 0.9;

  /** Decay of the second moment. */
  public static final double BETA2 = 0.96;

  /** Added to the root of the second moment. */
  public static final double EPSILON = 1e-8;

  /** Decoupled decay of matrices and tables. */
  public static final double WEIGHT_DECAY = 0.02;

  /** Gradients are scaled down to this global norm. */
  public static final double MAX_NORM = 1.0;

  /** Decay of the weights' moving average. */
  public static final double AVERAGE_DECAY = 0.9999;

  /** Added to the mean square in every RMS norm. */
  public static final double NORM_EPSILON = 1e-6;

  private static final int CLASSES = 10;

  /** The step of the target: width 256, 6 blocks, 4 heads, 64 tokens of 48 numbers, 4 cells. */
  public static StepCase ofBatch(int batch) {
    int width = 256;
    XarConfig config =
        new XarConfig(8, 2, 48, width, 4, 3, XarConfig.publishedMlpWidth(width), CLASSES, 0);
    return random(config, batch);
  }

  /** Random tokens, noise, times and labels, always the same. */
  public static StepCase random(XarConfig config, int batch) {
    SplittableRandom random = new SplittableRandom(1);
    int tokens = config.gridSide() * config.gridSide();
    int cells = config.cellsPerSide() * config.cellsPerSide();
    HostTensor clean = HostTensor.normal(random, 1, batch, tokens, config.tokenDimension());
    HostTensor noise = HostTensor.normal(random, 1, batch, tokens, config.tokenDimension());
    HostTensor time = HostTensor.normal(random, 1, batch, cells);
    for (int i = 0; i < time.values().length; i++) {
      time.values()[i] = (float) (1 / (1 + Math.exp(-time.values()[i])));
    }
    return new StepCase(config, batch, clean, noise, time);
  }

  /** Labels [B], always the same; some are that of no class. */
  public int[] labels() {
    return new SplittableRandom(13).ints(batch, 0, config.classes() + 1).toArray();
  }

  /**
   * The first weights by the keys of a checkpoint: matrices Xavier-like, biases and norms near 0
   * and 1 but not exactly, so that nothing goes unnoticed.
   */
  public Map<String, HostTensor> weights() {
    SplittableRandom random = new SplittableRandom(2);
    Map<String, HostTensor> all = new LinkedHashMap<>();
    int width = config.width();
    int tokens = config.gridSide() * config.gridSide();
    all.put("encoder_pos_embed_learned", HostTensor.normal(random, 0.02, 1, tokens, width));
    all.put("decoder_pos_embed_learned", HostTensor.normal(random, 0.02, 1, tokens, width));
    all.put("class_emb.weight", HostTensor.normal(random, 0.02, config.classes() + 1, width));
    linear(all, random, "time_embed.mlp.0", width, 256);
    linear(all, random, "time_embed.mlp.2", width, width);
    linear(all, random, "z_proj", width, config.tokenDimension());
    all.put("z_proj_ln.weight", HostTensor.constant(1, width));
    blocks(all, random, "encoder_blocks.");
    all.put("encoder_norm.weight", HostTensor.constant(1, width));
    linear(all, random, "decoder_embed", width, width);
    blocks(all, random, "decoder_blocks.");
    all.put("decoder_norm.weight", HostTensor.constant(1, width));
    linear(all, random, "pred", config.tokenDimension(), width);
    return all;
  }

  private void blocks(Map<String, HostTensor> all, SplittableRandom random, String prefix) {
    for (int i = 0; i < config.layers(); i++) {
      block(all, random, prefix + i + ".");
    }
  }

  private void block(Map<String, HostTensor> all, SplittableRandom random, String prefix) {
    int width = config.width();
    linear(all, random, prefix + "attn.qkv", 3 * width, width);
    linear(all, random, prefix + "attn.proj", width, width);
    linear(all, random, prefix + "mlp.fc1_g", config.mlpWidth(), width);
    linear(all, random, prefix + "mlp.fc1_x", config.mlpWidth(), width);
    linear(all, random, prefix + "mlp.fc2", width, config.mlpWidth());
    linear(all, random, prefix + "ada_lin.1", 6 * width, width);
  }

  private static void linear(
      Map<String, HostTensor> all, SplittableRandom random, String name, int out, int in) {
    all.put(name + ".weight", HostTensor.normal(random, Math.sqrt(2.0 / (in + out)), out, in));
    all.put(name + ".bias", HostTensor.normal(random, 0.01, out));
  }

  /** Whether a parameter's weights decay. */
  public static boolean decays(String name, int rank) {
    return rank > 1 && !name.endsWith(".bias");
  }
}
