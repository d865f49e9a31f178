package org.basisar.bench;

import java.util.Arrays;
import org.basisar.bar.xar.SamplerNoise;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.tensor.DType;
import org.basisar.tensor.Tensor;

/**
 * The sampler without what makes it fast: every evaluation is a forward pass of the whole sequence
 * for the images with and without their class; nothing is cached, nothing left out. By Euler steps.
 */
final class NaiveSampler {
  private final SamplerSettings settings;
  private final int batch;
  private final int cells;
  private final int size; // numbers of a sequence
  private final Tensor tokens; // [2B, N, C]
  private final Tensor time; // [2B, cells]
  private final Tensor label; // [2B]
  private final float[] hostTokens;
  private final float[] hostTime;
  private final int[] hostLabel;
  private final int noClass;
  private final Captured forward;
  private final float[] velocity;

  NaiveSampler(XarModel model, SamplerSettings settings, int batch) {
    this.settings = settings;
    this.batch = batch;
    XarConfig config = model.config();
    cells = config.order().cells();
    int n = config.order().tokens();
    size = n * config.tokenDimension();
    noClass = config.nullLabel();
    tokens = Tensor.zeros(DType.F32, 2 * batch, n, config.tokenDimension());
    time = Tensor.zeros(DType.F32, 2 * batch, cells);
    label = Tensor.of(new int[2 * batch], 2 * batch);
    hostTokens = new float[2 * batch * size];
    hostTime = new float[2 * batch * cells];
    hostLabel = new int[2 * batch];
    velocity = new float[hostTokens.length];
    forward = new Captured(() -> new Tensor[] {model.forward(tokens, time, label)});
  }

  /** Tokens [B, N, C] in sequence order. */
  double[] sample(int[] labels, SamplerNoise noise) {
    System.arraycopy(labels, 0, hostLabel, 0, batch);
    Arrays.fill(hostLabel, batch, 2 * batch, noClass);
    label.copyFrom(hostLabel, 0);
    Arrays.fill(hostTime, 0);
    Arrays.fill(hostTokens, 0);
    double[] sequence = new double[batch * size];
    int cellSize = size / cells;
    double[] state = new double[batch * cellSize];
    for (int cell = 0; cell < cells; cell++) {
      noise.fill(cell, SamplerNoise.INITIAL, state);
      integrate(cell, state);
      for (int image = 0; image < batch; image++) {
        int to = image * size + cell * cellSize;
        System.arraycopy(state, image * cellSize, sequence, to, cellSize);
      }
    }
    return sequence;
  }

  private void integrate(int cell, double[] state) {
    double guidance = settings.guidance(cell, cells);
    double[] times = settings.times();
    for (int step = 0; step < settings.steps(); step++) {
      put(cell, state, SamplerSettings.timeIndex(times[step]));
      forward.replay();
      forward.copyTo(0, velocity);
      advance(cell, state, guidance, times[step + 1] - times[step]);
    }
    put(cell, state, 0);
  }

  private void put(int cell, double[] state, int timeIndex) {
    int cellSize = size / cells;
    for (int row = 0; row < 2 * batch; row++) {
      int from = row % batch * cellSize;
      for (int i = 0; i < cellSize; i++) {
        hostTokens[row * size + cell * cellSize + i] = (float) state[from + i];
      }
      hostTime[row * cells + cell] = timeIndex;
    }
    tokens.copyFrom(hostTokens, 0);
    time.copyFrom(hostTime, 0);
  }

  private void advance(int cell, double[] state, double guidance, double change) {
    int cellSize = size / cells;
    for (int image = 0; image < batch; image++) {
      int real = image * size + cell * cellSize;
      int none = real + batch * size;
      for (int i = 0; i < cellSize; i++) {
        double unguided = velocity[none + i];
        double guided = unguided + guidance * (velocity[real + i] - unguided);
        state[image * cellSize + i] += change * (guidance > 1 ? guided : velocity[real + i]);
      }
    }
  }
}
