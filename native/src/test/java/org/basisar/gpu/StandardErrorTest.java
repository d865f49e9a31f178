package org.basisar.gpu;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(OS.WINDOWS)
final class StandardErrorTest {

  @TempDir private Path folder;

  /** A program like the command line: restores, then speaks. */
  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      StandardError.restore();
      System.err.print("spoken");
    }
  }

  @Test
  void writesGoToTheDescriptorThatTheLauncherKept() throws IOException, InterruptedException {
    run("-Dbar.stderr=3");

    assertThat(folder.resolve("kept")).hasContent("spoken");
    assertThat(folder.resolve("filter")).isEmptyFile();
  }

  @Test
  void withoutALauncherNothingChanges() throws IOException, InterruptedException {
    run("-Dunrelated=3");

    assertThat(folder.resolve("kept")).isEmptyFile();
    assertThat(folder.resolve("filter")).hasContent("spoken");
  }

  @Test
  void aDescriptorThatIsNotOpenLeavesTheFilter() throws IOException, InterruptedException {
    run("-Dbar.stderr=77");

    assertThat(folder.resolve("filter")).hasContent("spoken");
  }

  /** Runs the program with standard error in the file "filter" and descriptor 3 in "kept". */
  private void run(String option) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    String script = "exec \"$0\" \"$@\" 2>filter 3>kept";
    Process process =
        new ProcessBuilder(
                "/bin/sh",
                "-c",
                script,
                java.toString(),
                "--enable-native-access=ALL-UNNAMED",
                option,
                "-cp",
                System.getProperty("java.class.path"),
                Program.class.getName())
            .directory(folder.toFile())
            .start();
    assertThat(process.waitFor()).isZero();
    assertThat(Files.exists(folder.resolve("kept"))).isTrue();
  }
}
