package org.basisar.bar.discrete;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.train.BatchSource;
import org.basisar.bar.train.DivergedException;
import org.basisar.bar.train.PixelTokens;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.StepPrograms;
import org.basisar.bar.train.StepReport;
import org.basisar.nn.AdamW;
import org.basisar.nn.LearningRate;
import org.basisar.nn.ParameterGroup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Trains a discrete model by cross-entropy, step by step, by {@link StepPrograms}; a learned order
 * is hardened before each step. Every number is a function of (configuration, step).
 */
public final class DiscreteTrainer implements AutoCloseable {
  private static final long ORDERS = 0x6f7264657273L;
  private static final double ORDER_RATE = 30;

  private final DiscreteConfig config;
  private final DiscreteModel model;
  private final Codebook codebook;
  private final AdamW optimizer;
  private final LearningRate schedule;
  private final BatchSource source;
  private final float[] hostTokens;
  private final int[] hostLabels;
  private final int[] hostCodes;
  private final int[] hostPlaces;
  private final int[] fixed;
  private final Tensor codes; // [B, N], in sequence order unless the order is learned
  private final Tensor places; // [B, N]
  private final Tensor labels; // [B]
  private final Tensor identity; // [K, K]
  private final StepPrograms programs;
  private long step;

  /** A trainer at step 0. The model stays the caller's to close. */
  public DiscreteTrainer(DiscreteConfig config, DiscreteModel model, ImageData data) {
    this.config = config;
    this.model = model;
    codebook = model.codebook();
    RunConfig.Training training = config.training();
    optimizer = optimizer(training, model);
    schedule = training.rates();
    PixelTokens pixels = config.tokens();
    source =
        new BatchSource(
            data,
            pixels,
            training.batch(),
            config.data().flip(),
            training.labelDropout(),
            config.network().nullLabel(),
            config.seed());
    int batch = training.batch();
    int tokens = config.network().tokens();
    int kinds = config.network().codes();
    fixed = config.order().places(config.network().gridSide());
    hostTokens = new float[batch * pixels.size()];
    hostLabels = new int[batch];
    hostCodes = new int[batch * tokens];
    hostPlaces = new int[batch * tokens];
    codes = Scope.outside(() -> Tensor.of(hostCodes, batch, tokens));
    places = Scope.outside(() -> Tensor.of(hostPlaces, batch, tokens));
    labels = Scope.outside(() -> Tensor.of(hostLabels, batch));
    double[] ones = new double[kinds * kinds];
    for (int i = 0; i < kinds; i++) {
      ones[i * kinds + i] = 1;
    }
    DType dtype = model.network().parameters().values().iterator().next().tensor().dtype();
    boolean learned = model.order() != null;
    identity =
        Scope.outside(
            () -> learned ? Tensor.of(dtype, ones, kinds, kinds) : Tensor.zeros(dtype, 1, 1));
    programs = new StepPrograms(optimizer, training.accumulation(), new Body());
    model.network().training(true);
  }

  private static AdamW optimizer(RunConfig.Training training, DiscreteModel model) {
    List<ParameterGroup> groups =
        new ArrayList<>(
            ParameterGroup.byShape(model.network().parameters(), training.weightDecay()));
    LearnedOrder order = model.order();
    if (order != null) {
      // Logits have to travel whole units for a permutation to change.
      groups.add(
          new ParameterGroup("order", Map.of("order.logits", order.logits()), 0, ORDER_RATE));
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

  /** The model being trained. */
  public DiscreteModel model() {
    return model;
  }

  /** Goes on after {@code done} steps; tensors are restored by the caller. */
  public void resume(long done) {
    step = done;
  }

  /**
   * Does one step.
   *
   * @throws DivergedException if loss or gradient norm is not finite; the weights are untouched
   */
  public StepReport advance() {
    double rate = schedule.at(step);
    optimizer.prepare(step, rate);
    LearnedOrder order = model.order();
    if (order != null) {
      order.harden();
    }
    StepPrograms.Figures figures = programs.advance(step);
    StepReport report =
        new StepReport(
            step + 1, figures.loss(0), Double.NaN, Double.NaN, figures.gradientNorm(), rate);
    DivergedException.check(report);
    step++;
    return report;
  }

  /** What a step consists of. */
  private final class Body implements StepPrograms.Body {
    @Override
    public int load(long number) {
      DiscreteTrainer.this.load(number);
      return 0;
    }

    @Override
    public StepPrograms.Loss loss() {
      Tensor loss = crossEntropy();
      return new StepPrograms.Loss(loss, List.of(loss));
    }
  }

  private void load(long number) {
    source.fill(number, hostTokens, hostLabels);
    model.training().seek(number);
    int[] raster = codebook.encode(hostTokens);
    int tokens = fixed.length;
    double progress = (double) step / config.training().steps();
    // Two batches must not share their orders, nor two runs of neighbouring seeds.
    SplittableRandom random =
        new SplittableRandom((config.seed() ^ ORDERS) * 0x9e3779b97f4a7c15L + number * 0x2545f491L);
    for (int image = 0; image < hostLabels.length; image++) {
      int[] order = config.order().training(fixed, progress, random);
      for (int k = 0; k < tokens; k++) {
        hostCodes[image * tokens + k] = raster[image * tokens + order[k]];
        hostPlaces[image * tokens + k] = order[k];
      }
    }
    codes.copyFrom(hostCodes, 0);
    places.copyFrom(hostPlaces, 0);
    labels.copyFrom(hostLabels, 0);
  }

  /** Mean cross-entropy per code, in nats. */
  private Tensor crossEntropy() {
    LearnedOrder order = model.order();
    int kinds = config.network().codes();
    if (order == null) {
      Tensor logits = model.network().forward(codes, places, labels);
      int rows = codes.size();
      return Ops.crossEntropy(logits.reshape(rows, kinds), codes.reshape(rows));
    }
    Tensor matrix = order.matrix();
    Tensor logits = model.network().ordered(codes, matrix, labels); // [B, N, K]
    // Which code is wanted depends on the order, so the targets are a product with its matrix.
    Tensor wanted = Ops.basisTransform(matrix, Ops.embedding(identity, codes), false);
    Tensor likely = Ops.sum(Ops.mul(wanted, logits), 2);
    return Ops.mean(Ops.sub(Ops.logSumExp(logits, 2), likely));
  }

  @Override
  public void close() {
    programs.close();
    optimizer.close();
    codes.close();
    places.close();
    labels.close();
    identity.close();
  }
}
