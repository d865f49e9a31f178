package org.basisar.bar.ablation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.basisar.bar.picture.Series;
import org.basisar.bar.report.Document;
import org.basisar.bar.report.RunMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparisonTest {
  private static final List<Long> SEEDS = List.of(1L, 2L, 3L);
  private static final List<AblationTable.Row> ORDER =
      AblationTable.OBJECTIVE.publishedOrder().getFirst();

  @TempDir Path folder;

  private ArmResult result(Arm arm, long seed, double validation) throws IOException {
    return new ArmResult(
        arm.name(),
        seed,
        Map.of("validation error", validation),
        RunMetrics.read(folder.resolve("none")),
        folder);
  }

  /** Validation errors of residual, plain and no basis, seed by seed. */
  private Comparison comparison(double[]... errors) throws IOException {
    List<ArmResult> results = new ArrayList<>();
    for (int seed = 0; seed < errors.length; seed++) {
      results.add(result(Arm.BAR, seed + 1L, errors[seed][0]));
      results.add(result(Arm.PLAIN, seed + 1L, errors[seed][1]));
      results.add(result(Arm.XAR, seed + 1L, errors[seed][2]));
    }
    return new Comparison(results, SEEDS);
  }

  @Test
  void meanAndSpreadAreOfTheSeeds() throws IOException {
    Comparison comparison =
        comparison(new double[] {1, 2, 3}, new double[] {2, 3, 4}, new double[] {6, 7, 8});
    Comparison.Summary summary = comparison.summary(Arm.BAR, Figure.VALIDATION);
    assertThat(summary.count()).isEqualTo(3);
    assertThat(summary.mean()).isCloseTo(3, within(1e-12));
    assertThat(summary.spread()).isCloseTo(Math.sqrt(7), within(1e-12));
    assertThat(summary.written()).isEqualTo("3.0000 ± 2.6458");
    // Within seeds nothing spreads.
    Comparison.Summary gap = comparison.difference(Arm.XAR, Arm.BAR, Figure.VALIDATION);
    assertThat(gap.writtenDifference()).isEqualTo("+2.0000 ± 0.0000");
    assertThat(gap.positive()).isEqualTo(3);
  }

  @Test
  void oneSeedHasNoSpread() throws IOException {
    Comparison comparison = comparison(new double[] {1, 2, 3});
    assertThat(comparison.summary(Arm.BAR, Figure.VALIDATION).written()).isEqualTo("1.0000");
    assertThat(comparison.summary(Arm.BAR, Figure.FRECHET).written()).isEqualTo("–");
  }

  @Test
  void theOrderIsJudgedSeedBySeed() throws IOException {
    assertThat(ORDER.stream().map(row -> row.arm().name()))
        .containsExactly("bar", "bar-plain", "xar");
    assertThat(
            comparison(new double[] {1, 2, 3}, new double[] {1, 2, 3})
                .verdict(ORDER, Figure.VALIDATION))
        .contains("the paper's order is kept in every seed")
        .contains("in 2 of 2 seeds (gap +1.0000 ± 0.0000)");
    assertThat(
            comparison(new double[] {1, 2, 3}, new double[] {2.5, 2, 3})
                .verdict(ORDER, Figure.VALIDATION))
        .contains("kept on average, but not in every seed")
        .contains("in 1 of 2 seeds");
    assertThat(
            comparison(new double[] {3, 2, 1}, new double[] {3, 2, 1})
                .verdict(ORDER, Figure.VALIDATION))
        .contains("the paper's order is not kept");
    assertThat(
            new Comparison(List.of(result(Arm.BAR, 1, 1)), SEEDS).verdict(ORDER, Figure.VALIDATION))
        .contains("cannot be said");
  }

  @Test
  void higherIsBetterTurnsTheGap() throws IOException {
    Figure recall = new Figure("validation error", "recall", false);
    assertThat(comparison(new double[] {3, 2, 1}).verdict(ORDER, recall))
        .contains("kept in every seed");
  }

  @Test
  void theTableHasALineForEveryRunWhateverTheLocale() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY);
      assertThat(AblationFiles.table(List.of(result(Arm.XAR, 2, 0.5), result(Arm.BAR, 2, 1))))
          .isEqualTo("arm,seed,validation error\nxar,2,0.50000000\nbar,2,1.0000000\n");
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void convergenceSaysWhenEachReachesTheOther() throws IOException {
    Path fast = folder.resolve("fast.csv");
    Path slow = folder.resolve("slow.csv");
    Files.writeString(fast, "step,validation\n10,0.9\n15,\n20,0.5\n30,0.4\n40,0.3\n");
    Files.writeString(slow, "step,validation\n10,1\n15,\n20,0.8\n30,0.6\n40,0.5\n");
    Comparison comparison =
        new Comparison(
            List.of(
                new ArmResult("bar", 1, Map.of(), RunMetrics.read(fast), folder),
                new ArmResult("xar", 1, Map.of(), RunMetrics.read(slow), folder)),
            SEEDS);
    Convergence convergence = new Convergence(comparison, SEEDS);
    List<AblationTable.Row> rows = AblationTable.CONVERGENCE.rows();
    Document.Table table = convergence.reached(rows.get(1), rows.get(0));
    assertThat(table.rows())
        .containsExactly(List.of("1", "0.3000", "0.5000", "never", "20 (50 %)"));
    assertThat(convergence.curves(AblationTable.CONVERGENCE).chart().series())
        .extracting(Series::name)
        .containsExactly("No basis", "BAR");
  }
}
