package org.basisar.bar.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.basisar.bar.basis.BasisStart;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every transform, and the sizes of the field on a grid of 16. */
class TransformsTest {
  private static final Set<TransformKind> NOT_ORTHOGONAL =
      EnumSet.of(
          TransformKind.VAR,
          TransformKind.VAR_RESIDUAL,
          TransformKind.FAR_LEVELS,
          TransformKind.FRACTAL_STACK);

  private static Transform make(TransformKind kind, int grid) {
    return kind.source() == TransformKind.Source.FORMULA
        ? Transforms.of(kind, grid, 2, 7)
        : Transforms.of(kind, grid, BasisStart.orthogonal(grid * grid, 3));
  }

  @ParameterizedTest
  @EnumSource(TransformKind.class)
  void decodingGivesBackWhatTheRankAllows(TransformKind kind) {
    Transform transform = make(kind, 8);
    int tokens = 64;
    boolean wide = kind == TransformKind.TITOK;
    assertThat(transform.name()).isEqualTo(kind.label());
    assertThat(transform.rank()).isEqualTo(wide ? 8 : tokens);
    assertThat(transform.rows() == tokens).isEqualTo(kind.square());
    assertThat(transform.invertible()).isEqualTo(kind.square());
    assertThat(transform.lossless()).isEqualTo(!wide);
    assertThat(transform.orthogonal()).isEqualTo(!NOT_ORTHOGONAL.contains(kind));
    assertThat(transform.lostShare()).isEqualTo(wide ? 0.875 : 0);
    assertThat(Arrays.stream(transform.levels()).sum()).isEqualTo(transform.rows());
    assertThat(Arrays.stream(transform.levels())).allMatch(level -> level > 0);
    double[] projector =
        Matrices.product(transform.inverse(), transform.matrix(), transform.rows());
    assertThat(Matrices.product(projector, projector, tokens))
        .containsExactly(projector, within(1e-9));
    if (!wide) {
      assertThat(projector).containsExactly(Matrices.identity(tokens), within(1e-9));
    }
    assertThat(transform.lostShare(Matrices.identity(tokens)))
        .isCloseTo(transform.lostShare(), within(1e-9));
  }

  @ParameterizedTest
  @EnumSource(TransformKind.class)
  void anotherOrderOfTheSequenceIsAnotherOrderOfColumns(TransformKind kind) {
    Transform transform = make(kind, 8);
    int[] raster = Permutations.cells(8, 4);
    double[] x = new double[64]; // in raster order
    double[] sequence = new double[64];
    Arrays.setAll(x, i -> Math.sin(i + 1));
    Arrays.setAll(sequence, t -> x[raster[t]]);
    assertThat(Matrices.product(transform.onSequence(raster), sequence, 64))
        .containsExactly(Matrices.product(transform.matrix(), x, 64), within(1e-12));
  }

  @Test
  void permutationsOnAGridOfSixteen() {
    assertThat(Permutations.par(16, 2)).startsWith(0, 8, 128, 136, 1, 9, 129, 137);
    assertThat(Permutations.par(16, 4)).startsWith(0, 4, 8, 12, 64, 68, 72, 76);
    assertThat(Permutations.cells(16, 2)).startsWith(0, 1, 2, 3, 4, 5, 6, 7, 16);
    assertThat(Permutations.raster(16)).isSorted();
    for (int[] order :
        new int[][] {
          Permutations.par(24, 2), Permutations.par(24, 4), Permutations.cells(24, 3),
        }) {
      assertThat(order.clone()).doesNotHaveDuplicates().hasSize(576).contains(0, 575);
    }
    assertThat(Transforms.of(TransformKind.PAR, 16, 2, 1).levels()).hasSize(4 + 63);
    assertThat(Transforms.of(TransformKind.PAR_16, 16, 2, 1).levels()).hasSize(16 + 15);
    assertThat(Transforms.of(TransformKind.XAR, 16, 2, 1).levels()).containsExactly(64, 64, 64, 64);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 5, 33})
  void gridsThatDoNotSuitAreRefusedInOneSentence(int grid) {
    assertThatThrownBy(() -> Transforms.of(TransformKind.PAR_16, grid, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a grid of side " + grid);
    assertThatThrownBy(() -> Transforms.of(TransformKind.FRACTAL_STACK, grid, 2, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a grid of side " + grid);
    if (grid != 2) {
      assertThatThrownBy(() -> Transforms.of(TransformKind.FRACTAL, grid, 2, 1))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("power of two, not " + grid);
    }
  }

  @Test
  void whatDataDecidesIsNoFormula() {
    assertThatThrownBy(() -> Transforms.of(TransformKind.PCA, 4, 2, 1))
        .hasMessageContaining("pca is not given by a formula");
  }

  @Test
  void whatTheTokensEnergyLosesFollowsTheirMoment() {
    // Rows 0..7 of the identity keep the first eight tokens of 64.
    Transform first = Transforms.of(TransformKind.TITOK, 8, Matrices.identity(64));
    double[] moment = new double[64 * 64];
    moment[0] = 3;
    moment[63 * 64 + 63] = 1;
    assertThat(first.lostShare(moment)).isCloseTo(0.25, within(1e-12));
  }
}
