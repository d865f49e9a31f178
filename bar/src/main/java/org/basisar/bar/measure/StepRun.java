package org.basisar.bar.measure;

import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.StepPrograms;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.bar.transform.TransformKind;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;

/** A network in training on the current device, to be advanced step by step. */
final class StepRun implements AutoCloseable {
  private final TrainedModel model;
  private final Trainer trainer;

  StepRun(StepCost.Row row, StepSetting setting) {
    RunConfig config = setting.config(row.transform(), row.objective());
    boolean learned = row.transform() == TransformKind.LEARNED;
    double[] identity = learned ? LearnedBasis.identity(setting.network().order().tokens()) : null;
    model = Scope.guarded(() -> new TrainedModel(config, identity));
    try {
      trainer = Scope.guarded(() -> new Trainer(config, model, setting.pictures()));
    } catch (RuntimeException | Error failed) {
      model.close();
      throw failed;
    }
  }

  /** One step, with loading the batch, optimiser and certificate. */
  void advance() {
    trainer.advance();
  }

  /** Has later steps followed launch by launch. */
  void watch(StepPrograms.Watcher follower) {
    trainer.watch(follower);
  }

  /**
   * The greatest number of bytes that the allocator had given out at once, over building the
   * network, the first step and its capture, and further steps; what was in use before is not
   * counted.
   */
  static long peakBytes(StepCost.Row row, StepSetting setting) {
    Device device = Device.current();
    long before = device.heldBytes();
    device.watchPeak();
    try (StepRun run = new StepRun(row, setting)) {
      for (int step = 0; step < 3; step++) {
        run.advance();
      }
      device.synchronize();
    }
    device.trim();
    return device.peakHeldBytes() - before;
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
