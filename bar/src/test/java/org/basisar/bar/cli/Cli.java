package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Runs the command inside this JVM and keeps what it says. */
final class Cli {
  /** A network that trains in less than a second. */
  private static final List<String> TINY =
      List.of(
          "--size=8",
          "--width=16",
          "--heads=2",
          "--layers=1",
          "--batch=4",
          "--sampler-steps=2",
          "--columns=1",
          "--warmup=2");

  private Cli() {}

  /** What a command left behind. */
  record Result(int code, String out, String err) {
    Result succeeded() {
      assertThat(err).isEmpty();
      assertThat(code).as(out).isZero();
      return this;
    }

    /** A failure told in one sentence, perhaps with a pointer to the help below it. */
    void failed(int expectedCode, String sentence) {
      List<String> lines = err.lines().toList();
      assertThat(err).doesNotContain("\tat ").doesNotContain("Exception");
      assertThat(lines).isNotEmpty();
      assertThat(lines.getFirst()).startsWith("bar: ").contains(sentence);
      assertThat(lines.stream().skip(1)).allMatch(line -> line.matches("(See|Did you mean): .*"));
      assertThat(code).as(err).isEqualTo(expectedCode);
    }
  }

  static Result run(String... arguments) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    var outBytes = new ByteArrayOutputStream();
    var errBytes = new ByteArrayOutputStream();
    int code;
    try (PrintStream outStream = new PrintStream(outBytes, true, StandardCharsets.UTF_8);
        PrintStream errStream = new PrintStream(errBytes, true, StandardCharsets.UTF_8)) {
      System.setOut(outStream);
      System.setErr(errStream);
      code = Main.run(arguments);
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
    return new Result(
        code, outBytes.toString(StandardCharsets.UTF_8), errBytes.toString(StandardCharsets.UTF_8));
  }

  /** Starts the command in a JVM of its own, both its outputs joined. */
  static Process start(String heap, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--add-modules=jdk.incubator.vector",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                heap,
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
    command.addAll(Arrays.asList(words));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** {@code bar train} with the settings of a tiny network; later words win over them. */
  static String[] tiny(String... more) {
    List<String> words = new ArrayList<>(List.of("train"));
    List<String> given = Arrays.stream(more).map(word -> word.split("=", 2)[0]).toList();
    TINY.stream().filter(word -> !given.contains(word.split("=", 2)[0])).forEach(words::add);
    words.addAll(Arrays.asList(more));
    return words.toArray(String[]::new);
  }

  /** Every file below a folder with its bytes, to compare two states of it. */
  static Map<String, String> contents(Path folder) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.toList()) {
        contents.put(
            folder.relativize(file).toString(),
            Files.isDirectory(file)
                ? "folder"
                : HexFormat.of().formatHex(Files.readAllBytes(file)));
      }
    }
    return contents;
  }
}
