package org.basisar.bar.vae;

import java.util.ArrayList;
import java.util.List;
import org.basisar.nn.io.TensorFile;
import org.basisar.tensor.Shape;

/**
 * The extents of an autoencoder.
 *
 * @param latentChannels channels of a latent
 * @param channels of the first level
 * @param multipliers channels of each level, from the finest on, in units of {@code channels}; each
 *     level but the last halves the image
 * @param blocks residual blocks of a level of the encoder; the decoder has one more
 * @param groups of every norm
 * @param decoderAttention whether the decoder's coarsest level has attention, as the file of latent
 *     diffusion has and that of MAR and xAR has not
 */
public record VaeConfig(
    int latentChannels,
    int channels,
    List<Integer> multipliers,
    int blocks,
    int groups,
    boolean decoderAttention) {

  /** Groups of all public files' norms. */
  private static final int GROUPS = 32;

  private static final int MOST_CHANNELS = 4096;
  private static final int MOST_LEVELS = 8;
  private static final int MOST_BLOCKS = 8;

  /** Copies the list and checks that the norms' groups divide the channels. */
  public VaeConfig {
    multipliers = List.copyOf(multipliers);
    if (latentChannels < 1 || channels < 1 || blocks < 1 || groups < 1 || multipliers.isEmpty()) {
      throw new IllegalArgumentException("an autoencoder needs positive extents");
    }
    for (int multiplier : multipliers) {
      if (multiplier < 1 || channels * multiplier % groups != 0) {
        throw new IllegalArgumentException(
            groups + " groups do not divide the " + channels * multiplier + " channels of a level");
      }
    }
  }

  /** The file that MAR and xAR use: 66,456,019 parameters. */
  public static VaeConfig kl16() {
    return new VaeConfig(16, 128, List.of(1, 1, 2, 2, 4), 2, 32, false);
  }

  /** The file of latent diffusion under the name kl-f16: 69,610,963 parameters. */
  public static VaeConfig latentDiffusion() {
    return new VaeConfig(16, 128, List.of(1, 1, 2, 2, 4), 2, 32, true);
  }

  /** A small one for dry runs: 4 numbers for 4×4 pixels, about 200,000 parameters. */
  public static VaeConfig tiny() {
    return new VaeConfig(4, GROUPS, List.of(1, 1, 2), 1, GROUPS, false);
  }

  /**
   * The extents of the autoencoder whose weights a file holds, by the shapes of some of them. Where
   * these say nothing sensible it is {@link #kl16}, and the file will be refused when it is read.
   */
  static VaeConfig of(TensorFile weights) {
    int channels = extent(weights, "encoder.conv_in.weight", 0);
    int moments = extent(weights, "quant_conv.weight", 0);
    List<Integer> multipliers = new ArrayList<>();
    while (multipliers.size() < MOST_LEVELS) {
      int width =
          extent(weights, "encoder.down." + multipliers.size() + ".block.0.conv1.weight", 0);
      if (width == 0) {
        break;
      }
      if (channels == 0 || width % channels != 0 || width % GROUPS != 0) {
        return kl16();
      }
      multipliers.add(width / channels);
    }
    int blocks = 0;
    while (blocks < MOST_BLOCKS
        && weights.contains("encoder.down.0.block." + blocks + ".conv1.weight")) {
      blocks++;
    }
    if (multipliers.isEmpty() || moments < 2 || channels % GROUPS != 0) {
      return kl16();
    }
    boolean attention =
        weights.contains("decoder.up." + (multipliers.size() - 1) + ".attn.0.q.weight");
    return new VaeConfig(moments / 2, channels, multipliers, blocks, GROUPS, attention);
  }

  private static int extent(TensorFile weights, String name, int axis) {
    if (!weights.contains(name)) {
      return 0;
    }
    Shape shape = weights.entry(name).shape();
    int extent = shape.rank() > axis ? shape.dim(axis) : 0;
    return extent > MOST_CHANNELS ? 0 : extent;
  }

  /** Number of levels. */
  public int levels() {
    return multipliers.size();
  }

  /** Channels of a level, 0 being the finest. */
  public int channels(int level) {
    return channels * multipliers.get(level);
  }

  /** Pixels of an image's side for one of a latent's. */
  public int factor() {
    return 1 << (levels() - 1);
  }
}
