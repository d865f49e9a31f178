package org.basisar.bar.train;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Readings;
import org.basisar.nn.io.Checkpoint;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.jspecify.annotations.Nullable;

/**
 * The folder of one run: {@code config.json}, {@code metrics.csv}, {@code checkpoints/}, {@code
 * samples/}, {@code basis/}, {@code report.html}.
 */
public final class RunFolder {
  private final RunFiles files;
  private final RunConfig config;

  private RunFolder(RunFiles files, RunConfig config) {
    this.files = files;
    this.config = config;
  }

  /**
   * Makes a new run folder.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public static RunFolder create(Path path, RunConfig config) {
    RunFiles files = new RunFiles(path);
    files.create();
    files.writeConfig(ConfigJson.write(config));
    return new RunFolder(files, config);
  }

  /**
   * Checks that a run may be made at a path, before anything is spent on it.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public static void requireNew(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    boolean free = false;
    if (Files.isDirectory(path)) {
      try (Stream<Path> content = Files.list(path)) {
        free = content.findAny().isEmpty();
      } catch (IOException e) {
        throw new RunException("cannot read " + path + ": " + IoReason.of(e), e);
      }
    }
    if (!free) {
      throw new RunException(
          path + " exists and is not an empty folder; choose another --out, or --resume " + path);
    }
  }

  /**
   * Opens an existing run folder.
   *
   * @throws RunException if it holds no readable configuration
   */
  public static RunFolder open(Path path) {
    RunConfig config =
        RunFiles.readConfig(
            path,
            json -> {
              if (json.has("tokens")) {
                throw new RunException(
                    path + " is a run on discrete tokens; choose a run on continuous ones");
              }
              return ConfigJson.read(json);
            });
    return new RunFolder(new RunFiles(path), config);
  }

  /** Where the run is kept. */
  public Path path() {
    return files.path();
  }

  /** The run's configuration. */
  public RunConfig config() {
    return config;
  }

  /**
   * The same run to be trained for another number of steps; rewrites the configuration.
   *
   * @throws RunException if more steps are done already; then nothing was written
   */
  public RunFolder withSteps(long steps) {
    files.requireSteps(steps);
    RunConfig longer = config.withSteps(steps);
    files.writeConfig(ConfigJson.write(longer));
    return new RunFolder(files, longer);
  }

  /** The same run with the autoencoder's file in another place; what is written stays. */
  public RunFolder withWeights(String file) {
    return new RunFolder(files, config.withWeights(file));
  }

  /** Optimiser steps that the newest checkpoint has done; 0 if there is none. */
  public long stepsDone() {
    return files.latest().map(Checkpoint::step).orElse(0L);
  }

  /** Publishes a checkpoint of everything the run needs to go on bit for bit. */
  public void save(Trainer trainer) {
    JsonObject state =
        JsonObject.builder()
            .put("step", trainer.step())
            .put("seed", config.seed())
            .put("projections", trainer.projection().applied())
            .put("projectionsSkipped", trainer.projection().skipped())
            .build();
    files.save(trainer.step(), trainer.model().tensors(), trainer.optimizer(), state);
  }

  /**
   * Restores the latest checkpoint into a fresh trainer of the same configuration. A run that ended
   * before its first checkpoint begins anew.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   */
  public List<String> restore(Trainer trainer) {
    return files.restore(
        trainer.model().tensors(),
        trainer.optimizer(),
        state -> {
          trainer.resume(state.longAt("step"));
          trainer
              .projection()
              .counters(state.longAt("projections"), state.longAt("projectionsSkipped"));
        });
  }

  /**
   * Loads the weights of the latest checkpoint that samples are drawn with: averages, and for A
   * what the configuration says.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   * @throws RunException if there is no checkpoint
   */
  public List<String> restoreAverages(TrainedModel model) {
    LearnedBasis basis = model.basis();
    double @Nullable [] last = null;
    if (basis != null && config.basis().readings().sampled() == Readings.Sampled.LAST) {
      files.load(model.tensors(), false);
      last = basis.values();
    }
    List<String> warnings = files.load(model.tensors(), true).warnings();
    if (basis != null && last != null) {
      basis.set(last);
    }
    // Else a sampler's programs would round the weights anew at every replay.
    model.network().refresh();
    return warnings;
  }
}
