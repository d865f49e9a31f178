package org.basisar.bar.ablation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.bar.report.RunMetrics;
import org.basisar.bar.train.RunException;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;

/**
 * What came out of one arm with one seed.
 *
 * @param arm the arm's name
 * @param figures by name, in the order to be shown
 * @param metrics the run's measurements on the way
 * @param folder the run
 */
record ArmResult(
    String arm, long seed, Map<String, Double> figures, RunMetrics metrics, Path folder) {
  /** The file of a run folder with its figures; an arm that has it is finished. */
  static final String FILE = "evaluation.json";

  /** The name of the time that a step takes, in milliseconds. */
  static final String STEP_TIME = "ms per step";

  /** Copies the map and keeps its order. */
  ArmResult {
    figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
  }

  /**
   * Reads the figures of a finished arm.
   *
   * @param imagesPerStep for the time per step
   */
  static ArmResult read(String arm, long seed, Path folder, int imagesPerStep) {
    Path file = folder.resolve(FILE);
    try {
      JsonObject json = Json.parseObject(Files.readAllBytes(file));
      Map<String, Double> figures = new LinkedHashMap<>();
      for (String name : json.members().keySet()) {
        figures.put(name, json.doubleAt(name));
      }
      RunMetrics metrics = RunMetrics.read(folder.resolve("metrics.csv"));
      double rate = median(metrics.column("imagesPerSecond"));
      if (rate > 0) {
        figures.put(STEP_TIME, 1000 * imagesPerStep / rate);
      }
      return new ArmResult(arm, seed, figures, metrics, folder);
    } catch (JsonException e) {
      throw new RunException(
          file + " is damaged: " + e.getMessage() + "; delete it to evaluate the arm again", e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private static double median(double[] values) {
    double[] finite = Arrays.stream(values).filter(Double::isFinite).sorted().toArray();
    return finite.length == 0 ? Double.NaN : finite[finite.length / 2];
  }

  /** A figure, or not a number if it was not measured. */
  double figure(String name) {
    return figures.getOrDefault(name, Double.NaN);
  }
}
