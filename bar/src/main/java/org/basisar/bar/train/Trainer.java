package org.basisar.bar.train;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.data.ImageData;
import org.basisar.nn.AdamW;
import org.basisar.nn.LearningRate;
import org.basisar.nn.ParameterGroup;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Trains a model step by step by {@link StepPrograms}.
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
  private final StepPrograms programs;
  private final boolean basisTrained;
  private final double fixedDeviation; // ‖A·Aᵀ − I‖_F of an A that is not trained
  private long step;

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
    programs = new StepPrograms(optimizer, training.accumulation(), new Body());
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
    StepReport report = report(rate, programs.advance(step));
    DivergedException.check(report);
    step++;
    return report;
  }

  /** Has later steps followed launch by launch. */
  public void watch(StepPrograms.Watcher follower) {
    programs.watch(follower);
  }

  /** What a step consists of. */
  private final class Body implements StepPrograms.Body {
    @Override
    public int load(long number) {
      batches.load(number);
      random.seek(number);
      return loss.prepare(number);
    }

    @Override
    public void ahead(long next) {
      batches.send(next);
    }

    @Override
    public StepPrograms.Loss loss() {
      Objective.Loss parts = loss.of(batches.tokens(), batches.labels());
      Tensor objective = parts.objective();
      Tensor regularizer = parts.regularizer();
      return new StepPrograms.Loss(
          parts.total(),
          List.of(
              objective,
              regularizer != null
                  ? regularizer
                  : Ops.fill(objective.shape(), objective.dtype(), 0)));
    }

    @Override
    public List<Tensor> measured() {
      LearnedBasis basis = model.basis();
      return basis != null && basisTrained ? List.of(basis.deviationNorm()) : List.of();
    }
  }

  private StepReport report(double rate, StepPrograms.Figures figures) {
    double orthogonality = fixedDeviation;
    LearnedBasis basis = model.basis();
    if (basis != null && basisTrained) {
      orthogonality = figures.measured(0);
      boolean due = (step + 1) % config.basis().readings().projectionEvery() == 0;
      if (due && projection.apply(basis.matrix().tensor(), orthogonality)) {
        orthogonality = deviationNorm(basis);
      }
    }
    return new StepReport(
        step + 1, figures.loss(0), figures.loss(1), orthogonality, figures.gradientNorm(), rate);
  }

  private static double deviationNorm(LearnedBasis basis) {
    try (Scope _ = Scope.open()) {
      return basis.deviationNorm().item();
    }
  }

  /** Bytes that captured programs hold for activations and gradients. */
  public long workspaceBytes() {
    return programs.workspaceBytes();
  }

  @Override
  public void close() {
    programs.close();
    optimizer.close();
    loss.close();
    batches.close();
  }
}
