package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that does nothing but publish, and looks at what it left. */
class CheckpointKillTest {
  private static final int SIZE = 60_013;

  @TempDir Path folder;

  @Test
  void survivesKills() throws IOException, InterruptedException {
    killAndOpen(12, 23);
  }

  @Test
  @Tag("slow")
  void survivesAThousandKills() throws IOException, InterruptedException {
    killAndOpen(1_000, System.nanoTime());
  }

  private void killAndOpen(int kills, long seed) throws IOException, InterruptedException {
    Path root = folder.resolve("checkpoints");
    Random random = new Random(seed);
    long newest = 0;
    for (int kill = 0; kill < kills; kill++) {
      Process child =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-XX:TieredStopAtLevel=1",
                  "-XX:+UseSerialGC",
                  "-Xmx64m",
                  "-cp",
                  System.getProperty("java.class.path"),
                  Publisher.class.getName(),
                  root.toString())
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      try (BufferedReader lines = child.inputReader(StandardCharsets.US_ASCII)) {
        // One step is proof that it runs; from then on it may die anywhere.
        newest = Long.parseLong(Optional.ofNullable(lines.readLine()).orElseThrow());
        TimeUnit.MICROSECONDS.sleep(random.nextInt(60_000));
        // Through the handle, because Process.destroyForcibly would also close our end of the pipe.
        child.toHandle().destroyForcibly();
        child.waitFor();
        // What was printed before the kill was published before the kill; the last line may be cut.
        String line;
        while ((line = lines.readLine()) != null) {
          if (line.endsWith(".")) {
            newest = Long.parseLong(line.substring(0, line.length() - 1));
          }
        }
      } finally {
        child.destroyForcibly().waitFor();
      }
      Checkpoint checkpoint = new CheckpointDirectory(root).openLatest().orElseThrow();
      assertThat(checkpoint.warnings()).as("seed %d, kill %d", seed, kill).isEmpty();
      assertThat(checkpoint.step())
          .as("seed %d, kill %d", seed, kill)
          .isBetween(newest, newest + 1);
      assertWhole(checkpoint);
    }
    assertThat(newest).isGreaterThan(kills);
  }

  private static void assertWhole(Checkpoint checkpoint) {
    int[] values = new int[SIZE];
    try (SafeTensorsReader reader = SafeTensorsReader.open(checkpoint.file("model.safetensors"))) {
      reader.readInts("weight", values, 0);
    }
    assertThat(values).containsOnly((int) checkpoint.step());
  }

  /** The child: publishes one step after another and prints each when it is safe. */
  static final class Publisher {
    private Publisher() {}

    public static void main(String[] arguments) {
      CheckpointDirectory directory = new CheckpointDirectory(Path.of(arguments[0]));
      long step = directory.openLatest().map(Checkpoint::step).orElse(0L);
      int[] values = new int[SIZE];
      String end = "";
      while (true) {
        step++;
        Arrays.fill(values, (int) step);
        String note = "step " + step;
        directory.publish(
            step,
            temporary -> {
              new SafeTensorsWriter()
                  .addInts("weight", Shape.of(SIZE), values, 0)
                  .write(temporary.resolve("model.safetensors"));
              Files.writeString(temporary.resolve("state.txt"), note);
            });
        System.out.println(step + end);
        System.out.flush();
        end = ".";
      }
    }
  }
}
