package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AblateCommandTest {
  @TempDir Path folder;

  private Cli.Result ablate(String... more) {
    List<String> words =
        new ArrayList<>(
            List.of(
                "ablate",
                "--size=8",
                "--width=16",
                "--heads=2",
                "--layers=1",
                "--batch=4",
                "--sampler-steps=2",
                "--columns=1",
                "--warmup=2",
                "--steps=4",
                "--held-out=8",
                "--count=12",
                "--device=cpu",
                "--out=" + folder.resolve("ablation")));
    words.addAll(List.of(more));
    return Cli.run(words.toArray(String[]::new));
  }

  @Test
  void armsThatTablesShareAreRunOnceAndFinishedOnesNotAgain() throws IOException {
    Cli.Result result = ablate("--table=7,fig7", "--seeds=1,2").succeeded();
    assertThat(result.out()).contains("runs: 6 in ", "run 6 of 6: bar, seed 2");
    Path out = folder.resolve("ablation");
    assertThat(Files.readAllLines(out.resolve("ablation.csv"))).hasSize(7);
    String html = Files.readString(out.resolve("report.html"));
    assertThat(html)
        .contains("Table 7: training objective", "Figure 7: convergence")
        .contains("the paper&#39;s order is")
        .contains("data:image/png;base64,")
        .contains("<svg");
    String markdown = Files.readString(out.resolve("report.md"));
    assertThat(markdown).contains("# BAR ablations on embedded", "| Residual loss |");
    for (String line : markdown.lines().filter(line -> line.startsWith("![")).toList()) {
      String file = line.replaceAll(".*\\]\\((.*)\\)", "$1");
      assertThat(out.resolve(file)).isNotEmptyFile();
    }
    Map<String, String> before = Cli.contents(out.resolve("arms"));
    Cli.Result again = ablate("--table=7", "--seeds=1,2").succeeded();
    assertThat(again.out()).doesNotContain("run 1 of");
    assertThat(Cli.contents(out.resolve("arms"))).isEqualTo(before);
  }

  @Test
  void anArmThatWasInterruptedGoesOnBitForBit() throws IOException {
    ablate("--table=fig7", "--seeds=3").succeeded();
    Path arms = folder.resolve("ablation/arms");
    Path evaluation = arms.resolve("bar-seed3/evaluation.json");
    String before = Files.readString(evaluation);
    // As a kill right after the last checkpoint of one arm and within the creation of another.
    Files.delete(evaluation);
    Path other = arms.resolve("xar-seed3");
    try (var files = Files.walk(other)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.createDirectories(other.resolve("samples"));
    ablate("--table=fig7", "--seeds=3").succeeded();
    assertThat(Files.readString(evaluation)).isEqualTo(before);
    assertThat(other.resolve("evaluation.json")).exists();
  }

  @Test
  void otherSettingsAreRefusedBeforeAnythingIsDone() throws IOException {
    ablate("--table=fig7", "--seeds=1").succeeded();
    Map<String, String> before = Cli.contents(folder);
    ablate("--table=fig7", "--seeds=1", "--steps=5")
        .failed(1, "was trained with other settings");
    assertThat(Cli.contents(folder)).isEqualTo(before);
  }

  @Test
  void mistakesAreToldInOneSentence() {
    ablate("--table=3").failed(2, "--table 3 is unknown; use 2, 5, 6, 7, 10, fig7, gallery");
    ablate("--table=7", "--objective=plain").failed(2, "the arms decide --objective; leave it out");
    ablate("--table=7", "--seeds=1,1").failed(2, "--seeds must be different numbers");
    ablate("--table=7", "--held-out=0").failed(2, "--held-out must be at least 1");
    ablate("--table=7", "--count=3").failed(2, "--count must be 8 to 100000, is 3");
    ablate().failed(2, "--table");
    assertThat(folder).isEmptyDirectory();
  }
}
