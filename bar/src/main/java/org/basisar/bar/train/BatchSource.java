package org.basisar.bar.train;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.basisar.bar.data.ImageData;

/**
 * Training batches as a function of the batch's number alone, so that a run resumed at any step
 * sees what the uninterrupted run would have seen. Images are shuffled per epoch; the last
 * incomplete batch of an epoch is dropped.
 */
public final class BatchSource {
  private static final long ORDER = 0x6f72646572L;
  private static final long CHANCE = 0x6368616e6365L;
  private static final long DRAW = 0x64726177L;

  private final ImageData data;
  private final PixelTokens tokens;
  private final int batch;
  private final boolean flip;
  private final double labelDropout;
  private final int nullLabel;
  private final long seed;
  private final ThreadLocal<float[]> image; // scratch of each thread
  private final int[] permutation;
  private long permutedEpoch = -1;

  /** A source of batches of {@code batch} images. */
  public BatchSource(
      ImageData data,
      PixelTokens tokens,
      int batch,
      boolean flip,
      double labelDropout,
      int nullLabel,
      long seed) {
    this.data = data;
    this.tokens = tokens;
    this.batch = batch;
    this.flip = flip;
    this.labelDropout = labelDropout;
    this.nullLabel = nullLabel;
    this.seed = seed;
    image = ThreadLocal.withInitial(() -> new float[tokens.size()]);
    permutation = new int[Math.max(batch, data.count())];
  }

  /** Whole batches in one pass over the data; at least 1. */
  public long batchesPerEpoch() {
    return Math.max(1, data.count() / batch);
  }

  /**
   * Fills one batch.
   *
   * @param number of the batch since the beginning of the run
   * @param destination [B, N, C]
   * @param labels [B]; the null label where the label is dropped
   */
  public void fill(long number, float[] destination, int[] labels) {
    permute(number / batchesPerEpoch());
    int first = (int) (number % batchesPerEpoch()) * batch;
    boolean[] mirrored = new boolean[batch];
    SplittableRandom chance = new SplittableRandom(mix(seed ^ CHANCE, number));
    for (int i = 0; i < batch; i++) {
      mirrored[i] = chance.nextBoolean() && flip;
      boolean dropped = chance.nextDouble() < labelDropout;
      labels[i] = dropped ? nullLabel : data.label(permutation[first + i]);
    }
    if (data.laborious()) {
      IntStream.range(0, batch)
          .parallel()
          .forEach(i -> look(number, i, permutation[first + i], mirrored[i], destination));
      readAhead(number + 1);
    } else {
      for (int i = 0; i < batch; i++) {
        look(number, i, permutation[first + i], mirrored[i], destination);
      }
    }
  }

  /** What is drawn depends on the batch's number and the place in it, not on the thread. */
  private void look(long number, int place, int index, boolean mirrored, float[] destination) {
    float[] scratch = image.get();
    data.draw(index, mirrored, mix(seed ^ DRAW, number * batch + place), scratch, 0);
    tokens.toTokens(scratch, destination, place * tokens.size());
  }

  /** Has a batch of this epoch brought from the disk while others are used. */
  private void readAhead(long number) {
    if (number / batchesPerEpoch() != permutedEpoch) {
      return;
    }
    int first = (int) (number % batchesPerEpoch()) * batch;
    int[] wanted = Arrays.copyOfRange(permutation, first, first + batch);
    CompletableFuture<Void> _ =
        CompletableFuture.runAsync(() -> Arrays.stream(wanted).forEach(data::expect));
  }

  private void permute(long epoch) {
    if (epoch == permutedEpoch) {
      return;
    }
    SplittableRandom random = new SplittableRandom(mix(seed ^ ORDER, epoch));
    for (int i = 0; i < permutation.length; i++) {
      permutation[i] = i % data.count();
    }
    for (int i = permutation.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = permutation[i];
      permutation[i] = permutation[j];
      permutation[j] = swapped;
    }
    permutedEpoch = epoch;
  }

  /** A seed for one purpose and batch, apart from all others. */
  static long mix(long seed, long number) {
    long z = seed + number * 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
