package org.basisar.bar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.ToolProvider;
import org.basisar.tensor.cpu.Workers;

/** A page of the documentation: its fenced blocks, and the Java among them as programs to run. */
final class Page {
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

  private final String text;

  private Page(String text) {
    this.text = text;
  }

  /**
   * A block between fences.
   *
   * @param language the word behind the opening fence
   * @param body the lines between
   */
  record Block(String language, String body) {}

  /** A page by its path from the root of the repository. */
  static Page of(String path) throws IOException {
    return new Page(Files.readString(root().resolve(path)));
  }

  /** The folder of the repository. */
  static Path root() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("README.md"))) {
        return path;
      }
    }
    throw new AssertionError("no folder with README.md above the test");
  }

  /** All of it. */
  String text() {
    return text;
  }

  /** All blocks in order. */
  List<Block> blocks() {
    List<Block> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      found.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return found;
  }

  /** The bodies of one language's blocks. */
  List<String> blocks(String language) {
    return blocks().stream()
        .filter(block -> block.language().equals(language))
        .map(Block::body)
        .toList();
  }

  /** Compiles and runs a program in this JVM; returns what it printed. */
  static String run(String source, Path folder) throws Exception {
    Matcher name = CLASS.matcher(source);
    assertThat(name.find()).as("a public class in " + source).isTrue();
    Path file = folder.resolve(name.group(1) + ".java");
    Files.writeString(file, source);
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-d",
                folder.toString(),
                "-cp",
                System.getProperty("java.class.path"),
                file.toString());
    assertThat(result).as("compilation of " + name.group(1)).isZero();
    PrintStream before = System.out;
    int threads = Workers.threads();
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader
          .loadClass(name.group(1))
          .getMethod("main", String[].class)
          .invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
      Workers.configure(threads);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }
}
