package org.basisar.bar.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.data.RgbSource;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.latent.LatentImages;
import org.basisar.bar.metrics.FeatureNetwork;
import org.basisar.bar.run.FieldEvaluation;
import org.basisar.bar.run.FieldNetworks;
import org.basisar.bar.run.ImageModel;
import org.basisar.bar.run.RunEvaluation;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar eval}. */
@Command(
    name = "eval",
    description =
        "Measures how close pictures come to real ones. Without weights: a run's, in the features"
            + " of a small classifier that is trained on the same data and kept in the run folder."
            + " With the weights of the field's networks: FID, Inception score, KID, precision,"
            + " recall, FD-DINOv2 and CLIP score of a run's or of any.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class EvalCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--run", paramLabel = "DIR", description = "run folder to generate from")
  private @Nullable Path run;

  @Option(
      names = "--images",
      paramLabel = "PATH",
      description = "pictures to judge instead: a folder, a .zip, or an .npz with arr_0")
  private @Nullable Path images;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "figures as JSON (default: evaluation.json in the run folder, none for --images)")
  private @Nullable Path written;

  @Option(
      names = "--data",
      paramLabel = "SOURCE",
      description = "pictures to compare with (default: the run's)")
  private @Nullable String source;

  @Option(
      names = "--count",
      paramLabel = "N",
      description = "pictures to generate (default: ${DEFAULT-VALUE})")
  private int count = 500;

  @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Mixin private final FieldOptions field = new FieldOptions();

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description = "of a run on latents: the autoencoder (default: where it was)")
  private @Nullable Path vae;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    engine.apply();
    if (count < 8 || count > 100_000) {
      throw new ParameterException(spec.commandLine(), "--count must be 8 to 100000, is " + count);
    }
    field.check(spec);
    OutputFile.check(spec, "--out", written);
    PrintWriter out = spec.commandLine().getOut();
    if (images != null && run != null) {
      throw new ParameterException(
          spec.commandLine(), "--run and --images are two things to judge; give one of them");
    }
    Map<String, Double> figures;
    if (run != null) {
      figures = ofRun(run, out);
    } else if (images != null) {
      figures = ofImages(images, out);
    } else {
      throw new ParameterException(
          spec.commandLine(), "there is nothing to judge; give --run DIR or --images PATH");
    }
    figures.forEach((name, value) -> out.printf(Locale.ROOT, "%-28s %.5f%n", name, value));
    Path file = written != null ? written : run == null ? null : run.resolve("evaluation.json");
    if (file != null) {
      RunEvaluation.write(file, figures);
      out.println("written: " + file);
    }
    out.flush();
    return 0;
  }

  private Map<String, Double> ofImages(Path path, PrintWriter out) throws IOException {
    if (!field.given()) {
      throw new ParameterException(
          spec.commandLine(),
          "pictures without a run are judged by the field's networks; which file to get and"
              + " where:\n"
              + FieldNetworks.WHERE
              + "\nWithout any, bar eval --run DIR judges a run by what it was trained on");
    }
    Path reference = field.reference();
    try (RgbSource pictures = RgbSource.open(path);
        RgbSource real = reference == null ? null : RgbSource.open(reference)) {
      return byTheField(pictures, real, new ConsoleListener(out));
    }
  }

  private Map<String, Double> ofRun(Path path, PrintWriter out) throws IOException {
    ConsoleListener listener = new ConsoleListener(out);
    if (DiscreteFolder.holds(path)) {
      DiscreteFolder folder = DiscreteFolder.open(path);
      DiscreteConfig config = folder.config();
      refuseWeights(config.image());
      Sources sources = pictures(config.data(), config.image(), config.seed());
      try (DiscreteModel model = DiscreteModel.blank(config)) {
        folder.restore(model, true).forEach(listener::message);
        return judge(ImageModel.of(config, model), sources, path, listener);
      }
    }
    RunFolder folder = RunFolder.open(path);
    RunConfig config = placed(folder.config());
    Sources sources =
        config.image().latents().present()
            ? latents(config)
            : pictures(config.data(), config.image(), config.seed());
    try (TrainedModel model = TrainedModel.blank(config)) {
      folder.restoreAverages(model).forEach(listener::message);
      return judge(ImageModel.of(config, model), sources, path, listener);
    }
  }

  private Map<String, Double> judge(
      ImageModel model, Sources sources, Path path, ConsoleListener listener) throws IOException {
    if (field.given()) {
      return ofRunByTheField(model, sources.pictures(), listener);
    }
    return RunEvaluation.evaluate(
        model,
        sources.split().training(),
        sources.pictures(),
        sources.split().heldOut(),
        count,
        seed,
        path.resolve("features"),
        listener);
  }

  private Map<String, Double> ofRunByTheField(
      ImageModel model, ImageData data, ConsoleListener listener) throws IOException {
    int side = model.image().pictureSide();
    List<String> classes = model.data().classNames();
    List<Integer> labels = RunEvaluation.labels(classes.size(), count);
    List<float[]> generated = RunEvaluation.generate(model, labels, seed, listener);
    FeatureNetwork.Real real = FeatureNetwork.Real.of(data, count);
    Path reference = field.reference();
    try (RgbSource pictures = RgbSource.of(generated, side, names(labels, classes));
        RgbSource wanted =
            reference == null
                ? RgbSource.of(real.images(), data.side(), names(real.labels(), data.classNames()))
                : RgbSource.open(reference)) {
      return byTheField(pictures, wanted, listener);
    }
  }

  private static List<String> names(List<Integer> labels, List<String> classes) {
    return labels.stream().map(classes::get).toList();
  }

  private Map<String, Double> byTheField(
      RgbSource pictures, @Nullable RgbSource real, ConsoleListener listener) throws IOException {
    try (FieldNetworks networks = field.load()) {
      FieldEvaluation evaluation = new FieldEvaluation(networks, listener);
      Path statistics = field.statistics();
      if (statistics != null) {
        evaluation.compareWith(statistics);
      }
      return evaluation.evaluate(pictures, real, field.captions(pictures), field.written());
    }
  }

  /** With the autoencoder where the user says. */
  private RunConfig placed(RunConfig config) {
    refuseWeights(config.image());
    return vae == null ? config : config.withWeights(vae.toString());
  }

  private void refuseWeights(RunConfig.Image image) {
    if (vae != null && !image.latents().present()) {
      throw new ParameterException(
          spec.commandLine(), "the run is not on latents; leave out --vae");
    }
  }

  /** What the run is trained and validated on, and pictures to compare with. */
  private record Sources(ImageSplit split, ImageData pictures) {}

  /** The run's images, split as in training; other images are all there to compare with. */
  private Sources pictures(RunConfig.Data data, RunConfig.Image image, long runSeed) {
    int side = image.side();
    ImageSplit split =
        source != null
            ? new ImageSplit(ImageSources.open(source, side, runSeed), null)
            : ImageSplit.open(data.source(), side, runSeed, data.heldOut());
    return new Sources(split, split.training());
  }

  /** The run's latents, and the pictures that they were made from or those that the user names. */
  private Sources latents(RunConfig config) {
    String cache = config.data().source();
    LatentImages latents = LatentOptions.reopen(cache, config.image());
    if (latents == null) {
      throw new RunException("the run's latents are not at " + cache + " any more; put them back");
    }
    String pictures = source != null ? source : latents.pictures();
    if (pictures == null) {
      throw new ParameterException(
          spec.commandLine(),
          "the latents do not say what pictures they were made from; name some with --data");
    }
    return new Sources(
        ImageSplit.of(latents, config.data().heldOut()),
        ImageSources.open(pictures, config.image().pictureSide(), config.seed()));
  }
}
