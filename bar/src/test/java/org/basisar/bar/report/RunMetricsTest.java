package org.basisar.bar.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunMetricsTest {
  @TempDir private Path folder;

  @Test
  void aLineWithoutItsEndIsNotALineYet() throws IOException {
    RunMetrics metrics = read("step,loss\n1,0.5\n2,0.25\n3,0.1");
    assertThat(metrics.rows()).isEqualTo(2);
    assertThat(metrics.last("loss")).isEqualTo(0.25);
  }

  @Test
  void missingColumnsAndCellsAreNaN() throws IOException {
    RunMetrics metrics = read("step,loss,learningRate\r\n1,,4e-4\r\n2\r\n3,0.5,abc,9,9\r\n\r\n");
    assertThat(metrics.column("loss")).containsExactly(Double.NaN, Double.NaN, 0.5);
    assertThat(metrics.column("learningRate")).containsExactly(4e-4, Double.NaN, Double.NaN);
    assertThat(metrics.column("gradientNorm")).containsExactly(Double.NaN, Double.NaN, Double.NaN);
    assertThat(metrics.has("gradientNorm")).isFalse();
    assertThat(metrics.last("gradientNorm")).isNaN();
  }

  @Test
  void columnsMayComeInAnyOrder() throws IOException {
    RunMetrics metrics = read("loss, step\n0.5, 10\n0.25, 20\n");
    assertThat(metrics.column("step")).containsExactly(10, 20);
    assertThat(metrics.column("loss")).containsExactly(0.5, 0.25);
  }

  @Test
  void whatAResumedRunRepeatsReplacesWhatItHadWritten() throws IOException {
    RunMetrics metrics = read("step,loss\n1,9\n2,8\n3,7\n2,6\n3,5\n4,4\n");
    assertThat(metrics.column("step")).containsExactly(1, 2, 3, 4);
    assertThat(metrics.column("loss")).containsExactly(9, 6, 5, 4);
  }

  @Test
  void findsTheFirstStepThatBroke() throws IOException {
    assertThat(read("step,loss\n10,1\n20,NaN\n30,Infinity\n").firstBrokenStep("loss"))
        .isEqualTo(20);
    assertThat(read("step,loss\n10,1\n").firstBrokenStep("loss")).isEqualTo(-1);
    assertThat(read("step\n10\n").firstBrokenStep("loss")).isEqualTo(-1);
  }

  @Test
  void nothingToReadIsNoRows() throws IOException {
    assertThat(RunMetrics.read(folder.resolve("missing.csv")).rows()).isZero();
    for (String text :
        new String[] {"", "step,lo", "step,loss\n", "loss\n1\n", "\n\n", "step,loss\nx,1\n"}) {
      assertThat(read(text).rows()).as(text).isZero();
    }
  }

  @Test
  void bytesThatAreNotTextDoNotStopIt() throws IOException {
    Path file = folder.resolve("metrics.csv");
    Files.write(
        file, "step,loss\n1,0.5\n\u00ff\u00fe,\n2,0.25\n".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(RunMetrics.read(file).column("loss")).containsExactly(0.5, 0.25);
  }

  @Test
  void readsLongRuns() throws IOException {
    var text = new StringBuilder("step,loss\n");
    for (int step = 1; step <= 1023; step++) {
      text.append(step).append(",0.5\n");
    }
    assertThat(read(text.toString()).rows()).isEqualTo(1023);
  }

  private RunMetrics read(String text) throws IOException {
    return RunMetrics.read(Files.writeString(folder.resolve("metrics.csv"), text));
  }
}
