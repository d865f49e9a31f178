package org.basisar.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

final class ShapeTest {
  @Provide
  Arbitrary<Shape> shapes() {
    return Arbitraries.integers().between(0, 5).array(int[].class).ofMaxSize(4).map(Shape::of);
  }

  /** A shape that broadcasts to the given one: some extents are 1, some leading axes missing. */
  private static Shape thinned(Shape shape, int ones, int missing) {
    int[] dims = shape.dims();
    for (int i = 0; i < dims.length; i++) {
      if ((ones >> i & 1) != 0) {
        dims[i] = 1;
      }
    }
    int from = Math.min(missing, dims.length);
    return Shape.of(Arrays.copyOfRange(dims, from, dims.length));
  }

  @Property
  void broadcastingHasItsLaws(
      @ForAll("shapes") Shape shape, @ForAll byte ones, @ForAll byte others, @ForAll byte third) {
    Shape a = thinned(shape, ones, ones & 3);
    Shape b = thinned(shape, others, others & 3);
    Shape c = thinned(shape, third, third & 3);
    assertThat(Shape.broadcast("x", a, a)).isEqualTo(a);
    assertThat(Shape.broadcast("x", a, Shape.SCALAR)).isEqualTo(a);
    assertThat(Shape.broadcast("x", a, b)).isEqualTo(Shape.broadcast("x", b, a));
    assertThat(Shape.broadcast("x", a, shape)).isEqualTo(shape);
    assertThat(Shape.broadcast("x", Shape.broadcast("x", a, b), c))
        .isEqualTo(Shape.broadcast("x", a, Shape.broadcast("x", b, c)));
  }

  @Property
  void editingAxes(@ForAll("shapes") Shape shape, @ForAll byte at, @ForAll byte extent) {
    int place = Math.floorMod(at, shape.rank() + 1);
    int size = extent & 7;
    Shape longer = shape.insert(place, size);
    assertThat(longer.dim(place)).isEqualTo(size);
    assertThat(longer.without(place)).isEqualTo(shape);
    assertThat(longer.with(place, 3).without(place)).isEqualTo(shape);
    assertThat(longer.size()).isEqualTo(shape.size() * size);
    assertThat(longer.dim(place - longer.rank())).isEqualTo(size);
    assertThat(Shape.of(shape.dims())).isEqualTo(shape).hasSameHashCodeAs(shape);
  }

  @Property
  void denseStridesEnumerateTheElements(@ForAll("shapes") Shape shape) {
    int[] strides = shape.denseStrides();
    int last = 0;
    for (int axis = 0; axis < shape.rank(); axis++) {
      last += strides[axis] * Math.max(0, shape.dim(axis) - 1);
    }
    if (shape.size() > 0) {
      assertThat(last).isEqualTo(shape.size() - 1);
    }
  }

  @Test
  void shapesAreValues() {
    int[] dims = {2, 3};
    Shape shape = Shape.of(dims);
    dims[0] = 9;
    shape.dims()[1] = 9;
    assertThat(shape).isEqualTo(Shape.of(2, 3)).isNotEqualTo(Shape.of(3, 2)).hasToString("[2, 3]");
    assertThat(Shape.of()).isSameAs(Shape.SCALAR);
    assertThat(Shape.SCALAR.size()).isEqualTo(1);
    assertThat(Shape.of(3, 0, 2).size()).isZero();
  }

  @Test
  void refusesWhatIsNoShape() {
    assertThatThrownBy(() -> Shape.of(2, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [2, -1] has a negative extent");
    assertThatThrownBy(() -> Shape.of(65536, 65536))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shape [65536, 65536] has more than 2^31-1 elements; split the tensor");
    assertThatThrownBy(() -> Shape.of(2).dim(1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("axis 1 does not exist in shape [2]");
    assertThatThrownBy(() -> Shape.of(2).dim(-2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Shape.broadcast("add", Shape.of(2, 3), Shape.of(2)))
        .isInstanceOf(ShapeException.class)
        .hasMessage("add: shapes [2, 3] and [2] do not broadcast")
        .satisfies(e ->
            assertThat(((ShapeException) e).shapes()).containsExactly(Shape.of(2, 3), Shape.of(2)));
  }
}
