package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Training in a process of its own that is ended from outside. */
@EnabledOnOs(OS.LINUX)
class KillTest {
  private static final int STEPS = 60;
  private static final String FINAL = "checkpoints/step-0000060/";

  @TempDir static Path shared;
  @TempDir Path folder;

  private static Path whole;

  @BeforeAll
  static void trainUninterrupted() {
    whole = shared.resolve("run");
    Cli.run(training(whole, 3600)).succeeded();
  }

  private static String[] training(Path out, double saveSeconds) {
    return Cli.tiny(
        "--steps=" + STEPS,
        "--dropout=0.1",
        "--flip",
        "--save-seconds=" + saveSeconds,
        "--out=" + out);
  }

  /** Reads what the process says until it measures a step at or after {@code step}. */
  private static void awaitStep(BufferedReader lines, int step) throws IOException {
    List<String> said = new ArrayList<>();
    String line;
    while ((line = lines.readLine()) != null) {
      said.add(line);
      if (line.startsWith("training ")) {
        int done = Integer.parseInt(line.substring("training ".length(), line.indexOf('/')));
        if (done >= step) {
          return;
        }
      }
    }
    throw new AssertionError("ended early: " + said);
  }

  private void killAndResume(SplittableRandom random, long seed, Path run) throws Exception {
    int step = 1 + random.nextInt(STEPS / 2);
    Process child = Cli.start("-Xmx512m", training(run, 0.1));
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      awaitStep(lines, step);
      TimeUnit.MICROSECONDS.sleep(random.nextInt(100_000));
      child.toHandle().destroyForcibly();
      assertThat(child.waitFor()).as("seed %d: a kill, not an end", seed).isEqualTo(137);
    } finally {
      child.destroyForcibly().waitFor();
    }
    Cli.Result resumed = Cli.run("train", "--resume=" + run, "--columns=1").succeeded();
    assertThat(resumed.out()).as("seed %d", seed).contains("resumed after step");
    for (String file :
        List.of(
            FINAL + "model.safetensors",
            FINAL + "average.safetensors",
            FINAL + "optimizer.safetensors",
            FINAL + "state.json",
            "samples/final.png",
            "basis/final.png")) {
      assertThat(run.resolve(file))
          .as("seed %d, killed after step %d: %s", seed, step, file)
          .hasSameBinaryContentAs(whole.resolve(file));
    }
    assertThat(Files.readAllLines(run.resolve("metrics.csv"))).hasSize(STEPS + 1);
  }

  @Test
  void aKilledRunGoesOnAsIfNothingHadHappened() throws Exception {
    long seed = System.nanoTime();
    killAndResume(new SplittableRandom(seed), seed, folder.resolve("run"));
  }

  @Test
  @Tag("slow")
  void manyKilledRunsGoOnAsIfNothingHadHappened() throws Exception {
    long seed = System.nanoTime();
    SplittableRandom random = new SplittableRandom(seed);
    for (int kill = 0; kill < 30; kill++) {
      killAndResume(random, seed, folder.resolve("run-" + kill));
    }
  }

  @Test
  void aPoliteKillSavesAndTellsHowToGoOn() throws Exception {
    stopAndResume("TERM", 143);
  }

  @Test
  void aPressOfTheInterruptKeySavesAndTellsHowToGoOn() throws Exception {
    // Shells start background jobs deaf to this signal, and children inherit that.
    assumeTrue(
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .noneMatch(line -> (Long.parseUnsignedLong(line.substring(7).strip(), 16) & 2) != 0));
    stopAndResume("INT", 130);
  }

  private void stopAndResume(String signal, int code) throws Exception {
    Path run = folder.resolve("my run");
    Process child = Cli.start("-Xmx512m", training(run, 3600));
    String rest;
    try (BufferedReader lines = child.inputReader(StandardCharsets.UTF_8)) {
      awaitStep(lines, 3);
      new ProcessBuilder("kill", "-" + signal, Long.toString(child.pid())).start().waitFor();
      rest = String.join("\n", lines.lines().toList());
      assertThat(child.waitFor()).as(rest).isEqualTo(code);
    } finally {
      child.destroyForcibly().waitFor();
    }
    assertThat(rest)
        .endsWith("stopped and saved; go on with: bin/bar train --resume '" + run + "'")
        .doesNotContain("Exception");
    assertThat(run.resolve("checkpoints/latest")).content().matches("step-[0-9]{7}\n");
    assertThat(run.resolve("report.html")).isNotEmptyFile();
    assertThat(run.resolve("samples/final.png")).doesNotExist();
    Cli.run("train", "--resume=" + run).succeeded();
    assertThat(run.resolve(FINAL + "model.safetensors"))
        .hasSameBinaryContentAs(whole.resolve(FINAL + "model.safetensors"));
  }
}
