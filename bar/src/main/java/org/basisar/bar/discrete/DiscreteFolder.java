package org.basisar.bar.discrete;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFolder;
import org.basisar.nn.Weights;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Checkpoint;
import org.basisar.nn.io.CheckpointDirectory;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.tensor.Tensor;

/** The folder of a run on discrete tokens; the same files as any run's. */
public final class DiscreteFolder {
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGES = "average.safetensors";
  private static final String MOMENTS = "optimizer.safetensors";

  private final Path path;
  private final DiscreteConfig config;
  private final CheckpointDirectory checkpoints;

  private DiscreteFolder(Path path, DiscreteConfig config) {
    this.path = path;
    this.config = config;
    checkpoints = new CheckpointDirectory(path.resolve("checkpoints"));
  }

  /** What config.json holds: which kind of tokens, then the rest. */
  record Stored(String tokens, DiscreteConfig run) {}

  /**
   * Makes a new run folder.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public static DiscreteFolder create(Path path, DiscreteConfig config) {
    RunFolder.requireNew(path);
    try {
      Files.createDirectories(path.resolve("samples"));
      Files.createDirectories(path.resolve("basis"));
    } catch (IOException e) {
      throw new RunException("cannot make run folder " + path + ": " + IoReason.of(e), e);
    }
    DiscreteFolder folder = new DiscreteFolder(path, config);
    folder.writeConfig();
    return folder;
  }

  /** Whether a folder is that of a run on discrete tokens; false if it is no run folder at all. */
  public static boolean holds(Path path) {
    Path file = path.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try {
      return Json.parseObject(Files.readAllBytes(file)).has("tokens");
    } catch (JsonException | IOException e) {
      return false; // whoever opens it as a run says what is wrong
    }
  }

  /**
   * Opens an existing run folder.
   *
   * @throws RunException if it holds no readable configuration
   */
  public static DiscreteFolder open(Path path) {
    Path file = path.resolve(CONFIG);
    try {
      Stored stored = RecordJson.read(Stored.class, Json.parseObject(Files.readAllBytes(file)));
      return new DiscreteFolder(path, stored.run());
    } catch (JsonException | IllegalArgumentException e) {
      throw new RunException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private void writeConfig() {
    try {
      AtomicFile.replace(
          path.resolve(CONFIG),
          Json.write(RecordJson.write(new Stored("discrete", config))) + "\n");
    } catch (IOException e) {
      throw new RunException("cannot write " + path.resolve(CONFIG) + ": " + IoReason.of(e), e);
    }
  }

  /** Where the run is kept. */
  public Path path() {
    return path;
  }

  /** The run's configuration. */
  public DiscreteConfig config() {
    return config;
  }

  /**
   * The same run to be trained for another number of steps; rewrites the configuration.
   *
   * @throws RunException if more steps are done already; then nothing was written
   */
  public DiscreteFolder withSteps(long steps) {
    long done = checkpoints.openLatest().map(Checkpoint::step).orElse(0L);
    if (steps < done) {
      throw new RunException(
          path + " has done " + done + " steps already; give --steps " + done + " or more");
    }
    RunConfig.Training t = config.training();
    RunConfig.Training longer =
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
            t.precision());
    DiscreteFolder folder =
        new DiscreteFolder(
            path,
            new DiscreteConfig(
                config.data(),
                config.image(),
                config.network(),
                config.order(),
                longer,
                config.sampling(),
                config.seed()));
    folder.writeConfig();
    return folder;
  }

  /** Publishes a checkpoint of everything the run needs to go on bit for bit. */
  public void save(DiscreteTrainer trainer) {
    checkpoints.publish(
        trainer.step(),
        folder -> {
          Map<String, String> metadata = Map.of("step", Long.toString(trainer.step()));
          Weights.write(folder.resolve(WEIGHTS), trainer.model().tensors(), metadata);
          Weights.write(folder.resolve(AVERAGES), averages(trainer), metadata);
          Weights.write(folder.resolve(MOMENTS), trainer.optimizer().moments(), metadata);
          JsonObject state = JsonObject.builder().put("step", trainer.step()).build();
          Files.writeString(
              folder.resolve("state.json"), Json.write(state) + "\n", StandardCharsets.UTF_8);
        });
  }

  private static Map<String, Tensor> averages(DiscreteTrainer trainer) {
    Map<String, Tensor> all = new LinkedHashMap<>(trainer.model().tensors());
    all.putAll(trainer.optimizer().averages());
    return all;
  }

  /** Whether there is a checkpoint to go on from. */
  public boolean begun() {
    return checkpoints.openLatest().isPresent();
  }

  /**
   * Restores the latest checkpoint into a fresh trainer of the same configuration.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   */
  public List<String> restore(DiscreteTrainer trainer) {
    Optional<Checkpoint> latest = checkpoints.openLatest();
    if (latest.isEmpty()) {
      return List.of(path + " has no checkpoint yet; training from the beginning");
    }
    Checkpoint checkpoint = latest.get();
    Weights.read(checkpoint.file(AVERAGES), averages(trainer));
    Weights.read(checkpoint.file(WEIGHTS), trainer.model().tensors());
    Weights.read(checkpoint.file(MOMENTS), trainer.optimizer().moments());
    trainer.resume(checkpoint.step());
    return checkpoint.warnings();
  }

  /**
   * Loads the weights of the latest checkpoint, averaged or as trained.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   * @throws RunException if there is no checkpoint
   */
  public List<String> restore(DiscreteModel model, boolean averaged) {
    Checkpoint checkpoint =
        checkpoints
            .openLatest()
            .orElseThrow(() ->
                new RunException(
                    path + " has no checkpoint yet; train it with bar train --resume " + path));
    Weights.read(checkpoint.file(averaged ? AVERAGES : WEIGHTS), model.tensors());
    return checkpoint.warnings();
  }
}
