package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How long tensors live, and what happens afterwards. */
final class LifetimeTest {
  private long before;

  @BeforeEach
  void remember() {
    before = Device.CPU.outstandingBytes();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
  }

  private static Tensor three() {
    return Tensor.of(new float[] {1, 2, 3}, 3);
  }

  @Test
  void scopesCloseWhatTheyMade() {
    Tensor inner;
    try (Scope _ = Scope.open()) {
      inner = three();
      assertThat(Device.CPU.outstandingBytes()).isGreaterThan(before);
      assertThat(inner.isClosed()).isFalse();
    }
    assertThat(inner.isClosed()).isTrue();
    assertThat(inner).hasToString("F32[3]@cpu (closed)");
  }

  @Test
  void aClosedTensorCannotBeTouched() {
    Tensor tensor = three();
    tensor.close();
    String text =
        ": tensor of shape [3] is closed; keep() it from its scope if it must live longer";
    assertThatThrownBy(tensor::toFloats)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("read" + text);
    assertThatThrownBy(() -> Ops.neg(tensor))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("neg" + text);
    assertThatThrownBy(() -> tensor.copyFrom(new float[3], 0))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(tensor::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("tensor of shape [3] is already closed");
  }

  @Test
  void keptTensorsLiveInTheEnclosingScope() {
    try (Scope _ = Scope.open()) {
      Tensor kept;
      Tensor[] several;
      try (Scope inner = Scope.open()) {
        kept = inner.keep(three());
        several = new Tensor[] {three(), three()};
        inner.keepAll(List.of(several));
      }
      assertThat(kept.toFloats()).containsExactly(1, 2, 3);
      assertThat(several[1].isClosed()).isFalse();
    }
  }

  @Test
  void keptFromTheOutermostScopeTheOwnerCloses() {
    Tensor kept;
    try (Scope scope = Scope.open()) {
      kept = scope.keep(three());
    }
    assertThat(kept.isClosed()).isFalse();
    kept.close();
  }

  @Test
  void tensorsMadeOutsideOutliveEveryScope() {
    Tensor outside;
    try (Scope _ = Scope.open()) {
      outside = Scope.outside(LifetimeTest::three);
    }
    assertThat(outside.toFloats()).containsExactly(1, 2, 3);
    outside.close();
  }

  @Test
  void closingEarlyInsideAScopeIsAllowed() {
    try (Scope _ = Scope.open()) {
      three().close();
      assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    }
  }

  @Test
  void aViewKeepsTheMemoryOfItsTensor() {
    try (Scope _ = Scope.open()) {
      Tensor whole = three();
      Tensor part = whole.slice(0, 1, 2);
      whole.close();
      Tensor another = Ops.fill(Shape.of(3), DType.F32, 9);
      assertThat(part.toFloats()).containsExactly(2, 3);
      assertThat(another.toFloats()).containsExactly(9, 9, 9);
    }
  }

  @Test
  void scopesCloseOnceInOrderAndOnTheirThread() throws InterruptedException {
    Scope outer = Scope.open();
    Scope inner = Scope.open();
    assertThatThrownBy(outer::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("a scope opened inside this one is still open");
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    Thread other = new Thread(inner::close);
    other.setUncaughtExceptionHandler((_, error) -> thrown.set(error));
    other.start();
    other.join();
    assertThat(thrown.get()).isInstanceOf(WrongThreadException.class);
    inner.close();
    assertThatThrownBy(inner::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("scope is already closed");
    outer.close();
  }

  @Test
  void freedBlocksAreUsedAgain() {
    Object first;
    try (Scope _ = Scope.open()) {
      first = Ops.fill(Shape.of(1023), DType.F32, 1).storage().memory();
    }
    try (Scope _ = Scope.open()) {
      assertThat(Ops.fill(Shape.of(1020), DType.F32, 1).storage().memory()).isSameAs(first);
    }
    Device.CPU.trim();
    try (Scope _ = Scope.open()) {
      assertThat(Ops.fill(Shape.of(1023), DType.F32, 1).storage().memory()).isNotSameAs(first);
    }
  }

  @Test
  void sizeClassesAreCloseToTheSize() {
    for (int size : new int[] {0, 1, 16, 17, 31, 33, 113, 1023, 1_000_003, Integer.MAX_VALUE}) {
      int rounded = Pool.roundUp(size);
      assertThat((long) rounded).isGreaterThanOrEqualTo(Math.min(size, Integer.MAX_VALUE - 8));
      assertThat((long) rounded).isLessThanOrEqualTo(Math.max(size + (long) size / 7 + 16, 16));
    }
  }

  @Test
  void describesItself() {
    try (Scope _ = Scope.open()) {
      assertThat(three().describe())
          .isEqualTo("F32[3]@cpu min 1.000 mean 2.000 max 3.000 [1.0, 2.0, 3.0]");
      assertThat(Tensor.zeros(DType.I32, 0).describe()).isEqualTo("I32[0]@cpu");
    }
  }

  @Test
  void readsAndWritesHostArrays() {
    try (Scope _ = Scope.open()) {
      Tensor tensor = three();
      float[] host = new float[5];
      tensor.copyTo(host, 1);
      assertThat(host).containsExactly(0, 1, 2, 3, 0);
      assertThat(tensor.slice(0, 2, 1).item()).isEqualTo(3);
      assertThatThrownBy(tensor::item)
          .isInstanceOf(ShapeException.class)
          .hasMessage("item: needs exactly one element, shape is [3]");
      Tensor turned = Ops.transpose(Tensor.of(new float[4], 2, 2));
      assertThatThrownBy(() -> turned.copyTo(new float[4], 0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("copyTo: tensor of shape [2, 2] is not dense");
      assertThatThrownBy(() -> Tensor.of(new int[3], 2, 2))
          .isInstanceOf(ShapeException.class)
          .hasMessage("tensor: 3 values do not fill shape [2, 2]");
    }
  }

  @Test
  void nonFiniteResultsAreFoundOnDemand() {
    Engine.checkFinite(true);
    try (Scope _ = Scope.open()) {
      Tensor x = Tensor.of(new double[] {1, 0}, 2);
      assertThatThrownBy(() -> Ops.log(x))
          .isInstanceOf(NonFiniteException.class)
          .hasMessage(
              "log: result 0 of shape [2] is -Infinity at element 1; its operands were finite or"
                  + " unchecked");
    } finally {
      Engine.checkFinite(false);
    }
  }

  @Test
  void inPlaceOperandsMustBeDense() {
    try (Scope _ = Scope.open()) {
      Tensor turned = Ops.transpose(Tensor.of(new float[4], 2, 2));
      Tensor source = Tensor.of(new float[4], 2, 2);
      assertThatThrownBy(() -> Ops.addInto(turned, source))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage("addInto: operand 0 is written in place and must be dense");
    }
  }

  @Test
  void whatIsLostHalfMadeIsClosed() {
    long before = Device.CPU.outstandingBytes();
    assertThatThrownBy(() ->
            Scope.guarded(() -> {
              Tensor kept = Scope.guarded(() -> Scope.outside(() -> Tensor.zeros(DType.F32, 9)));
              try (Scope scope = Scope.open()) {
                scope.keep(Tensor.zeros(DType.F32, 9));
              }
              throw new IllegalStateException("half " + kept.size());
            }))
        .hasMessage("half 9");
    assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    try (Tensor kept = Scope.guarded(() -> Tensor.zeros(DType.F32, 9))) {
      assertThat(kept.isClosed()).isFalse();
    }
  }
}
