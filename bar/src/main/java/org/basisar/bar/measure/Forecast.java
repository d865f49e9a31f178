package org.basisar.bar.measure;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.nn.Parameter;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Rehearsal;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * What training a configuration will take, known before it is started: its steps are rehearsed on a
 * device that counts memory and operations instead of having and doing them.
 *
 * @param parameters numbers that are trained, and a matrix that is not
 * @param weightBytes of the parameters
 * @param optimizerBytes of moments and moving averages
 * @param accumulationBytes of gradients that are added up over micro-batches
 * @param activationBytes of captured programs: activations and gradients of a micro-batch
 * @param otherBytes of everything else: batches, tables, masks, copies of weights in lower
 *     precision, free blocks kept for reuse
 * @param checkpointBytes of one checkpoint's files
 * @param flops of one optimiser step
 * @param work the operations of one optimiser step and how often each runs
 */
public record Forecast(
    long parameters,
    long weightBytes,
    long optimizerBytes,
    long accumulationBytes,
    long activationBytes,
    long otherBytes,
    long checkpointBytes,
    long flops,
    Map<Rehearsal.Work, Long> work) {
  /** MAR draws how many tokens it masks: so many micro-batches have seen most numbers. */
  private static final int MAR_BATCHES = 32;

  /** All that is held on the device while training. */
  public long totalBytes() {
    return weightBytes + optimizerBytes + accumulationBytes + activationBytes + otherBytes;
  }

  /**
   * Rehearses a configuration.
   *
   * <p>Memory is exact for xAR. For MAR it is what the first 32 micro-batches take, and what later
   * numbers of masked tokens add is left out; the work is theirs on average.
   */
  public static Forecast of(RunConfig config) {
    Rehearsal rehearsal = new Rehearsal();
    return rehearsal.device().call(() -> of(config, rehearsal));
  }

  private static Forecast of(RunConfig config, Rehearsal rehearsal) {
    Device device = rehearsal.device();
    int accumulation = config.training().accumulation();
    boolean varies = config.network() instanceof MarSettings;
    int rehearsed = varies ? Math.min(accumulation, MAR_BATCHES) : accumulation;
    RunConfig shorter = config.withBatch(config.training().batch(), rehearsed);
    try (TrainedModel model = Scope.guarded(() -> new TrainedModel(shorter, start(shorter)));
        Trainer trainer =
            Scope.guarded(() -> new Trainer(shorter, model, new BlankImages(shorter)))) {
      int warmup = varies ? Math.max(1, MAR_BATCHES / rehearsed - 1) : 1;
      for (int step = 0; step < warmup; step++) {
        trainer.advance();
      }
      rehearsal.forget();
      trainer.advance();
      Map<Rehearsal.Work, Long> work = rehearsal.launches();
      work.replaceAll((_, times) -> times * accumulation / rehearsed);
      long flops = 0;
      for (Map.Entry<Rehearsal.Work, Long> entry : work.entrySet()) {
        flops += entry.getKey().cost().flops() * entry.getValue();
      }
      long trained = count(trainer.optimizer().parameters());
      long parameters = count(model.parameters());
      long averages = Float.BYTES * trained;
      long moments = 2 * averages;
      long accumulated = rehearsed > 1 ? averages : 0;
      long weights = Float.BYTES * parameters;
      long activations = device.programBytes();
      long tensors = device.outstandingBytes() + device.cachedBytes();
      return new Forecast(
          parameters,
          weights,
          moments + averages,
          accumulated,
          activations,
          tensors - weights - moments - averages - accumulated,
          2 * weights + moments,
          flops,
          work);
    }
  }

  private static long count(Map<String, Parameter> parameters) {
    return parameters.values().stream().mapToLong(p -> p.shape().size()).sum();
  }

  private static double @Nullable [] start(RunConfig config) {
    if (!config.basis().present()) {
      return null;
    }
    int tokens = config.tokens().order().tokens();
    int rows = config.layout().positions();
    double[] matrix = new double[rows * tokens];
    if (rows == tokens) {
      return LearnedBasis.identity(tokens);
    }
    for (int i = 0; i < Math.min(rows, tokens); i++) {
      matrix[i * tokens + i] = 1;
    }
    return matrix;
  }

  /**
   * Seconds of one optimiser step: every operation takes as long as its arithmetic or its memory
   * traffic at the device's measured ceilings, whichever is longer.
   */
  public double stepSeconds(Ceilings ceilings) {
    double seconds = 0;
    for (Map.Entry<Rehearsal.Work, Long> entry : work.entrySet()) {
      Op.Cost cost = entry.getKey().cost();
      double computing = entry.getKey().dense() ? cost.flops() / (1e9 * ceilings.gigaflops()) : 0;
      double moving = cost.bytes() / (1e9 * ceilings.gigabytes());
      seconds += Math.max(computing, moving) * entry.getValue();
    }
    return seconds;
  }

  /**
   * Measures the current device in the widest products of this network, and in copies.
   *
   * @param seconds that a round of measuring should take
   */
  public Ceilings ceilings(RunConfig config, double seconds) {
    boolean large = Device.current() != Device.CPU;
    int positions = config.training().batch() * config.layout().positions();
    int width = config.network().width();
    int rows = Math.min(positions, large ? 1 << 14 : 1 << 11);
    int columns = 3 * width;
    int copied = large ? 1 << 28 : 1 << 22;
    DType dtype = config.training().precision().products();
    Device device = Device.current();
    try (Scope _ = Scope.open()) {
      Tensor left = Ops.fill(Shape.of(rows, width), dtype, 0.5);
      Tensor right = Ops.fill(Shape.of(width, columns), dtype, 0.25);
      Tensor source = Ops.fill(Shape.of(copied), DType.F32, 1);
      Tensor target = Ops.fill(Shape.of(copied), DType.F32, 0);
      try (Program product = Captures.of(() -> Ops.matmul(left, right));
          Program copy = Captures.of(() -> Ops.copyInto(target, source))) {
        double multiplying = Timing.of(device, seconds, product::replay).median();
        double copying = Timing.of(device, seconds, copy::replay).median();
        return new Ceilings(2e-9 * rows * width * columns / multiplying, 8e-9 * copied / copying);
      }
    }
  }

  /** Images without content, so that no data is read for a rehearsal. */
  private record BlankImages(RunConfig config) implements ImageData {
    @Override
    public int count() {
      return config.training().batch();
    }

    @Override
    public List<String> classNames() {
      return config.data().classNames();
    }

    @Override
    public int label(int index) {
      return 0;
    }

    @Override
    public int side() {
      return config.image().side();
    }

    @Override
    public int channels() {
      return config.image().channels();
    }

    @Override
    public void read(int index, boolean flip, float[] destination, int offset) {
      Arrays.fill(destination, offset, offset + channels() * side() * side(), 0);
    }

    @Override
    public String describe() {
      return "blank images";
    }
  }
}
