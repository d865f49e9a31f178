package org.basisar.bar.latent;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.basisar.bar.data.DataException;
import org.basisar.bar.data.PictureFiles;

/**
 * Pictures in order, decoded and cropped ahead on all processors while others are encoded. Where
 * the source can only be read in order, this thread reads and the others decode.
 */
final class PictureQueue implements AutoCloseable {
  private static final int BATCHES_AHEAD = 2;

  private final PictureFiles pictures;
  private final int side;
  private final int ahead;
  private final ExecutorService threads;
  private final ThreadLocal<PictureFiles.Decoder> decoder;
  private final Queue<PictureFiles.Decoder> decoders = new ConcurrentLinkedQueue<>();
  private final Deque<Future<float[]>> underWay = new ArrayDeque<>();
  private int next;

  /** A queue that begins at picture {@code first}. */
  PictureQueue(PictureFiles pictures, int side, int first, int batch) {
    this.pictures = pictures;
    this.side = side;
    this.next = first;
    int processors = Runtime.getRuntime().availableProcessors();
    ahead = BATCHES_AHEAD * Math.max(batch, processors);
    decoder =
        ThreadLocal.withInitial(() -> {
          PictureFiles.Decoder made = pictures.decoder();
          decoders.add(made);
          return made;
        });
    threads =
        Executors.newFixedThreadPool(
            processors, Thread.ofPlatform().daemon().name("decode").factory());
  }

  /**
   * Takes the next picture.
   *
   * @param batch receives planar [3, side, side] at {@code place}
   * @throws DataException if the picture is unsound
   */
  void take(float[] batch, int place) {
    while (underWay.size() < ahead && next < pictures.count()) {
      underWay.add(start(next++));
    }
    float[] picture = finished(underWay.remove());
    System.arraycopy(picture, 0, batch, place * picture.length, picture.length);
  }

  private Future<float[]> start(int index) {
    if (pictures.sequential()) {
      byte[] content = pictures.content(index);
      return threads.submit(() -> decoder.get().decode(index, content, side));
    }
    return threads.submit(() -> decoder.get().decode(index, pictures.content(index), side));
  }

  private static float[] finished(Future<float[]> picture) {
    try {
      return picture.get();
    } catch (ExecutionException failed) {
      switch (failed.getCause()) {
        case RuntimeException unchecked -> throw unchecked;
        case Error error -> throw error;
        case null, default -> throw new IllegalStateException(failed);
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DataException("Reading the pictures was interrupted.", interrupted);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
    threads.close();
    decoders.forEach(PictureFiles.Decoder::close);
  }
}
