package org.basisar.bar.train;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.basisar.nn.AdamW;
import org.basisar.nn.Weights;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Checkpoint;
import org.basisar.nn.io.CheckpointDirectory;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.tensor.Tensor;

/** The files of a run folder, whatever it trains: configuration and checkpoints. */
public final class RunFiles {
  /** The file with the configuration. */
  public static final String CONFIG = "config.json";

  /** The file of a checkpoint with numbers that are no tensors. */
  private static final String STATE = "state.json";

  private static final String WEIGHTS = "model.safetensors";
  private static final String AVERAGES = "average.safetensors";
  private static final String MOMENTS = "optimizer.safetensors";

  private final Path path;
  private final CheckpointDirectory checkpoints;

  /** The files at a path; nothing is read or written yet. */
  public RunFiles(Path path) {
    this.path = path;
    checkpoints = new CheckpointDirectory(path.resolve("checkpoints"));
  }

  /** Where they are. */
  public Path path() {
    return path;
  }

  /**
   * Makes the folders of a new run.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public void create() {
    RunFolder.requireNew(path);
    try {
      Files.createDirectories(path.resolve("samples"));
      Files.createDirectories(path.resolve("basis"));
    } catch (IOException e) {
      throw new RunException("cannot make run folder " + path + ": " + IoReason.of(e), e);
    }
  }

  /**
   * Reads the configuration of an existing run.
   *
   * @param parse makes it of what the file holds
   * @throws RunException if the folder holds no readable configuration
   */
  public static <C> C readConfig(Path path, Function<JsonObject, C> parse) {
    Path file = path.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      throw new RunException(path + " is no run folder: it has no config.json; check the path");
    }
    try {
      return parse.apply(Json.parseObject(Files.readAllBytes(file)));
    } catch (JsonException | IllegalArgumentException e) {
      throw new RunException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  /** Replaces the configuration. */
  public void writeConfig(JsonObject config) {
    try {
      AtomicFile.replace(path.resolve(CONFIG), Json.write(config) + "\n");
    } catch (IOException e) {
      throw new RunException("cannot write " + path.resolve(CONFIG) + ": " + IoReason.of(e), e);
    }
  }

  /**
   * Checks that a run may be trained for this many steps in all.
   *
   * @throws RunException if more are done already
   */
  public void requireSteps(long steps) {
    long done = latest().map(Checkpoint::step).orElse(0L);
    if (steps < done) {
      throw new RunException(
          path + " has done " + done + " steps already; give --steps " + done + " or more");
    }
  }

  /**
   * Publishes a checkpoint.
   *
   * @param model every tensor of the model
   * @param state what else the run needs to go on
   */
  public void save(long step, Map<String, Tensor> model, AdamW optimizer, JsonObject state) {
    checkpoints.publish(
        step,
        folder -> {
          Map<String, String> metadata = Map.of("step", Long.toString(step));
          Weights.write(folder.resolve(WEIGHTS), model, metadata);
          Weights.write(folder.resolve(AVERAGES), averages(model, optimizer), metadata);
          Weights.write(folder.resolve(MOMENTS), optimizer.moments(), metadata);
          Files.writeString(
              folder.resolve(STATE), Json.write(state) + "\n", StandardCharsets.UTF_8);
        });
  }

  /** Averages of what is trained, and the rest as it is: a complete model. */
  private static Map<String, Tensor> averages(Map<String, Tensor> model, AdamW optimizer) {
    Map<String, Tensor> all = new LinkedHashMap<>(model);
    all.putAll(optimizer.averages());
    return all;
  }

  /** The newest whole checkpoint. */
  public Optional<Checkpoint> latest() {
    return checkpoints.openLatest();
  }

  /**
   * Overwrites weights, averages and moments by the newest checkpoint. A run that ended before its
   * first checkpoint begins anew.
   *
   * @param resume is given what else was saved
   * @return sentences about damaged newer checkpoints that were passed over
   */
  public List<String> restore(
      Map<String, Tensor> model, AdamW optimizer, Consumer<JsonObject> resume) {
    Optional<Checkpoint> latest = latest();
    if (latest.isEmpty()) {
      return List.of(path + " has no checkpoint yet; training from the beginning");
    }
    Checkpoint checkpoint = latest.get();
    // The weights last: what is not trained stands in both files, and is the same there.
    Weights.read(checkpoint.file(AVERAGES), averages(model, optimizer));
    Weights.read(checkpoint.file(WEIGHTS), model);
    Weights.read(checkpoint.file(MOMENTS), optimizer.moments());
    Path file = checkpoint.file(STATE);
    try {
      resume.accept(Json.parseObject(Files.readAllBytes(file)));
    } catch (JsonException e) {
      throw new RunException(file + " is damaged: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new RunException("cannot read " + file + ": " + IoReason.of(e), e);
    }
    return checkpoint.warnings();
  }

  /**
   * Loads a model from the newest checkpoint.
   *
   * @param averaged whether to take the averages of the weights
   * @throws RunException if there is no checkpoint
   */
  public Checkpoint load(Map<String, Tensor> model, boolean averaged) {
    Checkpoint checkpoint =
        latest()
            .orElseThrow(() ->
                new RunException(
                    path + " has no checkpoint yet; train it with bar train --resume " + path));
    Weights.read(checkpoint.file(averaged ? AVERAGES : WEIGHTS), model);
    return checkpoint;
  }
}
