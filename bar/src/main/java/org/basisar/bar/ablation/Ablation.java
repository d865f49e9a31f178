package org.basisar.bar.ablation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.stream.Stream;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.picture.PngWriter;
import org.basisar.bar.picture.StripPicture;
import org.basisar.bar.run.Generator;
import org.basisar.bar.run.ImageModel;
import org.basisar.bar.run.KnownTransforms;
import org.basisar.bar.run.RunEvaluation;
import org.basisar.bar.run.RunListener;
import org.basisar.bar.run.RunPictures;
import org.basisar.bar.run.TrainingRun;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.basisar.nn.io.IoReason;

/**
 * Trains and evaluates every arm of some tables with every seed, one after another, each in a run
 * folder of its own. Arms of one seed see the same images in the same order and start from the same
 * weights. What is finished is not done again; what was interrupted goes on from its checkpoint.
 */
public final class Ablation {
  /** The file of a run folder with one generated picture of every class. */
  static final String STRIP = "evaluation.png";

  /**
   * What to run.
   *
   * @param folder for arms and results
   * @param tables which tables
   * @param seeds which seeds
   * @param evaluated images to generate for the figures of an arm
   * @param training when things happen within a run
   */
  public record Plan(
      Path folder,
      List<AblationTable> tables,
      List<Long> seeds,
      int evaluated,
      TrainingRun.Plan training) {
    /** Copies the lists. */
    public Plan {
      tables = List.copyOf(tables);
      seeds = List.copyOf(seeds);
    }
  }

  /** One run of the ablation. */
  private record Job(Arm arm, long seed, RunConfig config, Path path) {
    boolean finished() {
      return Files.exists(path.resolve(ArmResult.FILE));
    }
  }

  private final Plan plan;
  private final LongFunction<ImageSplit> data;
  private final RunListener listener;
  private final BooleanSupplier stop;
  private final List<Job> jobs = new ArrayList<>();

  /**
   * An ablation.
   *
   * @param base the configuration that arms change; its seed is replaced
   * @param data the images of a seed
   * @throws IllegalArgumentException if an arm cannot be configured
   */
  public Ablation(
      Plan plan,
      RunConfig base,
      LongFunction<ImageSplit> data,
      RunListener listener,
      BooleanSupplier stop) {
    this.plan = plan;
    this.data = data;
    this.listener = listener;
    this.stop = stop;
    Map<String, Arm> arms = new LinkedHashMap<>();
    for (AblationTable table : plan.tables()) {
      table.rows().forEach(row -> arms.putIfAbsent(row.arm().name(), row.arm()));
    }
    for (long seed : plan.seeds()) {
      for (Arm arm : arms.values()) {
        Optional<RunConfig> config = configure(arm, base.withSeed(seed));
        Path path = plan.folder().resolve("arms").resolve(arm.name() + "-seed" + seed);
        config.ifPresent(present -> jobs.add(new Job(arm, seed, present, path)));
      }
    }
  }

  private Optional<RunConfig> configure(Arm arm, RunConfig base) {
    RunConfig config;
    try {
      config = arm.change().apply(base);
    } catch (IllegalArgumentException e) {
      if (!arm.optional()) {
        throw e;
      }
      listener.message(arm.name() + " is left out: " + e.getMessage());
      return Optional.empty();
    }
    ImageData images = data.apply(base.seed()).training();
    return Optional.of(config.withLostShare(KnownTransforms.lostShare(config, images)));
  }

  /** How many runs there are. */
  public int runs() {
    return jobs.size();
  }

  /**
   * Runs what is not finished; results are written after every arm.
   *
   * @return whether everything is finished now
   */
  public boolean run() throws IOException {
    for (Job job : jobs) {
      check(job);
    }
    AblationProgress progress = new AblationProgress(listener);
    long total = 0;
    long done = 0;
    for (Job job : jobs) {
      long steps = job.config().training().steps();
      total += steps;
      done += job.finished() ? steps : stepsDone(job);
    }
    progress.open(total, done);
    try {
      int number = 0;
      for (Job job : jobs) {
        number++;
        if (!job.finished()) {
          progress.arm(
              "run "
                  + number
                  + " of "
                  + jobs.size()
                  + ": "
                  + job.arm().name()
                  + ", seed "
                  + job.seed());
          if (!train(job, progress)) {
            return false;
          }
          evaluate(job, progress);
          write();
        }
      }
    } finally {
      progress.close();
    }
    write();
    return true;
  }

  private static long stepsDone(Job job) {
    return Files.exists(job.path()) ? RunFolder.open(job.path()).stepsDone() : 0;
  }

  /** Refuses a folder with other settings before anything is spent; removes one without any. */
  private static void check(Job job) throws IOException {
    Path path = job.path();
    if (!Files.exists(path)) {
      return;
    }
    if (!Files.exists(path.resolve("config.json"))) {
      removeEmpty(path);
      return;
    }
    if (!RunFolder.open(path).config().equals(job.config())) {
      throw new RunException(
          path
              + " was trained with other settings; use the ones it was made with, or choose"
              + " another --out");
    }
  }

  /** A kill between making the folders and writing the configuration leaves them empty. */
  private static void removeEmpty(Path path) {
    try (Stream<Path> content = Files.walk(path)) {
      for (Path folder : content.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(folder);
      }
    } catch (IOException e) {
      throw new RunException(
          path + " is no run folder and cannot be removed: " + IoReason.of(e), e);
    }
  }

  /** Whether the arm was trained to its end. */
  private boolean train(Job job, RunListener progress) throws IOException {
    boolean resume = Files.exists(job.path());
    RunFolder folder =
        resume ? RunFolder.open(job.path()) : RunFolder.create(job.path(), job.config());
    if (folder.stepsDone() < job.config().training().steps()) {
      new TrainingRun(folder, data.apply(job.seed()), plan.training(), progress, stop).run(resume);
    }
    return !stop.getAsBoolean() && folder.stepsDone() == job.config().training().steps();
  }

  private void evaluate(Job job, RunListener progress) throws IOException {
    RunConfig config = job.config();
    // Real images and the features that images are compared in are the same for every arm.
    ImageSplit reference = data.apply(plan.seeds().getFirst());
    try (TrainedModel model = TrainedModel.blank(config)) {
      RunFolder.open(job.path()).restoreAverages(model).forEach(progress::message);
      Map<String, Double> figures =
          RunEvaluation.evaluate(
              ImageModel.of(config, model),
              reference.training(),
              reference.training(),
              data.apply(job.seed()).heldOut(),
              plan.evaluated(),
              job.seed(),
              plan.folder().resolve("features"),
              progress);
      strip(job, model);
      RunEvaluation.write(job.path().resolve(ArmResult.FILE), figures);
      progress.message(
          String.format(
              Locale.ROOT,
              "%s, seed %d: validation error %.4f, Fréchet distance %.3f",
              job.arm().name(),
              job.seed(),
              figures.getOrDefault(RunEvaluation.VALIDATION, Double.NaN),
              figures.getOrDefault("frechet", Double.NaN)));
    }
  }

  /** A picture of every class, from the same noise for every arm. */
  private static void strip(Job job, TrainedModel model) throws IOException {
    RunConfig config = job.config();
    int[] labels = RunPictures.shownClasses(config.network().classes());
    try (Generator generator = new Generator(config, model, config.sampling(), labels.length)) {
      List<float[]> images = generator.images(generator.coefficients(labels, job.seed(), () -> {}));
      PngWriter.write(
          job.path().resolve(STRIP),
          StripPicture.strip(
              config.image().pictureChannels(), config.image().pictureSide(), images));
    }
  }

  /** Everything that is finished, as far as there is something. */
  private void write() throws IOException {
    List<ArmResult> results = new ArrayList<>();
    for (Job job : jobs) {
      if (job.finished()) {
        RunConfig.Training training = job.config().training();
        results.add(
            ArmResult.read(
                job.arm().name(),
                job.seed(),
                job.path(),
                training.batch() * training.accumulation()));
      }
    }
    Optional<Job> first = jobs.stream().findFirst();
    if (first.isPresent() && !results.isEmpty()) {
      AblationFiles.write(plan, results, jobs.size(), first.get().config());
    }
  }
}
