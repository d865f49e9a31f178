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
import org.basisar.tensor.Device;
import org.basisar.tensor.Op;
import org.basisar.tensor.Rehearsal;
import org.basisar.tensor.Scope;

/**
 * What training a configuration will take, known before it is started: its steps are rehearsed on a
 * device that counts memory and operations instead of having and doing them.
 *
 * @param parameters numbers that are trained, and a matrix that is not
 * @param weightBytes of the parameters, with their copies in lower precision
 * @param optimizerBytes of moments and moving averages
 * @param accumulationBytes of gradients that are added up over micro-batches
 * @param workspaceBytes of activations and gradients within a micro-batch
 * @param otherBytes of everything else: batches, tables, masks, free blocks kept for reuse
 * @param checkpointBytes of one checkpoint's files
 * @param flops of one optimiser step
 * @param work the operations of one optimiser step and how often each runs
 */
public record Forecast(
    long parameters,
    long weightBytes,
    long optimizerBytes,
    long accumulationBytes,
    long workspaceBytes,
    long otherBytes,
    long checkpointBytes,
    long flops,
    Map<Rehearsal.Work, Long> work) {
  /** MAR draws how many tokens it masks: this many steps have seen most numbers. */
  private static final int MAR_STEPS = 64;

  /** All that is held on the device while training. */
  public long totalBytes() {
    return weightBytes + optimizerBytes + accumulationBytes + workspaceBytes + otherBytes;
  }

  /**
   * Rehearses a configuration.
   *
   * <p>Memory is exact for xAR. For MAR it is what the first 64 micro-batches or more take; numbers
   * of masked tokens that come later can add a little.
   */
  public static Forecast of(RunConfig config) {
    Rehearsal rehearsal = new Rehearsal();
    return rehearsal.device().call(() -> of(config, rehearsal));
  }

  private static Forecast of(RunConfig config, Rehearsal rehearsal) {
    Device device = rehearsal.device();
    int accumulation = config.training().accumulation();
    try (TrainedModel model = Scope.guarded(() -> new TrainedModel(config, start(config)));
        Trainer trainer =
            Scope.guarded(() -> new Trainer(config, model, new BlankImages(config)))) {
      trainer.advance(); // captures
      boolean varies = config.network() instanceof MarSettings;
      for (int done = accumulation; varies && done < MAR_STEPS; done += accumulation) {
        trainer.advance();
      }
      rehearsal.forget();
      trainer.advance();
      Map<Rehearsal.Work, Long> work = rehearsal.launches();
      long flops = 0;
      for (Map.Entry<Rehearsal.Work, Long> entry : work.entrySet()) {
        flops += entry.getKey().cost().flops() * entry.getValue();
      }
      long parameters =
          model.parameters().values().stream().mapToLong(p -> p.shape().size()).sum();
      long trained =
          trainer.optimizer().parameters().values().stream()
              .mapToLong(parameter -> parameter.shape().size())
              .sum();
      long weights = bytes(model.parameters());
      long moments = 8 * trained;
      long averages = 4 * trained;
      long accumulated = accumulation > 1 ? 4 * trained : 0;
      long workspace = trainer.workspaceBytes();
      long held =
          device.outstandingBytes() + device.cachedBytes() + device.programBytes() - workspace;
      return new Forecast(
          parameters,
          weights,
          moments + averages,
          accumulated,
          workspace,
          held - weights - moments - averages - accumulated,
          2 * weights + moments,
          flops,
          work);
    }
  }

  private static long bytes(Map<String, Parameter> parameters) {
    return parameters.values().stream().mapToLong(p -> 4L * p.shape().size()).sum();
  }

  private static double @org.jspecify.annotations.Nullable [] start(RunConfig config) {
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
