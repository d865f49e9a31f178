package org.basisar.bar.data;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Runs numbered tasks on all processors. */
final class ParallelWork {
  /** What one thread uses for all its tasks. */
  interface Worker extends AutoCloseable {
    /** Does task {@code index}; a {@link DataException} ends the whole work. */
    void run(int index);

    @Override
    void close();
  }

  private record Failure(int index, DataException fault) {}

  private ParallelWork() {}

  /**
   * Runs tasks 0 to {@code count} - 1.
   *
   * @throws DataException the one of the lowest-numbered task that failed, whatever the timing
   */
  static void run(int count, Supplier<Worker> workers) {
    int threads = Math.clamp(count, 1, Runtime.getRuntime().availableProcessors());
    AtomicInteger next = new AtomicInteger();
    AtomicInteger end = new AtomicInteger(count);
    List<Future<@Nullable Failure>> running = new ArrayList<>();
    try (ExecutorService threadPool =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory())) {
      for (int thread = 0; thread < threads; thread++) {
        running.add(threadPool.submit(() -> work(workers, next, end)));
      }
    }
    Failure first = null;
    for (Future<@Nullable Failure> thread : running) {
      Failure failure = result(thread);
      if (failure != null && (first == null || failure.index < first.index)) {
        first = failure;
      }
    }
    if (first != null) {
      throw first.fault;
    }
  }

  private static @Nullable Failure work(
      Supplier<Worker> workers, AtomicInteger next, AtomicInteger end) {
    try (Worker worker = workers.get()) {
      // Numbers are handed out in order, so every task before a failed one is done or failed by the
      // time all threads end.
      for (int index = next.getAndIncrement(); index < end.get(); index = next.getAndIncrement()) {
        try {
          worker.run(index);
        } catch (DataException fault) {
          end.set(0);
          return new Failure(index, fault);
        }
      }
      return null;
    }
  }

  private static @Nullable Failure result(Future<@Nullable Failure> thread) {
    try {
      return thread.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof RuntimeException unchecked) {
        throw unchecked;
      }
      if (failed.getCause() instanceof Error error) {
        throw error;
      }
      throw new IllegalStateException(failed.getCause());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DataException("Reading the images was interrupted.", interrupted);
    }
  }
}
