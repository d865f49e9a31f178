package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.function.BooleanSupplier;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSplit;
import org.basisar.bar.report.RunFacts;
import org.basisar.bar.report.RunReport;
import org.basisar.bar.train.MetricsFile;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.RunFolder;
import org.basisar.bar.train.StepReport;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.bar.train.Validation;
import org.basisar.bar.transform.TransformKind;
import org.basisar.nn.AdamW;
import org.basisar.tensor.DType;
import org.basisar.tensor.LinearAlgebra;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A training run in its folder: steps with measurements and checkpoints, then samples, basis and
 * report. When asked to stop it finishes the step, saves, and draws what there is.
 */
public final class TrainingRun {
  /**
   * When things happen.
   *
   * @param logEvery steps between lines of metrics
   * @param saveSeconds seconds between checkpoints
   * @param columns samples per class in the final picture
   * @param commandLine what the user typed, for the report
   */
  public record Plan(int logEvery, double saveSeconds, int columns, String commandLine) {}

  private final RunFolder folder;
  private final RunConfig config;
  private final ImageData data;
  private final @Nullable Validation validation;
  private final Plan plan;
  private final RunListener listener;
  private final BooleanSupplier stop;

  /** A run; {@code stop} is asked after every step. */
  public TrainingRun(
      RunFolder folder, ImageSplit split, Plan plan, RunListener listener, BooleanSupplier stop) {
    this.folder = folder;
    this.config = folder.config();
    this.data = split.training();
    this.validation = Validation.of(config, split.heldOut());
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
    try (TrainedModel model = Scope.guarded(() -> new TrainedModel(config, start(config, data)));
        Trainer trainer = Scope.guarded(() -> new Trainer(config, model, data))) {
      if (config.basis().present() && !config.basis().learned()) {
        listener.message("transform: " + KnownTransforms.describe(config));
      }
      if (resume) {
        folder.restore(trainer).forEach(listener::message);
        listener.message("resumed after step " + trainer.step());
      }
      StepReport last = train(trainer);
      try {
        draw(trainer);
      } catch (CancellationException e) {
        // Asked to stop: everything is saved, and the pictures of a finished run are whole or old.
      }
      report(trainer, last);
    }
  }

  /**
   * The first value of A, for tokens in cell order.
   *
   * @return row-major [N', N], or null for plain xAR
   */
  public static double @Nullable [] start(RunConfig config, ImageData data) {
    if (!config.basis().present()) {
      return null;
    }
    int[] raster = config.tokens().order().raster();
    return config.basis().first() == TransformKind.XAR
        ? LearnedBasis.identity(raster.length)
        : KnownTransforms.ofRun(config, data).onSequence(raster);
  }

  private @Nullable StepReport train(Trainer trainer) {
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
            try (AdamW.Averaged _ = trainer.sampled()) {
              return validation.error(trainer.model());
            }
          }

          @Override
          public void measured(StepReport report, double imagesPerSecond, double validated) {
            log(metrics, trainer, report, imagesPerSecond, validated);
          }

          @Override
          public void save(StepReport report) throws IOException {
            folder.save(trainer);
            report(trainer, report);
          }
        };
    StepReport last =
        TrainingLoop.run(steps, config.training(), plan, folder.path(), listener, stop);
    folder.save(trainer);
    return last;
  }

  private void log(
      MetricsFile metrics, Trainer trainer, StepReport report, double rate, double validated) {
    double[] singular = singularRange(trainer.model().basis());
    metrics.append(
        report,
        config
            .basis()
            .loss()
            .total(
                report.objective(),
                report.regularizer(),
                config.layout().positions(),
                config.network().tokenDimension()),
        singular[0],
        singular[1],
        rate,
        trainer.projection().applied(),
        trainer.projection().skipped(),
        validated);
  }

  /** Least and greatest singular value of A; 1 and 1 without a basis. */
  private static double[] singularRange(@Nullable LearnedBasis basis) {
    if (basis == null) {
      return new double[] {1, 1};
    }
    try (Scope _ = Scope.open()) {
      Tensor a = Ops.cast(basis.matrix().tensor(), DType.F64);
      double[] values = LinearAlgebra.svd(a).singularValues().toDoubles();
      return new double[] {values[values.length - 1], values[0]};
    }
  }

  private void draw(Trainer trainer) throws IOException {
    RunPictures.checkStop(stop);
    TrainedModel model = trainer.model();
    model.network().training(false);
    try (AdamW.Averaged _ = trainer.sampled()) {
      int[] labels = RunPictures.shownClasses(config.network().classes());
      RunPictures.samples(
          ImageModel.of(config, model),
          labels,
          plan.columns(),
          config.seed(),
          folder.path().resolve("samples/final.png"),
          folder.path().resolve("samples/prefix-final.png"),
          listener,
          stop);
      Path real = folder.path().resolve("samples/real.png");
      if (!Files.exists(real)) {
        RunPictures.real(config.data(), config.image(), data, labels, plan.columns(), real);
      }
      LearnedBasis basis = model.basis();
      if (basis != null) {
        RunPictures.basis(config, basis, folder.path().resolve("basis/final.png"));
        RunPictures.matrix(config, basis, folder.path().resolve("basis/matrix.png"));
        RunPictures.deviation(config, basis, folder.path().resolve("basis/deviation.png"));
      }
    }
  }

  private void report(Trainer trainer, @Nullable StepReport last) throws IOException {
    Map<String, String> results = new LinkedHashMap<>();
    results.put("parameters", String.format(Locale.ROOT, "%,d", parameters(trainer)));
    results.put("steps done", Long.toString(trainer.step()));
    if (last != null) {
      results.put("last loss", String.format(Locale.ROOT, "%.5f", last.objective()));
    }
    LearnedBasis basis = trainer.model().basis();
    if (basis != null && basis.learned()) {
      if (last != null) {
        results.put("‖AAᵀ − I‖", String.format(Locale.ROOT, "%.4f", last.orthogonality()));
      }
      results.put(
          "distance of A from its start",
          String.format(Locale.ROOT, "%.4f", distance(basis.values(), start(config, data))));
      results.put("projections done", Long.toString(trainer.projection().applied()));
      results.put("projections proved needless", Long.toString(trainer.projection().skipped()));
    }
    RunReport.write(
        folder.path(),
        new RunFacts(
            "BAR run " + folder.path().getFileName(),
            plan.commandLine(),
            RunSummary.of(config),
            results));
  }

  private static long parameters(Trainer trainer) {
    return trainer.model().parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
  }

  private static double distance(double[] left, double @Nullable [] right) {
    if (right == null) {
      return 0;
    }
    double sum = 0;
    for (int i = 0; i < left.length; i++) {
      sum += (left[i] - right[i]) * (left[i] - right[i]);
    }
    return Math.sqrt(sum);
  }
}
