package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.Test;

/** Keys, order and shapes of the public checkpoints, for every named size. */
final class MarCheckpointTest {
  private final Map<String, Shape> keys = new LinkedHashMap<>();

  private void linear(String key, int in, int out) {
    keys.put(key + ".weight", Shape.of(out, in));
    keys.put(key + ".bias", Shape.of(out));
  }

  private void norm(String key, int width) {
    keys.put(key + ".weight", Shape.of(width));
    keys.put(key + ".bias", Shape.of(width));
  }

  private void blocks(String key, MarConfig config) {
    int width = config.width();
    for (int i = 0; i < config.layers(); i++) {
      norm(key + i + ".norm1", width);
      linear(key + i + ".attn.qkv", width, 3 * width);
      linear(key + i + ".attn.proj", width, width);
      norm(key + i + ".norm2", width);
      linear(key + i + ".mlp.fc1", width, 4 * width);
      linear(key + i + ".mlp.fc2", 4 * width, width);
    }
  }

  private Map<String, Shape> published(MarConfig config) {
    keys.clear();
    int width = config.width();
    keys.put("fake_latent", Shape.of(1, width));
    keys.put("encoder_pos_embed_learned", Shape.of(1, config.slots(), width));
    keys.put("mask_token", Shape.of(1, 1, width));
    keys.put("decoder_pos_embed_learned", Shape.of(1, config.slots(), width));
    keys.put("diffusion_pos_embed_learned", Shape.of(1, config.tokens(), width));
    keys.put("class_emb.weight", Shape.of(config.classes(), width));
    linear("z_proj", config.tokenDimension(), width);
    norm("z_proj_ln", width);
    blocks("encoder_blocks.", config);
    norm("encoder_norm", width);
    linear("decoder_embed", width, width);
    blocks("decoder_blocks.", config);
    norm("decoder_norm", width);
    int head = config.headWidth();
    linear("diffloss.net.time_embed.mlp.0", 256, head);
    linear("diffloss.net.time_embed.mlp.2", head, head);
    linear("diffloss.net.cond_embed", width, head);
    linear("diffloss.net.input_proj", config.tokenDimension(), head);
    for (int i = 0; i < config.headLayers(); i++) {
      norm("diffloss.net.res_blocks." + i + ".in_ln", head);
      linear("diffloss.net.res_blocks." + i + ".mlp.0", head, head);
      linear("diffloss.net.res_blocks." + i + ".mlp.2", head, head);
      linear("diffloss.net.res_blocks." + i + ".adaLN_modulation.1", head, 3 * head);
    }
    linear("diffloss.net.final_layer.linear", head, 2 * config.tokenDimension());
    linear("diffloss.net.final_layer.adaLN_modulation.1", head, 2 * head);
    return keys;
  }

  private static long size(Map<String, Shape> shapes) {
    return shapes.values().stream().mapToLong(Shape::size).sum();
  }

  @Test
  void aNetworkHasThePublishedKeysAndShapesInOrder() {
    MarConfig config = new MarConfig(9, 4, 8, 2, 2, 6, 3, 2, 5, 0);
    try (Scope _ = Scope.open();
        Random random = new Random(1);
        MarModel model = new MarModel(new Setup(DType.F32, random, random), config)) {
      Map<String, Shape> found = new LinkedHashMap<>();
      model.parameters().forEach((path, parameter) -> found.put(path, parameter.shape()));
      assertThat(found).containsExactlyEntriesOf(published(config));
      assertThat(size(found)).isEqualTo(config.parameterCount());
    }
  }

  @Test
  void theNamedSizesHaveThePublishedNumberOfTensorsAndParameters() {
    assertThat(published(MarConfig.base())).hasSize(364);
    assertThat(size(keys)).isEqualTo(207_924_768L).isEqualTo(MarConfig.base().parameterCount());
    assertThat(published(MarConfig.large())).hasSize(476);
    assertThat(size(keys)).isEqualTo(478_326_304L).isEqualTo(MarConfig.large().parameterCount());
    assertThat(published(MarConfig.huge())).hasSize(604);
    assertThat(size(keys)).isEqualTo(942_403_104L).isEqualTo(MarConfig.huge().parameterCount());
  }
}
