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
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the README shows compiles and runs, and its commands are the ones that exist. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");

  private static Path root() {
    for (Path path = Path.of("").toAbsolutePath(); path != null; path = path.getParent()) {
      if (Files.exists(path.resolve("README.md"))) {
        return path;
      }
    }
    throw new AssertionError("no folder with README.md above the test");
  }

  private static List<String> blocks(String language) throws IOException {
    List<String> found = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(root().resolve("README.md")));
    while (matcher.find()) {
      if (matcher.group(1).equals(language)) {
        found.add(matcher.group(2));
      }
    }
    return found;
  }

  @Test
  void javaBlocksCompileAndRun(@TempDir Path folder) throws Exception {
    List<String> sources = blocks("java");
    assertThat(sources).isNotEmpty();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    for (String source : sources) {
      Matcher name = CLASS.matcher(source);
      assertThat(name.find()).isTrue();
      Path file = folder.resolve(name.group(1) + ".java");
      Files.writeString(file, source);
      int result =
          compiler.run(
              null,
              null,
              null,
              "-d",
              folder.toString(),
              "-cp",
              System.getProperty("java.class.path"),
              file.toString());
      assertThat(result).as("compilation of " + name.group(1)).isZero();
      String printed = run(folder, name.group(1));
      List<Double> losses = new ArrayList<>();
      printed.lines().forEach(line -> losses.add(Double.valueOf(line.replaceAll(".* ", ""))));
      assertThat(losses.getLast()).isLessThan(0.5 * losses.getFirst());
    }
  }

  private static String run(Path folder, String name) throws Exception {
    PrintStream before = System.out;
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {folder.toUri().toURL()})) {
      System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
      loader.loadClass(name).getMethod("main", String[].class).invoke(null, (Object) new String[0]);
    } finally {
      System.setOut(before);
    }
    return printed.toString(StandardCharsets.UTF_8);
  }

  @Test
  void commandsExist() throws IOException {
    assertThat(blocks("bash"))
        .containsExactly(
            "bin/bar demo\n",
            "bin/bar demo --data my-pictures.zip\n",
            "mvn verify\n",
            "bin/bar selftest --device sim\n");
    assertThat(root().resolve("bin/bar")).isExecutable();
    assertThat(Files.readString(root().resolve(".ci/run"))).contains("mvn verify");
  }
}
