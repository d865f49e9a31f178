package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.discrete.Codebook;
import org.basisar.bar.discrete.DiscreteConfig;
import org.basisar.bar.discrete.DiscreteFolder;
import org.basisar.bar.discrete.DiscreteModel;
import org.basisar.bar.discrete.DiscreteTrainer;
import org.basisar.bar.discrete.DiscreteValidation;
import org.basisar.bar.discrete.LearnedOrder;
import org.basisar.bar.discrete.OrderName;
import org.basisar.bar.report.RunFacts;
import org.basisar.bar.report.RunReport;
import org.basisar.bar.train.MetricsFile;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunException;
import org.basisar.bar.train.StepReport;
import org.basisar.nn.AdamW;
import org.basisar.nn.io.IoReason;
import org.basisar.tensor.Scope;
import org.jspecify.annotations.Nullable;

/**
 * A training run on discrete tokens in its folder: codebook, steps with measurements and
 * checkpoints, then samples, order and report. When asked to stop it finishes the step and saves.
 */
public final class DiscreteRun {
  private static final int MOST_IMAGES = 1000;
  private static final int MOST_TOKENS = 16384;

  private final DiscreteFolder folder;
  private final DiscreteConfig config;
  private final ImageSplit split;
  private final ImageData data;
  private final TrainingRun.Plan plan;
  private final RunListener listener;
  private final BooleanSupplier stop;

  /** A run; {@code stop} is asked after every step. */
  public DiscreteRun(
      DiscreteFolder folder,
      ImageSplit split,
      TrainingRun.Plan plan,
      RunListener listener,
      BooleanSupplier stop) {
    this.folder = folder;
    this.config = folder.config();
    this.split = split;
    this.data = split.training();
    this.plan = plan;
    this.listener = listener;
    this.stop = stop;
  }

  /**
   * Trains, saves and draws.
   *
   * @param resume whether to go on from the folder's checkpoint
   */
  public void run(boolean resume) throws IOException {
    try (DiscreteModel model = model(resume);
        DiscreteTrainer trainer = Scope.guarded(() -> new DiscreteTrainer(config, model, data))) {
      double lost = model.codebook().lostEnergy(sample());
      listener.message(
          String.format(
              Locale.ROOT,
              "codebook: %d codes, quantisation loses %.2f %% of the tokens' energy",
              config.network().codes(),
              100 * lost));
      if (resume) {
        folder.restore(trainer).forEach(listener::message);
        listener.message("resumed after step " + trainer.step());
      }
      StepReport last = train(trainer, lost);
      try {
        draw(trainer);
      } catch (CancellationException e) {
        // Asked to stop: everything is saved, and the pictures of a finished run are whole or old.
      }
      report(trainer, last, lost);
    }
  }

  private DiscreteModel model(boolean resume) {
    if (resume && folder.begun()) {
      DiscreteModel model = DiscreteModel.blank(config);
      folder.restore(model, false); // the codebook must be there before the trainer is made
      return model;
    }
    PixelTokens pixels = config.tokens();
    return new DiscreteModel(
        config,
        Codebook.fit(sample(), pixels.dimension(), config.network().codes(), config.seed()));
  }

  /** Tokens of images spread evenly over the data. */
  private float[] sample() {
    int each = config.network().tokens();
    int images = Math.clamp(Math.ceilDiv(MOST_TOKENS, each), 1, MOST_IMAGES);
    return config.tokens().sample(data, images);
  }

  private @Nullable StepReport train(DiscreteTrainer trainer, double lost) {
    DiscreteValidation validation =
        DiscreteValidation.of(config, trainer.model().codebook(), split.heldOut());
    MetricsFile metrics = new MetricsFile(folder.path(), trainer.step());
    TrainingLoop.Steps steps =
        new TrainingLoop.Steps() {
          @Override
          public long done() {
            return trainer.step();
          }

          @Override
          public StepReport advance() {
            return trainer.advance();
          }

          @Override
          public double validation() {
            if (validation == null) {
              return Double.NaN;
            }
            try (AdamW.Averaged _ = trainer.optimizer().averaged()) {
              return validation.crossEntropy(trainer.model());
            }
          }

          @Override
          public void measured(StepReport report, double imagesPerSecond, double validated) {
            metrics.append(report, imagesPerSecond, validated);
          }

          @Override
          public void save(StepReport report) throws IOException {
            folder.save(trainer);
            report(trainer, report, lost);
          }
        };
    StepReport last =
        TrainingLoop.run(steps, config.training(), plan, folder.path(), listener, stop);
    folder.save(trainer);
    return last;
  }

  private void draw(DiscreteTrainer trainer) throws IOException {
    RunPictures.checkStop(stop);
    DiscreteModel model = trainer.model();
    model.network().training(false);
    Path samples = folder.path().resolve("samples");
    Path basis = folder.path().resolve("basis");
    try (AdamW.Averaged _ = trainer.optimizer().averaged()) {
      int[] labels = RunPictures.shownClasses(config.network().classes());
      RunPictures.samples(
          ImageModel.of(config, model),
          labels,
          plan.columns(),
          config.seed(),
          samples.resolve("final.png"),
          samples.resolve("prefix-final.png"),
          listener,
          stop);
      Path real = samples.resolve("real.png");
      if (!Files.exists(real)) {
        RunPictures.real(config.data(), config.image(), data, labels, plan.columns(), real);
      }
      DiscretePictures.reconstructions(config, model, data, samples.resolve("reconstruct.png"));
      int[] places = model.places();
      DiscretePictures.order(config, places, basis.resolve("order.png"));
      DiscretePictures.matrix(places, basis.resolve("permutation.png"));
    } catch (IOException e) {
      throw new RunException("cannot write to " + folder.path() + ": " + IoReason.of(e), e);
    }
  }

  private void report(DiscreteTrainer trainer, @Nullable StepReport last, double lost)
      throws IOException {
    Map<String, String> results = new LinkedHashMap<>();
    long parameters =
        trainer.model().parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
    results.put("parameters", String.format(Locale.ROOT, "%,d", parameters));
    results.put("steps done", Long.toString(trainer.step()));
    if (last != null) {
      results.put("last loss", String.format(Locale.ROOT, "%.5f nats per code", last.objective()));
    }
    results.put("energy lost by quantisation", String.format(Locale.ROOT, "%.2f %%", 100 * lost));
    LearnedOrder order = trainer.model().order();
    if (order != null) {
      // Of the averaged weights, which is what was drawn and what is sampled.
      try (AdamW.Averaged _ = trainer.optimizer().averaged()) {
        describe(order, results);
      }
    }
    RunReport.write(
        folder.path(),
        new RunFacts(
            "BAR run " + folder.path().getFileName() + " on discrete tokens",
            plan.commandLine(),
            summary(),
            results,
            RunFacts.Tokens.DISCRETE));
  }

  private static void describe(LearnedOrder order, Map<String, String> results) {
    int[] places = order.places();
    results.put("positions moved from raster", OrderName.moved(places) + " of " + places.length);
    results.put(
        "certainty of the order", String.format(Locale.ROOT, "%.3f", order.certainty(places)));
  }

  private Map<String, String> summary() {
    Map<String, String> facts = new LinkedHashMap<>();
    DiscreteConfig.Network network = config.network();
    facts.put("seed", Long.toString(config.seed()));
    facts.put("data", config.data().source());
    facts.put("classes", String.join(", ", config.data().classNames()));
    facts.put(
        "tokens",
        network.tokens() + " of " + network.codes() + " codes in groups of " + network.group());
    facts.put(
        "network",
        "width "
            + network.width()
            + ", "
            + network.heads()
            + " heads, "
            + network.layers()
            + " blocks");
    facts.put("order", config.order().label());
    facts.put("steps", Long.toString(config.training().steps()));
    facts.put("batch", config.training().batch() + " × " + config.training().accumulation());
    facts.put("learning rate", Double.toString(config.training().learningRate()));
    facts.put("average decay", Double.toString(config.training().averageDecay()));
    facts.put(
        "sampler",
        "temperature "
            + config.sampling().temperature()
            + ", guidance "
            + config.sampling().guidanceScale());
    return facts;
  }
}
