package org.basisar.bar;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.basisar.bar.cli.Parsing;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The tutorial's programs print what it says, its commands parse, and its files are there. */
class TutorialTest {
  private static final String PATH = "docs/basis-transform.md";
  private static final Pattern CLASS = Pattern.compile("public class (\\w+)");
  private static final Pattern SOURCE = Pattern.compile("`([a-z]+/src/[\\w./]+)`");
  private static final Pattern LINK = Pattern.compile("\\]\\((\\.\\.[\\w./-]+)\\)");

  /** What differs from machine to machine. */
  private static final String ANYTHING = "…";

  @TempDir static Path folder;

  @TestFactory
  List<DynamicTest> programsPrintWhatStandsBelow() throws IOException {
    List<Page.Block> blocks = Page.of(PATH).blocks();
    List<Integer> programs =
        IntStream.range(0, blocks.size())
            .filter(i -> blocks.get(i).language().equals("java"))
            .boxed()
            .toList();
    assertThat(programs).hasSizeGreaterThan(5);
    return programs.stream()
        .map(i -> {
          Matcher name = CLASS.matcher(blocks.get(i).body());
          assertThat(name.find()).isTrue();
          return DynamicTest.dynamicTest(
              name.group(1), () -> check(blocks.get(i), blocks.get(i + 1)));
        })
        .toList();
  }

  private static void check(Page.Block program, Page.Block expected) throws Exception {
    assertThat(expected.language()).as("what follows a program").isEqualTo("text");
    String printed = Page.run(program.body(), folder);
    List<String> lines = expected.body().lines().toList();
    assertThat(printed.lines().toList()).hasSameSizeAs(lines);
    for (int i = 0; i < lines.size(); i++) {
      String pattern = Pattern.quote(lines.get(i)).replace(ANYTHING, "\\E.+\\Q");
      assertThat(printed.lines().toList().get(i)).matches(pattern);
    }
  }

  @Test
  void commandsParse() throws IOException {
    List<String> commands =
        Page.of(PATH).blocks("bash").stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("bin/bar "))
            .toList();
    assertThat(commands).isNotEmpty();
    for (String command : commands) {
      String[] words = command.substring("bin/bar ".length()).split(" ", -1);
      Parsing.check(words);
    }
  }

  @Test
  void filesAndLinksAreThere() throws IOException {
    Page page = Page.of(PATH);
    Matcher source = SOURCE.matcher(page.text());
    int found = 0;
    while (source.find()) {
      assertThat(Page.root().resolve(source.group(1))).exists();
      found++;
    }
    Matcher link = LINK.matcher(page.text());
    while (link.find()) {
      assertThat(Files.exists(Page.root().resolve("docs").resolve(link.group(1))))
          .as(link.group(1))
          .isTrue();
      found++;
    }
    assertThat(found).isGreaterThan(3);
  }
}
