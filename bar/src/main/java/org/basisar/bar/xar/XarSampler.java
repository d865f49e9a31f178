package org.basisar.bar.xar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.basisar.nn.Cells;
import org.basisar.nn.KeyValueCache;
import org.basisar.tensor.DType;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Generates token sequences cell by cell: every cell is integrated from noise given the finished
 * cells before it, whose keys and values are cached.
 *
 * <p>The batch is doubled, real labels first, no class second; guided velocity is u + w·(c − u). A
 * first cell without guidance runs on the real half only, which is exact: the other half's keys are
 * computed when the second cell begins. The state is fp64, the network sees it in its own dtype.
 */
public final class XarSampler implements AutoCloseable {
  /** Told after each network evaluation. */
  @FunctionalInterface
  public interface Progress {
    /** One evaluation of the {@code cells × steps} is done. */
    void evaluated();
  }

  private final XarModel model;
  private final SamplerSettings settings;
  private final int batch;
  private final Cells cells;
  private final int dimension; // C
  private final List<KeyValueCache> caches;
  private final List<Evaluation> evaluations = new ArrayList<>();
  private final List<Integration> integrations = new ArrayList<>();
  private final int[] labels;

  /**
   * A sampler for batches of {@code batch} images; captured programs are reused between batches.
   */
  public XarSampler(XarModel model, SamplerSettings settings, int batch) {
    this.model = model;
    this.settings = settings;
    this.batch = batch;
    cells = model.layout().cells();
    dimension = model.config().tokenDimension();
    caches = model.newCaches(2 * batch);
    labels = new int[2 * batch];
    for (int cell = 0; cell < cells.count(); cell++) {
      integrations.add(new Integration(batch * size(cell)));
    }
    // The unconditional half of a cell that is not guided influences nothing.
    boolean guided = settings.guidance(0, cells.count()) > 1;
    evaluations.add(new Evaluation(0, 1, guided ? 2 * batch : batch, false));
    for (int cell = 1; cell < cells.count(); cell++) {
      evaluations.add(new Evaluation(cell - 1, 2, 2 * batch, true));
      evaluations.add(new Evaluation(cell, 1, 2 * batch, false));
    }
  }

  /** Network evaluations that one batch takes. */
  public int evaluationsPerBatch() {
    return cells.count() * settings.steps();
  }

  /**
   * Generates one batch.
   *
   * @param imageLabels [B]; {@link XarConfig#nullLabel} for no class
   * @return tokens [B, N, C] in sequence order
   */
  public double[] sample(int[] imageLabels, SamplerNoise noise, Progress progress) {
    if (imageLabels.length != batch) {
      throw new IllegalArgumentException(
          "sampler is made for batches of " + batch + ", was given " + imageLabels.length);
    }
    System.arraycopy(imageLabels, 0, labels, 0, batch);
    Arrays.fill(labels, batch, 2 * batch, model.config().nullLabel());
    int size = cells.positions() * dimension;
    double[] sequence = new double[batch * size];
    double[] previous = new double[0];
    for (int cell = 0; cell < cells.count(); cell++) {
      int cellSize = size(cell);
      double[] state = integrations.get(cell).state;
      integrate(cell, previous, integrations.get(cell), noise, progress);
      int from = cells.start(cell) * dimension;
      for (int image = 0; image < batch; image++) {
        System.arraycopy(state, image * cellSize, sequence, image * size + from, cellSize);
      }
      previous = state;
    }
    return sequence;
  }

  /** Numbers of one image's cell. */
  private int size(int cell) {
    return cells.size(cell) * dimension;
  }

  private void integrate(
      int cell, double[] previous, Integration of, SamplerNoise noise, Progress progress) {
    double[] state = of.state;
    double guidance = settings.guidance(cell, cells.count());
    double[] times = settings.times();
    noise.fill(cell, SamplerNoise.INITIAL, state);
    for (int step = 0; step < settings.steps(); step++) {
      double time = times[step];
      double change = times[step + 1] - time;
      boolean opening = cell > 0 && step == 0;
      Evaluation evaluation = evaluations.get(cell == 0 ? 0 : opening ? 2 * cell - 1 : 2 * cell);
      evaluation.run(previous, state, SamplerSettings.timeIndex(time), guidance, of.velocity);
      boolean stochastic =
          settings.method() == SamplerSettings.Method.EULER_MARUYAMA && step < settings.steps() - 1;
      if (stochastic) {
        noise.fill(cell, step, of.fresh);
      }
      advance(of, time, change, stochastic);
      progress.evaluated();
    }
  }

  private void advance(Integration of, double time, double change, boolean stochastic) {
    double[] state = of.state;
    double[] velocity = of.velocity;
    double[] fresh = of.fresh;
    double spread = stochastic ? Math.sqrt(2 * time) * Math.sqrt(Math.abs(change)) : 0;
    for (int i = 0; i < state.length; i++) {
      double drift =
          switch (settings.method()) {
            // v − ½·2t·score with score = (−(1−t)·v − x)/t, without the division.
            case EULER_MARUYAMA -> (2 - time) * velocity[i] + state[i];
            case EULER -> velocity[i];
          };
      state[i] += drift * change + spread * (stochastic ? fresh[i] : 0);
    }
  }

  /** The host's numbers [B, n, C] of a cell, kept so that a batch takes no more than its result. */
  private static final class Integration {
    final double[] state;
    final double[] velocity;
    final double[] fresh;

    Integration(int size) {
      state = new double[size];
      velocity = new double[size];
      fresh = new double[size];
    }
  }

  /** One network evaluation on fixed shapes, captured at its first run. */
  private final class Evaluation {
    private final int firstCell;
    private final int count;
    private final int before; // numbers of the finished cell, if there is one
    private final int current; // numbers of the cell being generated
    private final int rows;
    private final boolean remember;
    private final Tensor tokens; // [rows, n, C]
    private final Tensor time; // [rows, count]
    private final Tensor label; // [rows]
    private final double[] hostTokens;
    private final double[] hostTime;
    private final double[] hostVelocity;
    private final float[] hostFloats; // on their way to and from the device, unless it has fp64
    private final int[] hostLabel;
    private @Nullable Program program;
    private @Nullable Tensor velocity; // [rows, n, C]

    Evaluation(int firstCell, int count, int rows, boolean remember) {
      this.firstCell = firstCell;
      this.count = count;
      this.rows = rows;
      this.remember = remember;
      before = count == 2 ? size(firstCell) : 0;
      current = size(firstCell + count - 1);
      DType dtype = model.dtype();
      int positions = (before + current) / dimension;
      tokens = outside(() -> Tensor.zeros(dtype, rows, positions, dimension));
      time = outside(() -> Tensor.zeros(dtype, rows, count));
      label = outside(() -> Tensor.of(new int[rows], rows));
      hostTokens = new double[rows * (before + current)];
      hostTime = new double[rows * count];
      hostVelocity = new double[hostTokens.length];
      hostFloats = new float[dtype == DType.F64 ? 0 : hostTokens.length];
      hostLabel = new int[rows];
    }

    private static Tensor outside(Supplier<Tensor> body) {
      return Scope.outside(body);
    }

    /** Puts the guided velocity of the last cell given into {@code result} [B, its size, C]. */
    void run(double[] previous, double[] state, int timeIndex, double guidance, double[] result) {
      int rowSize = before + current;
      for (int row = 0; row < rows; row++) {
        int image = row % batch;
        if (before > 0) {
          System.arraycopy(previous, image * before, hostTokens, row * rowSize, before);
        }
        System.arraycopy(state, image * current, hostTokens, row * rowSize + before, current);
        hostTime[row * count + count - 1] = timeIndex;
        hostLabel[row] = labels[row];
      }
      write(tokens, hostTokens);
      write(time, hostTime);
      label.copyFrom(hostLabel, 0);
      evaluate();
      read();
      boolean guided = rows > batch && guidance > 1;
      for (int image = 0; image < batch; image++) {
        int real = image * rowSize + before;
        int none = real + batch * rowSize;
        for (int i = 0; i < current; i++) {
          double conditional = hostVelocity[real + i];
          double unconditional = guided ? hostVelocity[none + i] : conditional;
          result[image * current + i] = unconditional + guidance * (conditional - unconditional);
        }
      }
    }

    private void evaluate() {
      if (program != null) {
        program.replay();
        return;
      }
      program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              Tensor made = model.forward(tokens, time, label, caches, firstCell, remember);
              velocity = Scope.outside(made::detach);
            }
          });
    }

    private void write(Tensor tensor, double[] values) {
      if (tensor.dtype() == DType.F64) {
        tensor.copyFrom(values, 0);
        return;
      }
      for (int i = 0; i < values.length; i++) {
        hostFloats[i] = (float) values[i];
      }
      tensor.copyFrom(hostFloats, 0);
    }

    private void read() {
      Tensor source = velocity;
      if (source == null) {
        throw new IllegalStateException("nothing was evaluated");
      }
      if (source.dtype() == DType.F64) {
        source.copyTo(hostVelocity, 0);
        return;
      }
      source.copyTo(hostFloats, 0);
      for (int i = 0; i < hostVelocity.length; i++) {
        hostVelocity[i] = hostFloats[i];
      }
    }

    void close() {
      if (velocity != null && !velocity.isClosed()) {
        velocity.close();
      }
      if (program != null) {
        program.close();
      }
      tokens.close();
      time.close();
      label.close();
    }
  }

  /** Releases caches and captured programs. */
  @Override
  public void close() {
    caches.forEach(KeyValueCache::close);
    evaluations.forEach(Evaluation::close);
  }
}
