package org.basisar.bar.xar;

import org.basisar.bar.model.NetworkConfig;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;

/**
 * The size of an xAR network.
 *
 * @param gridSide tokens along each side of the grid; N = gridSide²
 * @param cellsPerSide cells along each side; every cell is one autoregressive step
 * @param tokenDimension numbers per token, C
 * @param width D
 * @param heads attention heads; width / heads must be a multiple of 4
 * @param layers blocks in the encoder and again in the decoder, L
 * @param mlpWidth hidden width of the gated MLP, h
 * @param classes number of classes; the table has one more row, for no class
 * @param dropout rate on attention probabilities, projections and inside the MLP, while training
 */
public record XarConfig(
    int gridSide,
    int cellsPerSide,
    int tokenDimension,
    int width,
    int heads,
    int layers,
    int mlpWidth,
    int classes,
    double dropout)
    implements NetworkConfig {

  /** Checks that the parts fit together. */
  public XarConfig {
    if (tokenDimension <= 0 || width <= 0 || heads <= 0 || layers <= 0 || mlpWidth <= 0) {
      throw new IllegalArgumentException(
          "token dimension, width, heads, layers and MLP width must be positive");
    }
    if (width % heads != 0 || width / heads % 4 != 0) {
      throw new IllegalArgumentException(
          "width "
              + width
              + " over "
              + heads
              + " heads must give a head width divisible by 4; choose other heads or width");
    }
    if (classes < 1) {
      throw new IllegalArgumentException("there must be at least one class, was given " + classes);
    }
    if (!(dropout >= 0 && dropout < 1)) {
      throw new IllegalArgumentException("dropout must be in [0, 1), is " + dropout);
    }
    new CellOrder(gridSide, cellsPerSide);
  }

  /** The published MLP width for a model width: trunc(4·2/3·D). */
  public static int publishedMlpWidth(int width) {
    return width * 4 * 2 / 3;
  }

  /** xAR-B at 256×256: 172,638,224 parameters. */
  public static XarConfig base() {
    return published(768, 12, 8);
  }

  /** xAR-L at 256×256: 608,397,968 parameters. */
  public static XarConfig large() {
    return published(1024, 16, 16);
  }

  /** xAR-H at 256×256: 1,186,024,096 parameters. */
  public static XarConfig huge() {
    return published(1280, 16, 20);
  }

  private static XarConfig published(int width, int heads, int layers) {
    return new XarConfig(16, 2, 16, width, heads, layers, publishedMlpWidth(width), 1000, 0.1);
  }

  /** The order of the tokens. */
  public CellOrder order() {
    return new CellOrder(gridSide, cellsPerSide);
  }

  @Override
  public Module build(Setup setup) {
    return new XarModel(setup, this);
  }

  @Override
  public long parameterCount() {
    long d = width;
    long n = (long) gridSide * gridSide;
    long block =
        linear(d, 3 * d)
            + linear(d, d)
            + 2 * linear(d, mlpWidth)
            + linear(mlpWidth, d)
            + linear(d, 6 * d);
    return 2 * n * d
        + (classes + 1) * d
        + linear(256, d)
        + linear(d, d)
        + linear(tokenDimension, d)
        + 3 * d
        + linear(d, d)
        + 2L * layers * block
        + linear(d, tokenDimension);
  }

  private static long linear(long in, long out) {
    return in * out + out;
  }
}
