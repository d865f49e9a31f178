package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
                "--sampler-steps=1",
                "--columns=1",
                "--warmup=2",
                "--steps=4",
                "--held-out=8",
                "--count=12",
                "--device=cpu",
                "--out=" + folder.resolve("ablation")));
    for (String word : more) {
      words.removeIf(other -> other.startsWith(word.replaceAll("=.*", "=")));
      words.add(word);
    }
    return Cli.run(words.toArray(String[]::new));
  }

  /** One long story, because every folder of its own would train a classifier again. */
  @Test
  void armsAreRunOnceAndGoOnWhereTheyStopped() throws IOException {
    Path out = folder.resolve("ablation");
    Path arms = out.resolve("arms");
    Cli.Result result = ablate("--table=7,fig7", "--seeds=1").succeeded();
    assertThat(result.out()).contains("runs: 3 in ", "run 3 of 3: bar, seed 1");
    assertThat(Files.readAllLines(out.resolve("ablation.csv"))).hasSize(4);
    checkPages(out);

    Map<String, String> before = Cli.contents(arms);
    assertThat(ablate("--table=7", "--seeds=1").succeeded().out()).doesNotContain("run 1 of");
    assertThat(Cli.contents(arms)).isEqualTo(before);

    // As a kill after the last checkpoint of one arm and while another's folder was made.
    Path evaluation = arms.resolve("bar-seed1/evaluation.json");
    String figures = Files.readString(evaluation);
    Files.delete(evaluation);
    Path other = arms.resolve("xar-seed1");
    String otherFigures = Files.readString(other.resolve("evaluation.json"));
    try (Stream<Path> files = Files.walk(other)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
    Files.createDirectories(other.resolve("samples"));
    ablate("--table=fig7", "--seeds=1").succeeded();
    assertThat(Files.readString(evaluation)).isEqualTo(figures);
    assertThat(Files.readString(other.resolve("evaluation.json"))).isEqualTo(otherFigures);

    Map<String, String> finished = Cli.contents(folder);
    ablate("--table=fig7", "--seeds=1", "--steps=5").failed(1, "was trained with other settings");
    assertThat(Cli.contents(folder)).isEqualTo(finished);
    checkMar(out.resolve("features"));
  }

  /** With the classifier that was trained for the arms before. */
  private void checkMar(Path features) throws IOException {
    Path out = folder.resolve("mar");
    Files.createDirectories(out);
    Files.move(features, out.resolve("features"));
    ablate(
            "--out=" + out,
            "--table=7",
            "--seeds=1",
            "--model=mar",
            "--head-width=16",
            "--head-layers=1",
            "--buffer=2",
            "--iterations=2",
            "--sampler-steps=2")
        .succeeded();
    assertThat(Files.readAllLines(out.resolve("ablation.csv"))).hasSize(4);
    assertThat(Files.readString(out.resolve("report.html"))).contains("Table 7");
    Path run = out.resolve("arms/bar-seed1");
    List<String> metrics = Files.readAllLines(run.resolve("metrics.csv"));
    assertThat(metrics.getFirst()).endsWith(",validation");
    String last = metrics.getLast();
    assertThat(Double.parseDouble(last.substring(last.lastIndexOf(',') + 1))).isPositive();
    assertThat(Files.readString(run.resolve("report.html"))).contains("Validation error");
    assertThat(Files.readString(run.resolve("evaluation.json"))).contains("validation error");
  }

  private static void checkPages(Path out) throws IOException {
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("Table 7: training objective", "Figure 7: convergence")
        .contains("the paper&#39;s order is")
        .contains("data:image/png;base64,")
        .contains("<svg");
    String markdown = Files.readString(out.resolve("report.md"));
    assertThat(markdown).contains("# BAR ablations on embedded", "| Residual loss |");
    List<String> pictures = markdown.lines().filter(line -> line.startsWith("![")).toList();
    assertThat(pictures).isNotEmpty();
    for (String line : pictures) {
      assertThat(out.resolve(line.replaceAll(".*\\]\\((.*)\\)", "$1"))).isNotEmptyFile();
    }
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
