package org.basisar.tensor.check;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.basisar.tensor.CustomOp;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Elementwise.CompareKind;
import org.basisar.tensor.Elementwise.UnaryKind;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Op;
import org.basisar.tensor.Reduction;
import org.junit.jupiter.api.Test;

/** The table leaves no operation out. */
final class OpTableTest {
  private static List<Class<?>> records(Class<?> type) {
    if (type.isRecord()) {
      return List.of(type);
    }
    Class<?>[] permitted = type.getPermittedSubclasses();
    if (permitted == null) {
      return List.of();
    }
    List<Class<?>> found = new ArrayList<>();
    for (Class<?> subclass : permitted) {
      found.addAll(records(subclass));
    }
    return found;
  }

  @Test
  void everyOperationHasACase() {
    Set<Class<?>> covered =
        OpCases.all().stream().map(c -> (Class<?>) c.op().getClass()).collect(Collectors.toSet());
    assertThat(records(Op.class)).isNotEmpty();
    assertThat(covered).containsAll(records(Op.class));
    assertThat(OpCases.all()).anyMatch(c -> c.op() instanceof CustomOp);
  }

  @Test
  void everyKindHasACase() {
    EnumSet<UnaryKind> unary = EnumSet.noneOf(UnaryKind.class);
    EnumSet<UnaryKind> unaryGradient = EnumSet.noneOf(UnaryKind.class);
    EnumSet<BinaryKind> binary = EnumSet.noneOf(BinaryKind.class);
    EnumSet<CompareKind> compare = EnumSet.noneOf(CompareKind.class);
    EnumSet<Reduction.Kind> reduce = EnumSet.noneOf(Reduction.Kind.class);
    EnumSet<Reduction.Kind> reduceAll = EnumSet.noneOf(Reduction.Kind.class);
    EnumSet<Matrix.Epilogue> epilogue = EnumSet.noneOf(Matrix.Epilogue.class);
    for (OpCase opCase : OpCases.all()) {
      if (opCase.op() instanceof Elementwise.Unary(UnaryKind kind)) {
        unary.add(kind);
      } else if (opCase.op() instanceof Elementwise.UnaryGradient(UnaryKind kind)) {
        unaryGradient.add(kind);
      } else if (opCase.op() instanceof Elementwise.Binary(BinaryKind kind)) {
        binary.add(kind);
      } else if (opCase.op() instanceof Elementwise.Compare(CompareKind kind)) {
        compare.add(kind);
      } else if (opCase.op() instanceof Reduction.Reduce(Reduction.Kind kind, int _)) {
        reduce.add(kind);
      } else if (opCase.op() instanceof Reduction.ReduceAll(Reduction.Kind kind)) {
        reduceAll.add(kind);
      } else if (opCase.op() instanceof Matrix.Linear linear) {
        epilogue.add(linear.epilogue());
      }
    }
    assertThat(unary).containsExactly(UnaryKind.values());
    assertThat(unaryGradient).containsExactly(UnaryKind.values());
    assertThat(binary).containsExactly(BinaryKind.values());
    assertThat(compare).containsExactly(CompareKind.values());
    assertThat(reduce).containsExactly(Reduction.Kind.values());
    assertThat(reduceAll).containsExactly(Reduction.Kind.values());
    assertThat(epilogue).containsExactly(Matrix.Epilogue.values());
  }

  @Test
  void namesTellCasesApart() {
    List<String> names = OpCases.all().stream().map(OpCase::name).toList();
    assertThat(new HashSet<>(names)).hasSizeGreaterThan(names.size() * 9 / 10);
    assertThat(OpCases.errors()).extracting(ErrorCase::message).doesNotHaveDuplicates();
  }

  @Test
  void generatorHasTheDocumentedValues() {
    // Two values worked out by hand from the definition, one with a product beyond 2^32.
    assertThat(Operand.u(0, 0)).isEqualTo(1013904223 / 4294967296.0 - 0.5);
    long product = 2654435761L * 3 + 1013904223L * 2;
    assertThat(Operand.u(1, 3)).isEqualTo((product - (product >> 32 << 32)) / 4294967296.0 - 0.5);
    double[] many = new double[1000];
    Arrays.setAll(many, i -> Operand.u(7, i));
    assertThat(Arrays.stream(many).average().orElseThrow()).isBetween(-0.01, 0.01);
    assertThat(Arrays.stream(many).min().orElseThrow()).isBetween(-0.5, -0.49);
    assertThat(Arrays.stream(many).max().orElseThrow()).isBetween(0.49, 0.5);
  }
}
