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

  /** Steps for so long at least that Java's compiler is done with them. */
  void warm(double seconds) {
    long end = System.nanoTime() + (long) (1e9 * seconds);
    do {
      advance();
    } while (System.nanoTime() < end);
  }

  /**
   * Bytes that a training step takes.
   *
   * @param tensors the greatest number of tensors in use and of what captured programs held
   * @param work of kernels, kept from one run to the next
   */
  record Peak(long tensors, long work) {
    long bytes() {
      return tensors + work;
    }
  }

  /**
   * The peak over building the network, the first step and its capture, and further steps; tensors
   * that were in use before are not counted, and all work space is given up first.
   */
  static Peak peak(StepCost.Row row, StepSetting setting) {
    Device device = Device.current();
    device.trim();
    long before = device.heldBytes();
    long workBefore = device.workBytes();
    device.watchPeak();
    try (StepRun run = new StepRun(row, setting)) {
      for (int step = 0; step < 3; step++) {
        run.advance();
      }
      device.synchronize();
    }
    Peak peak =
        new Peak(
            device.peakHeldBytes() - device.workBytes() - (before - workBefore),
            device.workBytes() - workBefore);
    device.trim();
    return peak;
  }

  @Override
  public void close() {
    trainer.close();
    model.close();
  }
}
