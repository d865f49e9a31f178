package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Views against a model: an array that is really rearranged. */
final class ViewTest {
  private static int[] unravel(Shape shape, int index) {
    int[] at = new int[shape.rank()];
    int rest = index;
    for (int axis = shape.rank() - 1; axis >= 0; axis--) {
      at[axis] = rest % shape.dim(axis);
      rest /= shape.dim(axis);
    }
    return at;
  }

  private static int ravel(Shape shape, int[] at) {
    int index = 0;
    for (int axis = 0; axis < at.length; axis++) {
      index = index * shape.dim(axis) + at[axis];
    }
    return index;
  }

  private static double[] rearranged(
      double[] from, Shape fromShape, Shape shape, java.util.function.UnaryOperator<int[]> source) {
    double[] out = new double[shape.size()];
    for (int i = 0; i < out.length; i++) {
      out[i] = from[ravel(fromShape, source.apply(unravel(shape, i)))];
    }
    return out;
  }

  @Property(tries = 2000)
  void chainsOfViewsRearrangeLikeArrays(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] dims = random.ints(random.nextInt(5), 0, 5).toArray();
    try (Scope _ = Scope.open()) {
      Shape shape = Shape.of(dims);
      double[] model = random.doubles(shape.size()).toArray();
      Tensor tensor = Tensor.of(model, dims);
      for (int step = 0; step < 5; step++) {
        Shape before = tensor.shape();
        double[] from = model;
        switch (random.nextInt(4)) {
          case 0 -> {
            List<Integer> order = order(before.rank(), random);
            tensor = Ops.permute(tensor, order);
            model =
                rearranged(
                    from,
                    before,
                    tensor.shape(),
                    at -> {
                      int[] source = new int[at.length];
                      for (int i = 0; i < at.length; i++) {
                        source[order.get(i)] = at[i];
                      }
                      return source;
                    });
          }
          case 1 -> {
            if (before.rank() > 0) {
              int axis = random.nextInt(before.rank());
              int start = random.nextInt(before.dim(axis) + 1);
              int length = random.nextInt(before.dim(axis) - start + 1);
              tensor = tensor.slice(axis - before.rank(), start, length);
              model =
                  rearranged(
                      from,
                      before,
                      tensor.shape(),
                      at -> {
                        int[] source = at.clone();
                        source[axis] += start;
                        return source;
                      });
            }
          }
          case 2 -> {
            Shape wider = before.insert(0, 1 + random.nextInt(3));
            tensor = Ops.expand(tensor, wider);
            model = rearranged(from, before, wider, at -> Arrays.copyOfRange(at, 1, at.length));
          }
          default -> {
            // Reshaping may copy, but never changes the row-major order.
            tensor = before.size() == 0 ? tensor : tensor.reshape(-1, 1);
          }
        }
        assertThat(tensor.toDoubles()).containsExactly(model);
        assertThat(Ops.contiguous(tensor).isDense()).isTrue();
        assertThat(Ops.contiguous(tensor).toDoubles()).containsExactly(model);
      }
    }
  }

  @Test
  void emptySlicesAtTheEndOfAStridedViewHaveNoElements() {
    try (Scope _ = Scope.open()) {
      Tensor matrix = Tensor.of(new double[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor empty = Ops.transpose(matrix).slice(1, 1, 1).slice(0, 3, 0).slice(1, 1, 0);
      assertThat(empty.toDoubles()).isEmpty();
      assertThat(matrix.slice(0, 2, 0).slice(1, 3, 0).toDoubles()).isEmpty();
      Tensor none = Ops.expand(matrix.slice(0, 0, 0), Shape.of(40, 0, 3));
      assertThat(none.slice(2, 2, 1).slice(2, 0, 1).slice(0, 39, 1).toDoubles()).isEmpty();
      Tensor nothing = Tensor.of(new double[0], 4, 0, 5);
      assertThat(nothing.slice(2, 4, 1).slice(0, 3, 1).toDoubles()).isEmpty();
    }
  }

  private static List<Integer> order(int rank, SplittableRandom random) {
    List<Integer> order = new ArrayList<>();
    for (int axis = 0; axis < rank; axis++) {
      order.add(axis);
    }
    Collections.shuffle(order, new java.util.Random(random.nextLong()));
    return order;
  }

  @Property
  void expandedExtentsRepeat(@ForAll long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] dims = random.ints(3, 1, 4).toArray();
    int[] thin = dims.clone();
    ToIntFunction<int[]> any = values -> random.nextInt(values.length);
    thin[any.applyAsInt(thin)] = 1;
    try (Scope _ = Scope.open()) {
      Shape shape = Shape.of(dims);
      Shape source = Shape.of(thin);
      double[] values = random.doubles(source.size()).toArray();
      Tensor expanded = Ops.expand(Tensor.of(values, thin), shape);
      assertThat(expanded.toDoubles())
          .containsExactly(
              rearranged(
                  values,
                  source,
                  shape,
                  at -> {
                    int[] from = at.clone();
                    for (int axis = 0; axis < from.length; axis++) {
                      from[axis] = source.dim(axis) == 1 ? 0 : from[axis];
                    }
                    return from;
                  }));
    }
  }

  @Test
  void viewsShareTheirElements() {
    try (Scope _ = Scope.open()) {
      Tensor matrix = Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3);
      Tensor column = matrix.slice(1, 1, 1);
      Tensor turned = Ops.transpose(matrix);
      Tensor detached = matrix.detach();
      assertThat(column.storage()).isSameAs(matrix.storage());
      matrix.copyFrom(new float[] {10, 20, 30, 40, 50, 60}, 0);
      assertThat(column.toFloats()).containsExactly(20, 50);
      assertThat(turned.toFloats()).containsExactly(10, 40, 20, 50, 30, 60);
      assertThat(detached.toFloats()).containsExactly(10, 20, 30, 40, 50, 60);
      assertThat(matrix.reshape(6).storage()).isSameAs(matrix.storage());
      assertThat(turned.reshape(6).storage()).isNotSameAs(matrix.storage());
      assertThat(matrix.storage().version()).isEqualTo(1);
    }
  }
}
