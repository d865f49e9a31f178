package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands of {@code docs/dry-run.sh}, one after the other. */
class DryRunTest {
  @TempDir Path folder;

  private static List<String> commands() throws IOException {
    return Files.readAllLines(Path.of("../docs/dry-run.sh")).stream()
        .filter(line -> line.startsWith("bar ") && !line.startsWith("bar()"))
        .toList();
  }

  private String[] words(String command) {
    return Arrays.stream(command.substring("bar ".length()).split(" ", -1))
        .map(word -> word.replace("\"", "").replace("$work", folder.toString()))
        .toArray(String[]::new);
  }

  @Test
  void everyCommandOfTheScriptGoesWell() throws IOException {
    List<String> commands = commands();
    assertThat(commands.stream().map(line -> line.split(" ", -1)[1]))
        .containsExactly("pictures", "encode", "train", "sample", "sample", "eval");
    String said = "";
    for (String command : commands) {
      said = Cli.run(words(command)).succeeded().out();
    }
    assertThat(said).contains("frechet").doesNotContain("NaN");
    assertThat(folder.resolve("latents/manifest.json")).isNotEmptyFile();
    assertThat(folder.resolve("run/samples/real.png")).isNotEmptyFile();
    assertThat(folder.resolve("samples/00023.png")).isNotEmptyFile();
    assertThat(folder.resolve("samples-guidance-2.0.npz")).isNotEmptyFile();
    assertThat(folder.resolve("run/evaluation.json")).content().contains("validation error");
  }
}
