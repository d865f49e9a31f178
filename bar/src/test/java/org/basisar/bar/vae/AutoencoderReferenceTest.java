package org.basisar.bar.vae;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.List;
import org.basisar.bar.xar.ReferenceNumbers;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The autoencoder of full size against its public keys and against check values computed
 * independently of this project, on an image of 64×64 pixels.
 */
class AutoencoderReferenceTest {
  private static Autoencoder network(DType dtype) {
    return new Autoencoder(new Setup(dtype, new Random(1), new Random(2)), VaeConfig.kl16());
  }

  private static void check(double[] values, int at, double... expected) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(values[at + i]).as("element %d", at + i).isCloseTo(expected[i], within(1.5e-8));
    }
  }

  private static double sum(double[] values) {
    return Arrays.stream(values).sum();
  }

  private static double squares(double[] values) {
    return Arrays.stream(values).map(v -> v * v).sum();
  }

  @Test
  void keysAndCountsAreThePublicOnes() {
    try (Autoencoder network = network(DType.BF16)) {
      assertThat(network.parameterCount()).isEqualTo(66_456_019);
      List<String> keys = List.copyOf(network.parameters().keySet());
      assertThat(keys).hasSize(312);
      assertThat(keys.getFirst()).isEqualTo("encoder.conv_in.weight");
      assertThat(keys.getLast()).isEqualTo("post_quant_conv.bias");
      assertThat(keys)
          .containsSubsequence(
              "encoder.down.0.block.1.conv2.bias",
              "encoder.down.0.downsample.conv.weight",
              "encoder.down.2.block.0.nin_shortcut.weight",
              "encoder.down.4.block.1.norm1.weight",
              "encoder.down.4.attn.0.norm.weight",
              "encoder.down.4.attn.1.proj_out.bias",
              "encoder.mid.block_1.norm1.weight",
              "encoder.mid.attn_1.q.weight",
              "encoder.norm_out.bias",
              "encoder.conv_out.weight",
              "decoder.conv_in.weight",
              "decoder.mid.block_2.conv2.bias",
              "decoder.up.0.block.2.conv2.bias",
              "decoder.up.1.block.0.nin_shortcut.bias",
              "decoder.up.1.upsample.conv.weight",
              "decoder.up.3.block.0.nin_shortcut.weight",
              "decoder.up.4.upsample.conv.bias",
              "decoder.norm_out.weight",
              "quant_conv.weight");
      assertThat(keys).noneMatch(key -> key.startsWith("decoder.up") && key.contains("attn"));
    }
  }

  @Test
  void latentDiffusionHasThreeMoreAttentions() {
    Setup setup = new Setup(DType.BF16, new Random(1), new Random(2));
    try (Autoencoder network = new Autoencoder(setup, VaeConfig.latentDiffusion())) {
      assertThat(network.parameterCount()).isEqualTo(69_610_963);
      assertThat(network.parameters()).containsKey("decoder.up.4.attn.2.norm.weight");
    }
  }

  @Test
  @Tag("slow")
  void encoderGivesTheCheckValues() {
    try (Scope _ = Scope.open();
        Autoencoder network = network(DType.F64)) {
      ReferenceNumbers.fill(network.parameters());
      Tensor image = Tensor.of(ReferenceNumbers.data(1000, 3 * 64 * 64, 2), 1, 3, 64, 64);
      Tensor moments = network.moments(image);
      assertThat(moments.shape()).isEqualTo(Shape.of(1, 32, 4, 4));
      double[] values = moments.toDoubles();
      check(values, 0, -0.0011282498, 0.3216752077, 0.3437315176, 0.2127555925);
      check(values, 31 * 16 + 12, 0.2315681469, 0.0465637365, 0.0128954696, 0.2615715212);
      check(new double[] {sum(values), squares(values)}, 0, 1.0710492630, 38.5101330826);
    }
  }

  @Test
  @Tag("slow")
  void decoderGivesTheCheckValues() {
    try (Scope _ = Scope.open();
        Autoencoder network = network(DType.F64)) {
      ReferenceNumbers.fill(network.parameters());
      Tensor latent = Tensor.of(ReferenceNumbers.data(1001, 16 * 4 * 4, 8), 1, 16, 4, 4);
      Tensor image = network.decode(latent);
      assertThat(image.shape()).isEqualTo(Shape.of(1, 3, 64, 64));
      double[] values = image.toDoubles();
      check(values, 0, 0.0579162424, 0.1150246489, 0.1286463227, 0.0183032134);
      int last = 2 * 4096 + 63 * 64 + 60;
      check(values, last, 0.1242493216, 0.0965620653, -0.0254578523, 0.0439810859);
      assertThat(sum(values)).isCloseTo(794.6424814976, within(1e-7));
      assertThat(squares(values)).isCloseTo(3240.0448326727, within(1e-6));
    }
  }

  /** The same values in the precision that images are encoded in, on the fast kernels. */
  @Test
  void singlePrecisionIsCloseToTheCheckValues() {
    try (Scope _ = Scope.open();
        Autoencoder network = network(DType.F32)) {
      fill(network);
      double[] data = ReferenceNumbers.data(1000, 3 * 64 * 64, 2);
      double[] moments = network.moments(Tensor.of(DType.F32, data, 1, 3, 64, 64)).toDoubles();
      assertThat(moments[0]).isCloseTo(-0.0011282498, within(2e-4));
      assertThat(moments[31 * 16 + 12]).isCloseTo(0.2315681469, within(2e-4));
      assertThat(squares(moments)).isCloseTo(38.5101330826, within(1e-2));
      double[] latent = ReferenceNumbers.data(1001, 16 * 4 * 4, 8);
      double[] image = network.decode(Tensor.of(DType.F32, latent, 1, 16, 4, 4)).toDoubles();
      assertThat(image[0]).isCloseTo(0.0579162424, within(2e-4));
      assertThat(sum(image)).isCloseTo(794.6424814976, within(0.5));
      assertThat(squares(image)).isCloseTo(3240.0448326727, within(0.5));
    }
  }

  private static void fill(Autoencoder network) {
    int ordinal = 0;
    for (var entry : network.parameters().entrySet()) {
      Shape shape = entry.getValue().shape();
      boolean bias = entry.getKey().endsWith(".bias");
      double scale = bias || shape.rank() == 1 ? 0.2 : fanScale(shape);
      double shift = bias || shape.rank() > 1 ? 0 : 1;
      float[] values = new float[shape.size()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (shift + scale * ReferenceNumbers.unit(ordinal, i));
      }
      entry.getValue().tensor().copyFrom(values, 0);
      ordinal++;
    }
  }

  private static double fanScale(Shape shape) {
    return 2 * Math.sqrt(3.0 * shape.dim(0) / shape.size());
  }
}
