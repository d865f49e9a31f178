package org.basisar.bar.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Whether the command line would be understood, without doing what it says. */
public final class Parsing {
  private Parsing() {}

  /** Asks for help behind the words, which must be known for all that. */
  public static void check(String... words) {
    List<String> asking = new ArrayList<>(Arrays.asList(words));
    asking.add("--help");
    Cli.Result result = Cli.run(asking.toArray(String[]::new)).succeeded();
    assertThat(result.out()).contains("Usage: bar " + words[0]);
  }
}
