package org.basisar.bar.discrete;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFiles;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonException;
import org.basisar.nn.io.JsonValue.JsonObject;

/** The folder of a run on discrete tokens; the same files as any run's. */
public final class DiscreteFolder {
  private final RunFiles files;
  private final DiscreteConfig config;

  private DiscreteFolder(RunFiles files, DiscreteConfig config) {
    this.files = files;
    this.config = config;
  }

  /** What config.json holds: which kind of tokens, then the rest. */
  record Stored(String tokens, DiscreteConfig run) {}

  /**
   * Makes a new run folder.
   *
   * @throws RunException if the path exists and is not an empty folder
   */
  public static DiscreteFolder create(Path path, DiscreteConfig config) {
    RunFiles files = new RunFiles(path);
    files.create();
    return written(files, config);
  }

  private static DiscreteFolder written(RunFiles files, DiscreteConfig config) {
    files.writeConfig(RecordJson.write(new Stored("discrete", config)));
    return new DiscreteFolder(files, config);
  }

  /** Whether a folder is that of a run on discrete tokens; false if it is no run folder at all. */
  public static boolean holds(Path path) {
    Path file = path.resolve(RunFiles.CONFIG);
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
    Stored stored = RunFiles.readConfig(path, json -> RecordJson.read(Stored.class, json));
    return new DiscreteFolder(new RunFiles(path), stored.run());
  }

  /** Where the run is kept. */
  public Path path() {
    return files.path();
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
    files.requireSteps(steps);
    return written(files, config.withSteps(steps));
  }

  /** Publishes a checkpoint of everything the run needs to go on bit for bit. */
  public void save(DiscreteTrainer trainer) {
    JsonObject state = JsonObject.builder().put("step", trainer.step()).build();
    files.save(trainer.step(), trainer.model().tensors(), trainer.optimizer(), state);
  }

  /** Whether there is a checkpoint to go on from. */
  public boolean begun() {
    return files.latest().isPresent();
  }

  /**
   * Restores the latest checkpoint into a fresh trainer of the same configuration.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   */
  public List<String> restore(DiscreteTrainer trainer) {
    return files.restore(
        trainer.model().tensors(),
        trainer.optimizer(),
        state -> trainer.resume(state.longAt("step")));
  }

  /**
   * Loads the weights of the latest checkpoint, averaged or as trained.
   *
   * @return sentences about damaged newer checkpoints that were passed over
   * @throws RunException if there is no checkpoint
   */
  public List<String> restore(DiscreteModel model, boolean averaged) {
    return files.load(model.tensors(), averaged).warnings();
  }
}
