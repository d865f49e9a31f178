package org.basisar.tensor.cpu;

/**
 * Exchanges the two leading axes of [first, second, width]: images of tokens to tokens of images
 * and back. In the second form one matrix product transforms the tokens of all images at once. An
 * item is a row of the result.
 */
final class TokenTurn extends FastKernel {
  private final int first;
  private final int second;
  private final int width;
  private final float[] from;
  private final int fromOffset;
  private final float[] to;
  private final int toOffset;

  TokenTurn(
      int first, int second, int width, float[] from, int fromOffset, float[] to, int toOffset) {
    this.first = first;
    this.second = second;
    this.width = width;
    this.from = from;
    this.fromOffset = fromOffset;
    this.to = to;
    this.toOffset = toOffset;
  }

  @Override
  public int items() {
    return second;
  }

  @Override
  public int grain() {
    return grain(CHEAP, first * (width + 16));
  }

  @Override
  public void run(int begin, int end) {
    for (int j = begin; j < end; j++) {
      for (int i = 0; i < first; i++) {
        System.arraycopy(
            from,
            fromOffset + (i * second + j) * width,
            to,
            toOffset + (j * first + i) * width,
            width);
      }
    }
  }
}
