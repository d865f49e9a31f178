package org.basisar.bar.train;

import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.basisar.tensor.Upload;

/**
 * The batch that programs read, and the next one on its way into the same tensors: it is made on
 * the host and sent to the device while a step runs.
 */
final class BatchFeed implements AutoCloseable {
  private final BatchSource source;
  private final float[] hostTokens;
  private final int[] hostLabels;
  private final Tensor tokens; // [B, N, C]
  private final Tensor labels; // [B]
  private final Upload upload;
  private long underWay = -1;

  /** Batches of {@code batch} images as {@code count} tokens of {@code dimension} numbers. */
  BatchFeed(BatchSource source, int batch, int count, int dimension) {
    this.source = source;
    hostTokens = new float[batch * count * dimension];
    hostLabels = new int[batch];
    tokens = Scope.outside(() -> Tensor.of(hostTokens, batch, count, dimension));
    labels = Scope.outside(() -> Tensor.of(hostLabels, batch));
    upload = new Upload(tokens, labels);
  }

  /** Tokens of the batch loaded last, [B, N, C]. */
  Tensor tokens() {
    return tokens;
  }

  /** Labels of the batch loaded last, I32 [B]. */
  Tensor labels() {
    return labels;
  }

  /** Makes a batch and sets it on its way, without touching the one that is loaded. */
  void send(long number) {
    source.fill(number, hostTokens, hostLabels);
    upload.put(tokens, hostTokens);
    upload.put(labels, hostLabels);
    upload.send();
    underWay = number;
  }

  /** Has all that is launched from now on find a batch, which need not have been sent before. */
  void load(long number) {
    if (underWay != number) {
      send(number);
    }
    upload.arrive();
    underWay = -1;
  }

  @Override
  public void close() {
    upload.close();
    tokens.close();
    labels.close();
  }
}
