package org.basisar.bar.train;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.data.ImageData;
import org.basisar.nn.AdamW;
import org.basisar.nn.LearningRate;
import org.basisar.nn.Parameter;
import org.basisar.nn.ParameterGroup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Download;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trains a model step by step. The step is captured at its first run and replayed afterwards, so a
 * steady step allocates nothing; with accumulation the micro-batches and the update are captured
 * apart.
 *
 * <p>Every number of a step is a function of (configuration, step): state is complete with weights,
 * moments, averages and the step count.
 */
public final class Trainer implements AutoCloseable {
  private final RunConfig config;
  private final TrainedModel model;
  private final TokenLoss loss;
  private final Projection projection;
  private final AdamW optimizer;
  private final LearningRate schedule;
  private final BatchFeed batches;
  private final Random random;
  private final Map<Parameter, Tensor> accumulated = new LinkedHashMap<>();
  private final boolean basisTrained;
  private final double fixedDeviation; // ‖A·Aᵀ − I‖_F of an A that is not trained
  private final LinkedHashMap<Integer, Captured> forwards =
      new LinkedHashMap<>(); // by the loss's variant
  private @Nullable Captured update;
  private long step;

  /** A captured program with the scalars it leaves behind. */
  private record Captured(Program program, List<Tensor> results, List<Download> downloads) {
    Captured(Program program, List<Tensor> results) {
      this(program, List.copyOf(results), new ArrayList<>());
    }

    /**
     * Takes the scalars that the run just launched will leave, to be waited for when they are read.
     *
     * @param part which of a step's runs of this program it is
     */
    Download take(int part) {
      while (downloads.size() <= part) {
        downloads.add(new Download(results.toArray(new Tensor[0])));
      }
      Download download = downloads.get(part);
      download.start();
      return download;
    }

    void close() {
      downloads.forEach(Download::close);
      results.forEach(Tensor::close);
      program.close();
    }
  }

  /** The scalars of a program, collected while it is captured. */
  private static final class Results {
    final List<Tensor> kept = new ArrayList<>();

    void keep(Tensor tensor) {
      kept.add(Scope.outside(tensor::detach));
    }
  }

  /** A trainer at step 0. The model stays the caller's to close. */
  public Trainer(RunConfig config, TrainedModel model, ImageData data) {
    this.config = config;
    this.model = model;
    RunConfig.Basis basis = config.basis();
    RunConfig.Training training = config.training();
    loss = TokenLoss.of(config, model);
    projection = new Projection(basis.projection(), basis.delta());
    LearnedBasis matrix = model.basis();
    basisTrained = basis.learned() && matrix != null;
    fixedDeviation = matrix == null || basisTrained ? 0 : matrix.measuredDeviation();
    optimizer = optimizer(config, model, basisTrained);
    schedule = training.rates();
    PixelTokens pixels = config.tokens();
    BatchSource source =
        new BatchSource(
            data,
            pixels,
            training.batch(),
            config.data().flip(),
            training.labelDropout(),
            config.network().nullLabel(),
            config.seed());
    random = model.training();
    batches = new BatchFeed(source, training.batch(), pixels.order().tokens(), pixels.dimension());
    model.network().training(true);
  }

  private static AdamW optimizer(RunConfig config, TrainedModel model, boolean basisTrained) {
    RunConfig.Training training = config.training();
    List<ParameterGroup> groups =
        new ArrayList<>(
            ParameterGroup.byShape(
                model.network().parameters(), training.weightDecay(), config.network()::decays));
    LearnedBasis basis = model.basis();
    if (basis != null && basisTrained) {
      Readings readings = config.basis().readings();
      groups.add(
          new ParameterGroup(
              "basis",
              Map.of(TrainedModel.BASIS, basis.matrix()),
              readings.weightDecay(),
              config.basis().rateScale(),
              readings.norm() == Readings.Norm.SHARED));
    }
    return new AdamW(training.optimizer(), groups);
  }

  /** Optimiser steps done. */
  public long step() {
    return step;
  }

  /** The optimiser, with moments and averages. */
  public AdamW optimizer() {
    return optimizer;
  }

  /** Puts the weights in use that samples are drawn with, until the result is closed. */
  public AdamW.Averaged sampled() {
    boolean last = config.basis().readings().sampled() == Readings.Sampled.LAST;
    return optimizer.averaged(path -> !(last && path.equals(TrainedModel.BASIS)));
  }

  /** The projection, with its counters. */
  public Projection projection() {
    return projection;
  }

  /** The model being trained. */
  public TrainedModel model() {
    return model;
  }

  /** The configuration. */
  public RunConfig config() {
    return config;
  }

  /**
   * Continues after {@code done} steps; weights, moments and averages are restored by the caller.
   */
  public void resume(long done) {
    step = done;
  }

  /**
   * Does one optimiser step, then the projection if it is due.
   *
   * @throws DivergedException if loss or gradient norm is not finite; the weights are untouched
   */
  public StepReport advance() {
    double rate = schedule.at(step);
    optimizer.prepare(step, rate);
    StepReport report =
        config.training().accumulation() == 1 ? singleStep(rate) : accumulatedStep(rate);
    DivergedException.check(report);
    step++;
    return report;
  }

  private StepReport singleStep(double rate) {
    int variant = load(step);
    Captured forward = forward(variant, this::wholeStep);
    Download results = forward.take(0);
    batches.send(step + 1);
    return report(rate, results.value(0), results.value(1), results.value(2), results, 3);
  }

  private void wholeStep(Results results) {
    try (Tape tape = Tape.open()) {
      Map<String, Parameter> parameters = optimizer.parameters();
      parameters.values().forEach(parameter -> tape.watch(parameter.tensor()));
      Objective.Loss parts = loss.of(batches.tokens(), batches.labels());
      Gradients gradients = tape.backward(parts.total());
      results.keep(parts.objective());
      results.keep(regularizer(parts));
      results.keep(optimizer.update(parameter -> gradients.of(parameter.tensor())));
    }
    keepOrthogonality(results);
  }

  private StepReport accumulatedStep(double rate) {
    int parts = config.training().accumulation();
    Download[] results = new Download[parts];
    for (int part = 0; part < parts; part++) {
      int variant = load(step * parts + part);
      results[part] = forward(variant, this::accumulate).take(part);
      batches.send(step * parts + part + 1);
    }
    update = run(update, this::updateFromAccumulated, null);
    Download last = update.take(0);
    double sum = 0;
    double regularizer = 0;
    for (Download result : results) {
      sum += result.value(0) / parts;
      regularizer += result.value(1) / parts;
    }
    return report(rate, sum, regularizer, last.value(0), last, 1);
  }

  private void accumulate(Results results) {
    double share = 1.0 / config.training().accumulation();
    try (Tape tape = Tape.open()) {
      Map<String, Parameter> parameters = optimizer.parameters();
      parameters.values().forEach(parameter -> tape.watch(parameter.tensor()));
      Objective.Loss parts = loss.of(batches.tokens(), batches.labels());
      Gradients gradients = tape.backward(parts.total());
      for (Parameter parameter : parameters.values()) {
        Tensor sum = accumulated.computeIfAbsent(parameter, Trainer::zeros);
        Ops.addInto(sum, Ops.scale(gradients.of(parameter.tensor()), share));
      }
      results.keep(parts.objective());
      results.keep(regularizer(parts));
    }
  }

  private static Tensor zeros(Parameter parameter) {
    DType dtype = parameter.tensor().dtype();
    int size = parameter.shape().size();
    int[] dims = parameter.shape().dims();
    // Written by the host, not by a launch, so that a replay does not clear it again.
    return Scope.outside(() ->
        dtype == DType.F32
            ? Tensor.of(new float[size], dims)
            : Tensor.of(dtype, new double[size], dims));
  }

  private void updateFromAccumulated(Results results) {
    results.keep(
        optimizer.update(parameter -> accumulated.computeIfAbsent(parameter, Trainer::zeros)));
    accumulated.values().forEach(sum -> Ops.copyInto(sum, Ops.fill(sum.shape(), sum.dtype(), 0)));
    keepOrthogonality(results);
  }

  private static Tensor regularizer(Objective.Loss parts) {
    Tensor regularizer = parts.regularizer();
    return regularizer != null
        ? regularizer
        : Ops.fill(parts.objective().shape(), parts.objective().dtype(), 0);
  }

  private void keepOrthogonality(Results results) {
    LearnedBasis basis = model.basis();
    if (basis != null && basisTrained) {
      results.keep(basis.deviationNorm());
    }
  }

  /** Returns the loss's variant for this batch. */
  private int load(long batchNumber) {
    batches.load(batchNumber);
    random.seek(batchNumber);
    return loss.prepare(batchNumber);
  }

  /** The body of a program. */
  @FunctionalInterface
  private interface Body {
    void run(Results results);
  }

  /** One program per variant, all in the memory of the first. */
  private Captured forward(int variant, Body body) {
    Program lender = forwards.isEmpty() ? null : forwards.firstEntry().getValue().program();
    Captured captured = run(forwards.get(variant), body, lender);
    forwards.putIfAbsent(variant, captured);
    return captured;
  }

  private static Captured run(@Nullable Captured captured, Body body, @Nullable Program lender) {
    if (captured != null) {
      captured.program().replay();
      return captured;
    }
    Results results = new Results();
    Program program =
        Scope.guarded(() ->
            Program.capture(
                () -> {
                  try (Scope _ = Scope.open()) {
                    body.run(results);
                  }
                },
                lender));
    return new Captured(program, results.kept);
  }

  private StepReport report(
      double rate,
      double objective,
      double regularizer,
      double norm,
      Download last,
      int orthogonalityIndex) {
    double orthogonality = fixedDeviation;
    LearnedBasis basis = model.basis();
    if (basis != null && basisTrained) {
      orthogonality = last.value(orthogonalityIndex);
      boolean due = (step + 1) % config.basis().readings().projectionEvery() == 0;
      if (due && projection.apply(basis.matrix().tensor(), orthogonality)) {
        orthogonality = deviationNorm(basis);
      }
    }
    return new StepReport(step + 1, objective, regularizer, orthogonality, norm, rate);
  }

  private static double deviationNorm(LearnedBasis basis) {
    try (Scope _ = Scope.open()) {
      return basis.deviationNorm().item();
    }
  }

  /** Bytes that captured programs hold for activations and gradients. */
  public long workspaceBytes() {
    return forwards.values().stream().mapToLong(captured -> captured.program().bytes()).sum()
        + (update == null ? 0 : update.program().bytes());
  }

  @Override
  public void close() {
    forwards.sequencedValues().reversed().forEach(Captured::close);
    if (update != null) {
      update.close();
    }
    accumulated.values().forEach(Tensor::close);
    optimizer.close();
    loss.close();
    batches.close();
  }
}
