package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ParallelWorkTest {
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();

  private Supplier<ParallelWork.Worker> workers(IntConsumer task) {
    return () -> {
      opened.incrementAndGet();
      return new ParallelWork.Worker() {
        @Override
        public void run(int index) {
          task.accept(index);
        }

        @Override
        public void close() {
          closed.incrementAndGet();
        }
      };
    };
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 31, 1023})
  void everyTaskRunsOnce(int count) {
    AtomicIntegerArray runs = new AtomicIntegerArray(count);
    ParallelWork.run(count, workers(runs::incrementAndGet));
    for (int index = 0; index < count; index++) {
      assertThat(runs.get(index)).isEqualTo(1);
    }
    assertThat(closed.get()).isEqualTo(opened.get());
  }

  @Test
  void theFirstFailureIsReportedWhateverTheTiming() {
    for (int repeat = 0; repeat < 50; repeat++) {
      assertThatThrownBy(() ->
              ParallelWork.run(
                  200,
                  workers(index -> {
                    if (index >= 40) {
                      throw new DataException("task " + index);
                    }
                  })))
          .isInstanceOf(DataException.class)
          .hasMessage("task 40");
    }
    assertThat(closed.get()).isEqualTo(opened.get());
  }

  @Test
  void otherExceptionsComeThroughAsTheyAre() {
    assertThatThrownBy(() ->
            ParallelWork.run(
                5,
                workers(_ -> {
                  throw new IllegalStateException("a defect");
                })))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a defect");
  }
}
