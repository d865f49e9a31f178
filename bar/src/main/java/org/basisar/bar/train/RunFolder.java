package org.basisar.bar.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.basisar.nn.Weights;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Checkpoint;
import org.basisar.nn.io.CheckpointDirectory;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.tensor.Tensor;

/**
 * The folder of one run: {@code config.json}, {@code metrics.csv}, {@code checkpoints/}, {@code
 * samples/}, {@code basis/}, {@code report.html}.
 */
public final class RunFolder {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGES = "average.safetensors";
  private static final String MOMENTS = "optimizer.safetensors";
  private static final String STATE = "state.json";

  private final Path path;
  private final RunConfig config;
  private final CheckpointDirectory checkpoints;

  private RunFolder(Path path, RunConfig config) {
    this.path = path;
    this.config = config;
    this.checkpoints = new CheckpointDirectory(path.resolve("checkpoints"));
  }

  /**
   * Makes a new run folder.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public static RunFolder create(Path path, RunConfig config) {
    requireNew(path);
    try {
      Files.createDirectories(path.resolve("samples"));
      Files.createDirectories(path.resolve("basis"));
    } catch (IOException e) {
      throw new RunException("cannot make run folder " + path + ": " + IoReason.of(e), e);
    }
    RunFolder folder = new RunFolder(path, config);
    folder.writeConfig();
    return folder;
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

  private void writeConfig() {
    try {
      AtomicFile.replace(path.resolve(CONFIG), Json.write(ConfigJson.write(config)) + "\n");
    } catch (IOException e) {
      throw new RunException("cannot write " + path.resolve(CONFIG) + ": " + IoReason.of(e), e);
    }
  }

  /**
   * Opens an existing run folder.
   *
   * @throws RunException if it holds no readable configuration
   */
  public static RunFolder open(Path path) {
    Path file = path.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new RunException(path + " is no run folder: it has no config.json; check the path");
    }
    try {
      JsonObject json = Json.parseObject(Files.readAllBytes(file));
      if (json.has("tokens")) {
        throw new RunException(
            path + " is a run on discrete tokens, which only bar train and bar sample know");
      }
      return new RunFolder(path, ConfigJson.read(json));
    } catch (JsonException | IllegalArgumentException e) {
      throw new RunException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  /** Where the run is kept. */
  public Path path() {
    return path;
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
    long done = checkpoints.openLatest().map(Checkpoint::step).orElse(0L);
    if (steps < done) {
      throw new RunException(
          path + " has done " + done + " steps already; give --steps " + done + " or more");
    }
    RunConfig.Training t = config.training();
    RunConfig longer =
        new RunConfig(
            config.data(),
            config.image(),
            config.network(),
            config.basis(),
            new RunConfig.Training(
                steps,
                t.batch(),
                t.accumulation(),
                t.learningRate(),
                t.floor(),
                t.warmup(),
                t.schedule(),
                t.weightDecay(),
                t.beta1(),
                t.beta2(),
                t.maxNorm(),
                t.averageDecay(),
                t.labelDropout(),
                t.precision()),
            config.sampling(),
            config.seed());
    RunFolder folder = new RunFolder(path, longer);
    folder.writeConfig();
    return folder;
  }

  /** Publishes a checkpoint of everything the run needs to go on bit for bit. */
  public void save(Trainer trainer) {
    checkpoints.publish(
        trainer.step(),
        folder -> {
          Map<String, String> metadata = Map.of("step", Long.toString(trainer.step()));
          Weights.write(folder.resolve(WEIGHTS), trainer.model().tensors(), metadata);
          Weights.write(folder.resolve(AVERAGES), averages(trainer), metadata);
          Weights.write(folder.resolve(MOMENTS), trainer.optimizer().moments(), metadata);
          JsonObject state =
              JsonObject.builder()
                  .put("step", trainer.step())
                  .put("seed", config.seed())
                  .put("projections", trainer.projection().applied())
                  .put("projectionsSkipped", trainer.projection().skipped())
                  .build();
          Files.writeString(
              folder.resolve(STATE), Json.write(state) + "\n", StandardCharsets.UTF_8);
        });
  }

  /** Averages of what is trained, and the rest as it is: a complete model. */
  private static Map<String, Tensor> averages(Trainer trainer) {
    Map<String, Tensor> all = new LinkedHashMap<>(trainer.model().tensors());
    all.putAll(trainer.optimizer().averages());
    return all;
  }

  /**
   * Restores the latest checkpoint into a fresh trainer of the same configuration. A run that ended
   * before its first checkpoint begins anew.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   */
  public List<String> restore(Trainer trainer) {
    Optional<Checkpoint> latest = checkpoints.openLatest();
    if (latest.isEmpty()) {
      return List.of(path + " has no checkpoint yet; training from the beginning");
    }
    Checkpoint checkpoint = latest.get();
    Weights.read(checkpoint.file(WEIGHTS), trainer.model().tensors());
    Weights.read(checkpoint.file(AVERAGES), averages(trainer));
    Weights.read(checkpoint.file(WEIGHTS), trainer.model().tensors());
    Weights.read(checkpoint.file(MOMENTS), trainer.optimizer().moments());
    Path file = checkpoint.file(STATE);
    try {
      JsonObject state = Json.parseObject(Files.readAllBytes(file));
      trainer.resume(state.longAt("step"));
      trainer
          .projection()
          .counters(state.longAt("projections"), state.longAt("projectionsSkipped"));
    } catch (JsonException e) {
      throw new RunException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
    return checkpoint.warnings();
  }

  /**
   * Loads the averaged weights of the latest checkpoint.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   * @throws RunException if there is no checkpoint
   */
  public List<String> restoreAverages(TrainedModel model) {
    Checkpoint checkpoint =
        checkpoints
            .openLatest()
            .orElseThrow(() ->
                new RunException(
                    path + " has no checkpoint yet; train it with bar train --resume " + path));
    Weights.read(checkpoint.file(AVERAGES), model.tensors());
    return checkpoint.warnings();
  }
}
