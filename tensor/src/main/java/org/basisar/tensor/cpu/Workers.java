package org.basisar.tensor.cpu;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The one pool of threads that runs {@link ParallelKernel}s.
 *
 * <p>Items are cut statically into as many contiguous ranges as there are threads; the calling
 * thread computes the first range and daemon threads the others. A daemon thread spins shortly
 * between two kernels, because the next one usually follows at once, and then parks. When the pool
 * is busy (a kernel runs another kernel, or a second thread calls), the kernel is computed on the
 * calling thread, which gives the same bits.
 */
public final class Workers {

  /** How long a thread spins before it parks. Waking a parked thread costs about as much. */
  private static final long SPIN_NANOS = 50_000;

  private static final AtomicBoolean BUSY = new AtomicBoolean();

  private static volatile int threads = physicalCores();
  private static Worker[] workers = {};

  private Workers() {}

  /**
   * Number of threads used by {@link #run}, the caller included. At first the number of physical
   * cores.
   */
  public static int threads() {
    return threads;
  }

  /**
   * Sets the number of threads for all later kernels.
   *
   * @param count number of threads, at least 1
   * @throws IllegalArgumentException if {@code count} is less than 1
   */
  public static void configure(int count) {
    if (count < 1) {
      throw new IllegalArgumentException(
          "The number of threads is " + count + "; give a number of at least 1.");
    }
    threads = count;
  }

  /**
   * Runs all items of a kernel and returns when they are done.
   *
   * @param kernel what to compute
   * @throws RuntimeException whatever the kernel threw on any thread (also errors), after all
   *     threads have finished
   */
  public static void run(ParallelKernel kernel) {
    int items = kernel.items();
    if (items <= 0) {
      return;
    }
    int parts = (int) Math.min(threads, Math.max(1, items / (long) Math.max(1, kernel.grain())));
    if (parts == 1 || !BUSY.compareAndSet(false, true)) {
      kernel.run(0, items);
      return;
    }
    try {
      fork(kernel, items, parts);
    } finally {
      BUSY.set(false);
    }
  }

  private static void fork(ParallelKernel kernel, int items, int parts) {
    if (workers.length < parts - 1) {
      int have = workers.length;
      workers = Arrays.copyOf(workers, parts - 1);
      for (int i = have; i < workers.length; i++) {
        workers[i] = new Worker(i + 1);
        workers[i].start();
      }
    }
    Worker[] pool = workers;
    for (int part = 1; part < parts; part++) {
      pool[part - 1].submit(kernel, cut(items, part, parts), cut(items, part + 1, parts));
    }
    Throwable failure = null;
    try {
      kernel.run(0, cut(items, 1, parts));
    } catch (RuntimeException | Error thrown) {
      failure = thrown;
    }
    for (int part = 1; part < parts; part++) {
      Throwable thrown = pool[part - 1].finish();
      if (failure == null) {
        failure = thrown;
      }
    }
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  private static int cut(int items, int part, int parts) {
    return (int) ((long) items * part / parts);
  }

  /**
   * Distinct cores as Linux reports them; elsewhere the processors that the machine offers to Java.
   */
  private static int physicalCores() {
    int logical = Runtime.getRuntime().availableProcessors();
    Set<String> cores = new HashSet<>();
    for (int cpu = 0; ; cpu++) {
      Path siblings =
          Path.of("/sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
      if (!Files.isReadable(siblings)) {
        break;
      }
      try {
        cores.add(Files.readString(siblings).strip());
      } catch (IOException unreadable) {
        return logical;
      }
    }
    return cores.isEmpty() ? logical : Math.min(logical, cores.size());
  }

  private static final class Worker extends Thread {
    private volatile @Nullable ParallelKernel kernel;
    private volatile boolean parked;
    private volatile @Nullable Thread waiting;
    private int from;
    private int to;
    private @Nullable Throwable failure;

    Worker(int index) {
      super("basisar-cpu-" + index);
      setDaemon(true);
    }

    void submit(ParallelKernel work, int first, int end) {
      from = first;
      to = end;
      failure = null;
      kernel = work;
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    /** Waits for the submitted range; returns what it threw. */
    @Nullable Throwable finish() {
      if (kernel == null) {
        return failure;
      }
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (kernel != null) {
        Thread.onSpinWait();
        if (System.nanoTime() > deadline) {
          waiting = Thread.currentThread();
          while (kernel != null) {
            LockSupport.park(this);
          }
          waiting = null;
        }
      }
      return failure;
    }

    @Override
    public void run() {
      while (true) {
        ParallelKernel work = next();
        try {
          work.run(from, to);
        } catch (RuntimeException | Error thrown) {
          failure = thrown;
        }
        kernel = null;
        Thread waiter = waiting;
        if (waiter != null) {
          LockSupport.unpark(waiter);
        }
      }
    }

    private ParallelKernel next() {
      long deadline = System.nanoTime() + SPIN_NANOS;
      while (true) {
        ParallelKernel work = kernel;
        if (work != null) {
          return work;
        }
        Thread.onSpinWait();
        if (System.nanoTime() > deadline) {
          parked = true;
          while (kernel == null) {
            LockSupport.park(this);
          }
          parked = false;
        }
      }
    }
  }
}
