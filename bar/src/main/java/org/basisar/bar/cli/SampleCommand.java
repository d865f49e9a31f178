package org.basisar.bar.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.run.ImageModel;
import org.basisar.bar.run.RunPictures;
import org.basisar.bar.run.SampleSet;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.xar.SamplerSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bar sample}. */
@Command(
    name = "sample",
    description = "Generates pictures with a trained run.",
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class SampleCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init") // set by picocli
  private CommandSpec spec;

  @Option(names = "--run", paramLabel = "DIR", required = true, description = "run folder")
  @SuppressWarnings("NullAway.Init") // required
  private Path run;

  @Option(
      names = "--classes",
      paramLabel = "C,…",
      split = ",",
      description = "class numbers or names (default: all, in one picture at most 16)")
  private List<String> classes = List.of();

  @Option(
      names = "--count",
      paramLabel = "N",
      description =
          "pictures per class; of a folder or .npz pictures in all, classes in equal shares"
              + " (default: ${DEFAULT-VALUE})")
  private int count = 8;

  @Option(
      names = "--out",
      paramLabel = "OUT",
      required = true,
      description =
          "FILE.png, one picture with a row for each class; or for evaluators, and with the same command"
              + " going on where it was stopped: an .npz with arr_0 and labels, or a folder of"
              + " single PNG files")
  @SuppressWarnings("NullAway.Init") // required
  private Path out;

  @Option(names = "--prefix", paramLabel = "FILE.png", description = "also draw decoding by prefix")
  private @Nullable Path prefix;

  @Option(names = "--seed", paramLabel = "N", description = "default: ${DEFAULT-VALUE}")
  private long seed = 1;

  @Option(
      names = "--guidance",
      paramLabel = "SCALE,…",
      split = ",",
      description =
          "default: the run's; several make several folders or .npz files, named by their scale")
  private List<Double> guidance = List.of();

  @Option(
      names = "--batch",
      paramLabel = "N",
      description = "pictures to make at a time, of folders and .npz (default: ${DEFAULT-VALUE})")
  private int batch = 32;

  @Option(
      names = "--shuffle",
      negatable = true,
      description =
          "spread the classes over the set instead of one after the other (default: in .npz, whose"
              + " evaluators judge it in parts)")
  private @Nullable Boolean shuffle;

  @Option(names = "--sampler-steps", paramLabel = "N", description = "default: the run's")
  private @Nullable Integer samplerSteps;

  @Option(names = "--sampler", description = "${COMPLETION-CANDIDATES} (default: the run's)")
  private SamplerSettings.@Nullable Method sampler;

  @Option(
      names = "--iterations",
      paramLabel = "N",
      description = "of a MAR network (default: the run's)")
  private @Nullable Integer iterations;

  @Option(
      names = "--temperature",
      paramLabel = "X",
      description = "of MAR networks and of runs on discrete tokens (default: the run's)")
  private @Nullable Double temperature;

  @Option(
      names = "--clip-denoised",
      paramLabel = "X",
      description = "of a MAR network, 0 for no limit (default: the run's)")
  private @Nullable Double clip;

  @Option(
      names = "--vae",
      paramLabel = "FILE",
      description = "of a run on latents: the autoencoder (default: where it was)")
  private @Nullable Path vae;

  @Mixin private final EngineOptions engine = new EngineOptions();

  @Override
  public Integer call() throws IOException {
    engine.apply();
    boolean single = isSingle();
    int most = single ? 1000 : 10_000_000;
    if (count < 1 || count > most) {
      throw usage("--count must be 1 to " + most + ", is " + count);
    }
    if (single) {
      if (guidance.size() > 1 || shuffle != null) {
        throw usage(
            "several scales of --guidance, and --shuffle, are for a folder or an .npz; give --out"
                + " another name");
      }
      OutputFile.check(spec, "--out", out);
      OutputFile.check(spec, "--prefix", prefix);
    } else if (prefix != null) {
      throw usage("--prefix is for one picture; leave it out");
    } else if (batch < 1 || batch > 1 << 16) {
      throw usage("--batch must be 1 to 65536, is " + batch);
    }
    ConsoleListener listener = new ConsoleListener(spec.commandLine().getOut());
    if (DiscreteFolder.holds(run)) {
      ofCodes(DiscreteFolder.open(run), listener);
    } else {
      ofTokens(RunFolder.open(run), listener);
    }
    return 0;
  }

  /** Whether one picture is wanted. */
  private boolean isSingle() {
    return out.toString().toLowerCase(Locale.ROOT).endsWith(".png");
  }

  private void ofTokens(RunFolder folder, ConsoleListener listener) throws IOException {
    RunConfig base = placed(folder.config());
    List<RunConfig> configs = scales().stream().map(scale -> sampling(base, scale)).toList();
    int[] chosen = labels(base.data().classNames());
    try (TrainedModel model = TrainedModel.blank(base)) {
      folder.restoreAverages(model).forEach(listener::message);
      make(configs.stream().map(config -> ImageModel.of(config, model)).toList(), chosen, listener);
    }
  }

  private void ofCodes(DiscreteFolder folder, ConsoleListener listener) throws IOException {
    if (samplerSteps != null
        || sampler != null
        || iterations != null
        || clip != null
        || vae != null) {
      throw usage(
          run
              + " is a run on discrete tokens; leave out --sampler, --sampler-steps, --iterations,"
              + " --clip-denoised and --vae");
    }
    DiscreteConfig base = folder.config();
    List<DiscreteConfig> configs = scales().stream().map(scale -> drawing(base, scale)).toList();
    int[] chosen = labels(base.data().classNames());
    try (DiscreteModel model = DiscreteModel.blank(base)) {
      folder.restore(model, true).forEach(listener::message);
      make(configs.stream().map(config -> ImageModel.of(config, model)).toList(), chosen, listener);
    }
  }

  /** The scales of guidance that were asked for; one that is null for the run's own. */
  private List<@Nullable Double> scales() {
    return guidance.isEmpty() ? Collections.singletonList(null) : new ArrayList<>(guidance);
  }

  /**
   * One picture, or a set for every model.
   *
   * @param models the same with every scale of guidance
   */
  private void make(List<ImageModel> models, int[] chosen, ConsoleListener listener)
      throws IOException {
    if (isSingle()) {
      RunPictures.samples(
          models.getFirst(), chosen, count, seed, out, prefix, listener, () -> false);
      listener.message("samples: " + out);
      return;
    }
    boolean archive = out.toString().endsWith(".npz");
    int[] labels = SampleSet.labels(chosen, count, shuffle != null ? shuffle : archive);
    try (Interrupt interrupt = new Interrupt()) {
      for (int i = 0; i < models.size(); i++) {
        Path target = models.size() == 1 ? out : named(guidance.get(i), archive);
        boolean whole =
            new SampleSet(models.get(i), target, labels, seed, batch)
                .make(listener, interrupt::requested);
        listener.message(
            whole ? "samples: " + target : "stopped; go on with the same command: " + target);
        if (!whole) {
          break;
        }
      }
    }
  }

  private Path named(double scale, boolean archive) {
    String name = "guidance-" + scale;
    return archive
        ? out.resolveSibling(
            String.valueOf(out.getFileName()).replaceFirst("\\.npz$", "-" + name + ".npz"))
        : out.resolve(name);
  }

  private DiscreteConfig drawing(DiscreteConfig config, @Nullable Double scale) {
    DiscreteConfig.Sampling own = config.sampling();
    try {
      return config.withSampling(
          new DiscreteConfig.Sampling(
              temperature != null ? temperature : own.temperature(),
              scale != null ? scale : own.guidanceScale()));
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  /** With the autoencoder where the user says. */
  private RunConfig placed(RunConfig config) {
    if (vae == null) {
      return config;
    }
    if (!config.image().latents().present()) {
      throw usage("the run is not on latents; leave out --vae");
    }
    return config.withWeights(vae.toString());
  }

  private RunConfig sampling(RunConfig config, @Nullable Double scale) {
    SamplerSettings own = config.sampling();
    try {
      return new RunConfig(
          config.data(),
          config.image(),
          revealing(config.network()),
          config.basis(),
          config.training(),
          own.withGuidance(scale != null ? scale : own.guidanceScale())
              .withSteps(
                  sampler != null ? sampler : own.method(),
                  samplerSteps != null ? samplerSteps : own.steps()),
          config.seed());
    } catch (IllegalArgumentException e) {
      throw usage(String.valueOf(e.getMessage()));
    }
  }

  private NetworkConfig revealing(NetworkConfig network) {
    if (iterations == null && temperature == null && clip == null) {
      return network;
    }
    if (!(network instanceof MarSettings mar)) {
      throw usage(
          "--iterations, --temperature and --clip-denoised are not for xAR runs; leave them out");
    }
    return mar.revealed(
        iterations != null ? iterations : mar.iterations(),
        temperature != null ? temperature : mar.temperature(),
        clip != null ? clip : mar.clip());
  }

  private int[] labels(List<String> names) {
    if (classes.isEmpty()) {
      return isSingle()
          ? RunPictures.shownClasses(names.size())
          : IntStream.range(0, names.size()).toArray();
    }
    List<Integer> labels = new ArrayList<>();
    for (String word : classes) {
      int label = names.indexOf(word);
      if (label < 0 && word.matches("[0-9]{1,9}")) {
        label = Integer.parseInt(word);
      }
      if (label < 0 || label >= names.size()) {
        throw usage(
            "--classes: there is no class \""
                + word
                + "\"; the run has 0 to "
                + (names.size() - 1)
                + ": "
                + String.join(", ", names));
      }
      labels.add(label);
    }
    return labels.stream().mapToInt(Integer::intValue).toArray();
  }

  private ParameterException usage(String message) {
    return new ParameterException(spec.commandLine(), message);
  }
}
