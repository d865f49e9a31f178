package org.basisar.bench;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Where and with what a measurement is taken, as far as Linux tells. */
final class Machine {
  private static final Path PROCESSORS = Path.of("/proc/cpuinfo");
  private static final Path MEMORY = Path.of("/proc/meminfo");
  private static final Path LOAD = Path.of("/proc/loadavg");

  private Machine() {}

  /** A Markdown list of what a reader needs to judge the figures. */
  static List<String> facts() {
    return List.of(
        "* processor: "
            + field(PROCESSORS, "model name")
            + " (family "
            + field(PROCESSORS, "cpu family")
            + ", model "
            + field(PROCESSORS, "model")
            + "), "
            + Runtime.getRuntime().availableProcessors()
            + " processors"
            + vectorSets(),
        "* memory: " + field(MEMORY, "MemTotal"),
        "* system: " + System.getProperty("os.name") + " " + System.getProperty("os.version"),
        "* Java: " + System.getProperty("java.vendor") + " " + Runtime.version(),
        "* peers on the class path: " + peers(),
        "* commit: " + System.getProperty("commit", "not given"));
  }

  /** Load averages of the last 1, 5 and 15 minutes. */
  static String load() {
    return String.join(" ", Arrays.asList(read(LOAD).getFirst().split(" ", -1)).subList(0, 3));
  }

  private static String vectorSets() {
    List<String> flags = Arrays.asList(field(PROCESSORS, "flags").split(" ", -1));
    return flags.contains("avx512f") ? ", with AVX-512" : ", without AVX-512";
  }

  private static String peers() {
    String names =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> entry.substring(entry.lastIndexOf('/') + 1))
            .filter(name -> name.startsWith("pytorch-"))
            .collect(Collectors.toCollection(TreeSet::new))
            .stream()
            .collect(Collectors.joining(", "));
    return names.isEmpty() ? "none" : names;
  }

  private static String field(Path file, String name) {
    for (String line : read(file)) {
      int colon = line.indexOf(':');
      if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
        return line.substring(colon + 1).strip();
      }
    }
    return "unknown";
  }

  private static List<String> read(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(
          "cannot read " + file + "; measurements are taken on Linux", unreadable);
    }
  }
}
