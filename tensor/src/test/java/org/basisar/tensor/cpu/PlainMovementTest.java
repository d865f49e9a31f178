package org.basisar.tensor.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Movement;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class PlainMovementTest {
  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  private static Tensor grid() {
    return Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
  }

  @Test
  void joinsAndCuts() {
    Tensor column = Tensor.of(new double[] {7, 8}, 2, 1);
    assertThat(Ops.concat(1, grid(), column).toDoubles()).containsExactly(1, 2, 3, 7, 4, 5, 6, 8);
    assertThat(Ops.concat(0, grid(), grid()).toDoubles())
        .containsExactly(1, 2, 3, 4, 5, 6, 1, 2, 3, 4, 5, 6);
    assertThat(Ops.stack(0, column, column).shape()).isEqualTo(Shape.of(2, 2, 1));
    Tensor[] parts = Ops.split(grid(), 1, 3);
    assertThat(parts).hasSize(3);
    assertThat(parts[1].toDoubles()).containsExactly(2, 5);
    assertThat(Ops.split(grid(), 0, 2)[1].toDoubles()).containsExactly(4, 5, 6);
  }

  @Test
  void padsWithZeros() {
    assertThat(Ops.pad(grid(), 1, 1, 2).toDoubles())
        .containsExactly(0, 1, 2, 3, 0, 0, 0, 4, 5, 6, 0, 0);
    assertThat(Ops.pad(grid(), 0, 0, 1).toDoubles()).containsExactly(1, 2, 3, 4, 5, 6, 0, 0, 0);
  }

  @Test
  void gathersAndScatters() {
    Tensor index = Tensor.of(new int[] {2, 0, 2}, 3);
    assertThat(Ops.gather(grid(), 1, index).toDoubles()).containsExactly(3, 1, 3, 6, 4, 6);
    assertThat(Ops.scatterAdd(grid(), 1, index, 4).toDoubles())
        .containsExactly(2, 0, 1 + 3, 0, 5, 0, 4 + 6, 0);
    Tensor words = Tensor.of(new int[] {1, 0, 1, 1}, 2, 2);
    assertThat(Ops.embedding(grid(), words).toDoubles())
        .containsExactly(4, 5, 6, 1, 2, 3, 4, 5, 6, 4, 5, 6);
    Tensor gradient = Ops.fill(Shape.of(2, 2, 1), DType.F64, 1.5);
    assertThat(Engine.run(new Movement.EmbeddingGradient(3), words, gradient)[0].toDoubles())
        .containsExactly(1.5, 4.5, 0);
  }

  @Test
  void indicesOutsideThrow() {
    Tensor high = Tensor.of(new int[] {0, 3}, 2);
    Tensor low = Tensor.of(new int[] {-1}, 1);
    assertThatThrownBy(() -> Ops.gather(grid(), 1, high))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("gather: index 3 at position 1 is outside 0 to 2, the entries there are");
    assertThatThrownBy(() -> Ops.embedding(grid(), low))
        .isInstanceOf(IndexOutOfBoundsException.class)
        .hasMessage("embedding: index -1 at position 0 is outside 0 to 1, the entries there are");
    assertThatThrownBy(() -> Ops.scatterAdd(Ops.slice(grid(), 1, 0, 2), 1, high, 3))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void movesEveryDtype() {
    Tensor bytes = Tensor.of(new byte[] {1, 2, (byte) 200, 4}, 2, 2);
    assertThat(Ops.contiguous(Ops.transpose(bytes)).toDoubles()).containsExactly(1, 200, 2, 4);
    Tensor integers = Tensor.of(new int[] {1, -2_000_000_011, 3, 4}, 2, 2);
    assertThat(Ops.concat(0, integers, integers).toInts())
        .containsExactly(1, -2_000_000_011, 3, 4, 1, -2_000_000_011, 3, 4);
    assertThat(Ops.gather(integers, 0, Tensor.of(new int[] {1}, 1)).toInts()).containsExactly(3, 4);
  }

  /** The engine never launches a view, but the kernel is what defines it. */
  @Test
  void viewKernelsAgreeWithViews() {
    Tensor x = grid();
    List<Movement.View> views =
        List.of(
            new Movement.Reshape(Shape.of(3, 2)),
            new Movement.Permute(List.of(1, 0)),
            new Movement.Slice(1, 1, 2),
            new Movement.Expand(Shape.of(2, 2, 3)));
    for (Movement.View view : views) {
      Tensor expected = Engine.run(view, x)[0];
      double[] actual = new double[expected.size()];
      PlainMovement.body(view, new Tensor[] {x}, new Tensor[] {expected})
          .compute(new double[][] {x.toDoubles()}, new double[][] {actual});
      assertThat(actual).as(view.toString()).containsExactly(expected.toDoubles());
    }
  }
}
