package org.basisar.bench;

import java.util.SplittableRandom;
import org.basisar.bar.xar.SamplerNoise;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.bar.xar.XarSampler;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * One evaluation of the network in sampling, on average over the four cells of a batch: the
 * engine's sampler, with cached keys and values and without the unconditional half where it is not
 * used, beside one that computes everything each time. Steps per cell: {@value #STEPS}.
 */
public class SamplerBenchmark extends LabBenchmark {
  private static final int STEPS = 4;
  private static final int CELLS = 4;
  private static final int EVALUATIONS = CELLS * STEPS;

  /** D. */
  @Param("128")
  public int width = 128;

  private Runnable cached = () -> {};
  private Runnable whole = () -> {};

  /** Prepares, and checks on two images that both make the same tokens. */
  @Setup
  public void prepare() {
    open();
    check();
    int[] labels = labels(batch);
    SamplerNoise noise = noise(batch);
    XarModel model = model();
    XarSampler sampler = new XarSampler(model, settings(), batch);
    NaiveSampler naive = new NaiveSampler(model, settings(), batch);
    cached = () -> sampler.sample(labels, noise, () -> {});
    whole = () -> naive.sample(labels, noise);
  }

  private void check() {
    XarModel model = model();
    int[] labels = labels(2);
    try (XarSampler sampler = new XarSampler(model, settings(), 2)) {
      double[] fast = sampler.sample(labels, noise(2), () -> {});
      double[] plain = new NaiveSampler(model, settings(), 2).sample(labels, noise(2));
      Expected.near("tokens", plain, fast, 0, 1e-2);
    }
  }

  private XarModel model() {
    int side = (int) Math.round(Math.sqrt(tokens));
    if (side * side != tokens) {
      throw new IllegalArgumentException(
          "the sampler's tokens lie on a square grid; choose a square number instead of " + tokens);
    }
    Random random = new Random(3);
    int mlp = XarConfig.publishedMlpWidth(width);
    XarConfig config =
        new XarConfig(side, 2, channels, width, Math.max(1, width / 32), 2, mlp, 10, 0);
    XarModel model = new XarModel(new org.basisar.nn.Setup(DType.F32, random, random), config);
    model.training(false);
    return model;
  }

  private static SamplerSettings settings() {
    return new SamplerSettings(SamplerSettings.Method.EULER, STEPS, 2);
  }

  private static int[] labels(int count) {
    int[] labels = new int[count];
    for (int i = 0; i < count; i++) {
      labels[i] = i % 10;
    }
    return labels;
  }

  /** Numbers made beforehand, so that nothing but the evaluations takes time. */
  private SamplerNoise noise(int images) {
    int cellSize = tokens / CELLS * channels;
    double[][] normal = new double[CELLS][];
    for (int cell = 0; cell < CELLS; cell++) {
      SplittableRandom random = new SplittableRandom(31 + cell);
      normal[cell] = random.doubles(images * (long) cellSize, -1.7, 1.7).toArray();
    }
    return (cell, _, destination) ->
        System.arraycopy(normal[cell], 0, destination, 0, destination.length);
  }

  /** With cached keys and values. */
  @Benchmark
  @OperationsPerInvocation(EVALUATIONS)
  public void cachedKeys() {
    cached.run();
  }

  /** The whole sequence each time. */
  @Benchmark
  @OperationsPerInvocation(EVALUATIONS)
  public void wholeSequence() {
    whole.run();
  }
}
