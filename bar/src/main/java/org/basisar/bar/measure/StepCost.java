package org.basisar.bar.measure;

import java.util.List;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.Device;
import org.basisar.tensor.Scope;

/**
 * What a whole training step costs for plain xAR, BAR, and BAR with the residual objective: the
 * rows of the paper's table 9.
 *
 * @param name the row
 * @param timing of one step, with loading the batch, optimiser and certificate
 * @param batch images of a step
 * @param bytes of device memory held after the steps: weights, optimiser, activations
 */
public record StepCost(String name, Timing timing, int batch, long bytes) {
  /** Images trained on per second. */
  public double imagesPerSecond() {
    return batch / timing.median();
  }

  /** The three rows. */
  public enum Row {
    XAR("xAR", TransformKind.XAR, Objective.Kind.PLAIN),
    BAR("BAR", TransformKind.LEARNED, Objective.Kind.PLAIN),
    RESIDUAL("BAR + residual", TransformKind.LEARNED, Objective.Kind.RESIDUAL);

    private final String title;
    private final TransformKind transform;
    private final Objective.Kind objective;

    Row(String title, TransformKind transform, Objective.Kind objective) {
      this.title = title;
      this.transform = transform;
      this.objective = objective;
    }
  }

  /** Measures a row on the current device. */
  public static StepCost measure(
      Row row,
      XarConfig network,
      ImageData data,
      int patch,
      int batch,
      RunConfig.Precision precision,
      double seconds) {
    RunConfig config =
        new RunConfig(
            new RunConfig.Data("embedded", data.classNames(), false),
            new RunConfig.Image(data.side(), data.channels(), patch, 1),
            network,
            new RunConfig.Basis(
                row.transform,
                BasisStart.IDENTITY,
                row.objective,
                Objective.Times.LOGIT_NORMAL_PER_CELL,
                1,
                Projection.Kind.SOFT,
                0.5,
                1),
            new RunConfig.Training(
                1_000_000,
                batch,
                1,
                1e-4,
                1e-6,
                100,
                RunConfig.Schedule.CONSTANT,
                0.02,
                0.9,
                0.96,
                1,
                0.9999,
                0.1,
                precision),
            new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 10, 2),
            1);
    Device device = Device.current();
    long before = device.outstandingBytes() + device.programBytes();
    double[] identity = row == Row.XAR ? null : LearnedBasis.identity(network.order().tokens());
    try (TrainedModel model = Scope.guarded(() -> new TrainedModel(config, identity));
        Trainer trainer = Scope.guarded(() -> new Trainer(config, model, data))) {
      Timing timing = Timing.of(device, seconds, trainer::advance);
      long held = device.outstandingBytes() + device.programBytes() - before;
      return new StepCost(row.title, timing, batch, held);
    }
  }

  /** All rows, xAR first. */
  public static List<Row> rows() {
    return List.of(Row.values());
  }
}
