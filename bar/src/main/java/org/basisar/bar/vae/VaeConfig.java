package org.basisar.bar.vae;

import java.util.List;

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
