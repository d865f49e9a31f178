package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import org.basisar.bar.report.RunMetrics;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsFileTest {
  @TempDir Path folder;

  private static void append(MetricsFile metrics, long step, double objective) {
    metrics.append(
        new StepReport(step, objective, 0.25, 0.5, 2, 1e-3),
        objective + 0.5,
        0.9,
        1.1,
        12.345,
        step,
        0,
        step % 2 == 0 ? 0.125 : Double.NaN);
  }

  private List<String> lines() throws IOException {
    return Files.readAllLines(folder.resolve("metrics.csv"));
  }

  @Test
  void aLineHoldsWhatIsMinimisedAndItsParts() throws IOException {
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.of("ar", "EG"));
      append(new MetricsFile(folder, 0), 7, 1.5);
    } finally {
      Locale.setDefault(before);
    }
    assertThat(lines())
        .hasSize(2)
        .last()
        .isEqualTo(
            "7,2.0000000,1.5000000,0.25000000,0.50000000,0.90000000,1.1000000,0.0010000000,"
                + "2.0000000,12.35,7,0,");
    assertThat(Files.readString(folder.resolve("metrics.csv"))).endsWith("\n").doesNotContain("\r");
  }

  @Test
  void aResumedRunDropsWhatItWillDoAgainAndWhatAKillCutShort() throws IOException {
    MetricsFile metrics = new MetricsFile(folder, 0);
    for (int step = 1; step <= 5; step++) {
      append(metrics, step, step);
    }
    Files.writeString(folder.resolve("metrics.csv"), "6,1.0,2", StandardOpenOption.APPEND);
    List<String> before = lines();
    append(new MetricsFile(folder, 3), 4, 40);
    assertThat(lines()).hasSize(5).startsWith(before.subList(0, 4).toArray(String[]::new));
    assertThat(lines().getLast()).startsWith("4,40.5");
    new MetricsFile(folder, 0);
    assertThat(lines()).hasSize(1);
  }

  @Test
  void aTableFromBeforeThereWasValidationIsGoneOnWith() throws IOException {
    String header =
        "step,loss,objective,regulariser,orthogonality,minSingular,maxSingular,"
            + "learningRate,gradientNorm,imagesPerSecond,projections,projectionsSkipped";
    Files.writeString(
        folder.resolve("metrics.csv"), header + "\n1,1,1,0,0,1,1,1,1,1,0,0\n2,1,1,0,0,1,1\n");
    append(new MetricsFile(folder, 2), 2, 4);
    assertThat(lines()).hasSize(3);
    assertThat(lines().get(1)).isEqualTo("1,1,1,0,0,1,1,1,1,1,0,0,");
    RunMetrics read = RunMetrics.read(folder.resolve("metrics.csv"));
    assertThat(read.column("validation")).containsExactly(Double.NaN, 0.125);
  }

  @Test
  void theReportReadsIt() throws IOException {
    MetricsFile metrics = new MetricsFile(folder, 0);
    append(metrics, 1, 1);
    append(metrics, 2, 0.5);
    RunMetrics read = RunMetrics.read(folder.resolve("metrics.csv"));
    assertThat(read.column("step")).containsExactly(1, 2);
    assertThat(read.column("objective")).containsExactly(1, 0.5);
    assertThat(read.last("regulariser")).isEqualTo(0.25);
    assertThat(read.last("imagesPerSecond")).isEqualTo(12.35);
    assertThat(read.last("projectionsSkipped")).isZero();
  }

  @Test
  void columnsOfABasisStayEmptyWithoutOne() throws IOException {
    MetricsFile metrics = new MetricsFile(folder, 0);
    metrics.append(new StepReport(3, 1.5, Double.NaN, Double.NaN, 2, 1e-3), 12.345, 0.125);
    assertThat(lines().getLast())
        .isEqualTo("3,1.5000000,,,,,,0.0010000000,2.0000000,12.35,,,0.12500000");
    new MetricsFile(folder, 3);
    assertThat(lines()).hasSize(2);
    RunMetrics read = RunMetrics.read(folder.resolve("metrics.csv"));
    assertThat(read.last("loss")).isEqualTo(1.5);
    assertThat(read.last("validation")).isEqualTo(0.125);
    assertThat(read.has("orthogonality")).isFalse();
    assertThat(read.has("projections")).isFalse();
  }

  @Test
  void aFolderThatCannotBeWrittenIsNamed() throws IOException {
    Path file = Files.createFile(folder.resolve("plain"));
    assertThatThrownBy(() -> new MetricsFile(file, 0))
        .isInstanceOf(RunException.class)
        .hasMessageStartingWith("cannot write " + file.resolve("metrics.csv"));
  }
}
