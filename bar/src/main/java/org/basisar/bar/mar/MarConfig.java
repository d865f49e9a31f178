package org.basisar.bar.mar;

/**
 * The size of a MAR network.
 *
 * @param tokens N, in raster order
 * @param tokenDimension numbers per token, C
 * @param width D of the trunk
 * @param heads attention heads
 * @param layers blocks in the encoder and again in the decoder, L
 * @param headWidth W of the diffusion MLP
 * @param headLayers residual blocks of the diffusion MLP, d
 * @param buffer slots that carry the class in front of the tokens
 * @param classes number of classes
 * @param dropout rate in the trunk while training
 */
public record MarConfig(
    int tokens,
    int tokenDimension,
    int width,
    int heads,
    int layers,
    int headWidth,
    int headLayers,
    int buffer,
    int classes,
    double dropout) {

  /** Checks that the parts fit together. */
  public MarConfig {
    if (tokens < 2
        || tokenDimension < 1
        || width < 1
        || heads < 1
        || layers < 1
        || headWidth < 1
        || headLayers < 1
        || buffer < 1
        || classes < 1) {
      throw new IllegalArgumentException("the sizes of a MAR network must be positive");
    }
    if (width % heads != 0) {
      throw new IllegalArgumentException(
          "width " + width + " is not divisible by " + heads + " heads; choose other heads");
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), is " + dropout);
    }
  }

  /** MAR-B at 256×256: 207,924,768 parameters. */
  public static MarConfig base() {
    return new MarConfig(256, 16, 768, 12, 12, 1024, 6, 64, 1000, 0.1);
  }

  /** MAR-L at 256×256: 478,326,304 parameters. */
  public static MarConfig large() {
    return new MarConfig(256, 16, 1024, 16, 16, 1280, 8, 64, 1000, 0.1);
  }

  /** MAR-H at 256×256: 942,403,104 parameters. */
  public static MarConfig huge() {
    return new MarConfig(256, 16, 1280, 16, 20, 1536, 12, 64, 1000, 0.1);
  }

  /** Slots of the trunk: buffer, then tokens. */
  public int slots() {
    return buffer + tokens;
  }

  /** Number of trainable elements, without building the network. */
  public long parameterCount() {
    long d = width;
    long block = 4 * d + linear(d, 3 * d) + linear(d, d) + linear(d, 4 * d) + linear(4 * d, d);
    long trunk =
        2 * d
            + 2L * slots() * d
            + tokens * d
            + classes * d
            + linear(tokenDimension, d)
            + 2 * d
            + 2L * layers * block
            + 4 * d
            + linear(d, d);
    long w = headWidth;
    long residual = 2 * w + 2 * linear(w, w) + linear(w, 3 * w);
    return trunk
        + linear(256, w)
        + linear(w, w)
        + linear(d, w)
        + linear(tokenDimension, w)
        + headLayers * residual
        + linear(w, 2L * tokenDimension)
        + linear(w, 2 * w);
  }

  private static long linear(long in, long out) {
    return in * out + out;
  }
}
