package org.basisar.bar.ablation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AblationTableTest {
  /** A configuration that no arm leaves as it is. */
  private static final RunConfig BASE =
      new RunConfig(
          new RunConfig.Data("embedded", List.of("a", "b"), false, 16),
          new RunConfig.Image(8, 3, 2, 1),
          new XarConfig(4, 2, 12, 48, 3, 2, 128, 2, 0),
          new RunConfig.Basis(
              TransformKind.LEARNED,
              BasisStart.PCA,
              Objective.Kind.RESIDUAL,
              Objective.Times.LOGIT_NORMAL_PER_CELL,
              100,
              Projection.Kind.HARD,
              0.5,
              3),
          Tiny.training(10, 4, 1),
          new SamplerSettings(SamplerSettings.Method.EULER, 2, 2),
          7);

  private static RunConfig.Basis basis(Arm arm) {
    return arm.change().apply(BASE).basis();
  }

  @ParameterizedTest
  @EnumSource(AblationTable.class)
  void everyArmIsAnotherRunOfTheSameBudget(AblationTable table) {
    Set<RunConfig> configs = new HashSet<>();
    Set<String> names = new HashSet<>();
    for (AblationTable.Row row : table.rows()) {
      RunConfig config = row.arm().change().apply(BASE);
      assertThat(configs.add(config)).as(row.label()).isTrue();
      assertThat(names.add(row.arm().name())).isTrue();
      assertThat(row.arm().name()).matches("[a-z0-9-]+");
      assertThat(config.training()).isEqualTo(BASE.training());
      assertThat(config.data()).isEqualTo(BASE.data());
      assertThat(config.seed()).isEqualTo(BASE.seed());
    }
    assertThat(AblationTable.of(" " + table.key().toUpperCase(java.util.Locale.ROOT)))
        .contains(table);
  }

  @Test
  void armsOfOneNameAreOneRun() {
    java.util.Map<String, RunConfig> byName = new java.util.HashMap<>();
    for (AblationTable table : AblationTable.values()) {
      for (AblationTable.Row row : table.rows()) {
        RunConfig config = row.arm().change().apply(BASE);
        RunConfig before = byName.putIfAbsent(row.arm().name(), config);
        assertThat(before == null || before.equals(config)).as(row.arm().name()).isTrue();
      }
    }
    assertThat(byName).containsKeys("xar", "bar", "xar-l", "bar-h", "pca-residual", "pca-plain");
  }

  @Test
  void armsAreWhatTheirNamesSay() {
    assertThat(basis(Arm.XAR).transform()).isEqualTo(TransformKind.XAR);
    assertThat(basis(Arm.XAR).objective()).isEqualTo(Objective.Kind.PLAIN);
    RunConfig.Basis bar = basis(Arm.BAR);
    assertThat(bar.learned()).isTrue();
    assertThat(bar.start()).isEqualTo(BasisStart.IDENTITY);
    assertThat(bar.objective()).isEqualTo(Objective.Kind.RESIDUAL);
    assertThat(bar.projection()).isEqualTo(Projection.Kind.SOFT);
    assertThat(bar.regularizerWeight()).isEqualTo(100);
    assertThat(basis(Arm.ORTHOGONAL_START)).isEqualTo(bar.withStart(BasisStart.ORTHOGONAL));
    assertThat(basis(Arm.NO_PROJECTION)).isEqualTo(bar.withProjection(Projection.Kind.NONE));
    assertThat(basis(Arm.HARD_PROJECTION)).isEqualTo(bar.withProjection(Projection.Kind.HARD));
    assertThat(basis(Arm.PLAIN)).isEqualTo(bar.withObjective(Objective.Kind.PLAIN));
    assertThat(basis(Arm.OFFLINE).transform()).isEqualTo(TransformKind.PCA);
    assertThat(basis(Arm.OFFLINE).objective()).isEqualTo(Objective.Kind.RESIDUAL);
  }

  @Test
  void sizesHaveThePapersProportions() {
    // Heads stay, so that widths are the nearest ones that they divide.
    NetworkConfig large = ModelSize.LARGE.of(XarConfig.base());
    assertThat(large.width()).isBetween(1000, 1048);
    assertThat(large.layers()).isEqualTo(XarConfig.large().layers());
    NetworkConfig huge = ModelSize.HUGE.of(XarConfig.base());
    assertThat(huge.width()).isBetween(1248, 1296);
    assertThat(huge.layers()).isEqualTo(XarConfig.huge().layers());
    assertThat(ModelSize.BASE.of(XarConfig.base())).isEqualTo(XarConfig.base());
  }

  @Test
  void thePapersOrderIsBestFirst() {
    for (AblationTable table : AblationTable.values()) {
      for (List<AblationTable.Row> order : table.publishedOrder()) {
        for (int i = 0; i + 1 < order.size(); i++) {
          assertThat(order.get(i).published() > order.get(i + 1).published()).isFalse();
        }
      }
    }
    assertThat(AblationTable.PROJECTION.publishedOrder().getFirst())
        .extracting(AblationTable.Row::label)
        .containsExactly("Soft", "Hard", "None", "Baseline");
  }
}
