package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkersTest {
  private final int before = Workers.threads();

  @AfterEach
  void restore() {
    Workers.configure(before);
  }

  private static final class Counting extends ParallelKernel {
    final AtomicIntegerArray visits;
    final AtomicInteger ranges = new AtomicInteger();
    final int grain;

    Counting(int items, int grain) {
      visits = new AtomicIntegerArray(items);
      this.grain = grain;
    }

    @Override
    public int items() {
      return visits.length();
    }

    @Override
    public int grain() {
      return grain;
    }

    @Override
    public void run(int from, int to) {
      ranges.incrementAndGet();
      for (int i = from; i < to; i++) {
        visits.incrementAndGet(i);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 31, 33, 113, 1023})
  void everyItemIsVisitedOnce(int items) {
    for (int threads = 1; threads <= 5; threads++) {
      Workers.configure(threads);
      Counting kernel = new Counting(items, 1);
      Workers.run(kernel);
      for (int i = 0; i < items; i++) {
        assertThat(kernel.visits.get(i)).isEqualTo(1);
      }
      assertThat(kernel.ranges.get()).isEqualTo(Math.min(items, threads));
    }
  }

  @Test
  void smallWorkStaysOnTheCaller() {
    Workers.configure(4);
    Counting kernel = new Counting(100, 51);
    Workers.run(kernel);
    assertThat(kernel.ranges.get()).isEqualTo(1);
    kernel = new Counting(100, 50);
    Workers.run(kernel);
    assertThat(kernel.ranges.get()).isEqualTo(2);
  }

  @Test
  void kernelsMayRunKernels() {
    Workers.configure(3);
    Counting inner = new Counting(7, 1);
    Workers.run(
        new ParallelKernel() {
          @Override
          public int items() {
            return 3;
          }

          @Override
          public void run(int from, int to) {
            for (int i = from; i < to; i++) {
              Workers.run(inner);
            }
          }
        });
    assertThat(inner.visits.get(6)).isEqualTo(3);
  }

  @Test
  void failuresOfAnyThreadReachTheCallerAndLeaveThePoolUsable() {
    Workers.configure(3);
    for (int bad = 0; bad < 3; bad++) {
      int thrower = bad;
      assertThatThrownBy(() ->
              Workers.run(
                  new ParallelKernel() {
                    @Override
                    public int items() {
                      return 3;
                    }

                    @Override
                    public void run(int from, int to) {
                      if (from == thrower) {
                        throw new IllegalStateException("item " + from);
                      }
                    }
                  }))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("item " + bad);
      everyItemIsVisitedOnce(33);
    }
  }

  @Test
  void threadsWakeAfterParking() throws InterruptedException {
    Workers.configure(2);
    for (int i = 0; i < 20; i++) {
      Thread.sleep(2);
      Counting kernel = new Counting(2, 1);
      Workers.run(kernel);
      assertThat(kernel.visits.get(1)).isEqualTo(1);
    }
  }

  @Test
  void zeroThreadsAreRefused() {
    assertThatThrownBy(() -> Workers.configure(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("The number of threads is 0; give a number of at least 1.");
  }
}
