package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs on discrete tokens from the command line. */
class DiscreteCommandTest {
  @TempDir Path folder;

  private static Cli.Result tiny(String... words) {
    return Cli.run(
        Arrays.stream(Cli.tiny(words))
            .filter(word -> !word.startsWith("--sampler-steps"))
            .toArray(String[]::new));
  }

  private Path train(String name, String... more) {
    Path run = folder.resolve(name);
    List<String> words =
        new ArrayList<>(List.of("--tokens=discrete", "--codes=16", "--group=2", "--out=" + run));
    words.addAll(List.of(more));
    tiny(words.toArray(String[]::new)).succeeded();
    return run;
  }

  @Test
  void aRunIsTrainedResumedAndSampled() throws IOException {
    Path run = train("run", "--steps=3", "--schedule=constant");
    for (String picture :
        List.of(
            "samples/final.png",
            "samples/reconstruct.png",
            "basis/final.png",
            "basis/matrix.png")) {
      assertThat(run.resolve(picture)).isNotEmptyFile();
    }
    assertThat(run.resolve("report.html"))
        .content()
        .contains("energy lost by quantisation")
        .contains("positions moved from raster");
    Cli.Result resumed = Cli.run("train", "--resume=" + run, "--steps=5").succeeded();
    assertThat(resumed.out()).contains("resumed after step 3").contains("quantisation loses");
    Path straight = train("straight", "--steps=5", "--schedule=constant");
    for (String file : List.of("model", "average", "optimizer")) {
      String path = "checkpoints/step-0000005/" + file + ".safetensors";
      assertThat(run.resolve(path)).hasSameBinaryContentAs(straight.resolve(path));
    }
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(6);
    Path out = folder.resolve("samples.png");
    Cli.run(
            "sample",
            "--run=" + run,
            "--classes=0,ring",
            "--count=3",
            "--temperature=0.5",
            "--guidance=1",
            "--out=" + out)
        .succeeded();
    assertThat(out).isNotEmptyFile();
  }

  @Test
  void optionsOfTheOtherKindAreRefused() {
    tiny("--tokens=discrete", "--transform=pca", "--out=" + folder.resolve("a"))
        .failed(2, "--transform does not go with --tokens discrete; leave it out");
    tiny("--codes=8", "--out=" + folder.resolve("b"))
        .failed(2, "--codes needs --tokens discrete; add it");
    tiny("--tokens=discrete", "--group=3", "--out=" + folder.resolve("c"))
        .failed(2, "--group 3 does not divide the 16 tokens");
    tiny("--tokens=discrete", "--accumulation=2", "--out=" + folder.resolve("d"))
        .failed(2, "--accumulation must be 1 with --tokens discrete");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void commandsForOtherRunsSaySo() {
    Path run = train("run", "--steps=1", "--order=raster");
    Cli.run("basis", "--run=" + run, "--out=" + folder.resolve("x.png"))
        .failed(1, "is a run on discrete tokens");
    Cli.run("sample", "--run=" + run, "--prefix=p.png", "--out=" + folder.resolve("x.png"))
        .failed(2, "leave out --prefix");
    Cli.run("train", "--resume=" + run, "--order=par").failed(2, "leave out --order");
  }
}
