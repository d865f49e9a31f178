package org.basisar.bar.report;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the report says about a run beyond the files in its folder. All of it is treated as plain
 * text.
 *
 * @param title the headline
 * @param commandLine what was typed to start the run, as it could be typed again
 * @param configuration settings by name, in the order to be shown; the seed under {@code seed}, or
 *     under a name that ends in {@code .seed}
 * @param results what was measured, by name, in the order to be shown; may be empty
 * @param tokens what the model draws
 */
public record RunFacts(
    String title,
    String commandLine,
    Map<String, String> configuration,
    Map<String, String> results,
    Tokens tokens) {

  /** What a model draws, which decides how its figures and pictures are explained. */
  public enum Tokens {
    /** Weighted sums of patches. */
    CONTINUOUS,
    /** Codes of patches. */
    DISCRETE
  }

  /** Of a run on continuous tokens. */
  public RunFacts(
      String title,
      String commandLine,
      Map<String, String> configuration,
      Map<String, String> results) {
    this(title, commandLine, configuration, results, Tokens.CONTINUOUS);
  }

  /** Copies the maps and keeps their order. */
  public RunFacts {
    configuration = Collections.unmodifiableMap(new LinkedHashMap<>(configuration));
    results = Collections.unmodifiableMap(new LinkedHashMap<>(results));
  }
}
