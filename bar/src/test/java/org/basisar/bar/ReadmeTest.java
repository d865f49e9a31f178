package org.basisar.bar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows compiles and runs, and its commands are the ones that exist. */
class ReadmeTest {
  @Test
  void javaBlocksCompileAndRun(@TempDir Path folder) throws Exception {
    List<String> sources = Page.of("README.md").blocks("java");
    assertThat(sources).isNotEmpty();
    for (String source : sources) {
      List<Double> losses = new ArrayList<>();
      Page.run(source, folder)
          .lines()
          .forEach(line -> losses.add(Double.valueOf(line.replaceAll(".* ", ""))));
      assertThat(losses.getLast()).isLessThan(0.5 * losses.getFirst());
    }
  }

  @Test
  void commandsExist() throws IOException {
    assertThat(Page.of("README.md").blocks("bash"))
        .contains(
            "bin/bar demo\n",
            "bin/bar demo --data my-pictures.zip\n",
            "mvn verify\n",
            "bin/bar selftest --device sim\n");
    assertThat(Page.root().resolve("bin/bar")).isExecutable();
    assertThat(Files.readString(Page.root().resolve(".ci/run"))).contains("mvn verify");
  }
}
