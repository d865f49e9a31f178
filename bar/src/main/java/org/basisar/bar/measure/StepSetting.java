package org.basisar.bar.measure;

import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;

/**
 * The training step that is measured: a network on pictures of noise that fit it.
 *
 * @param network its size
 * @param batch images of a step
 * @param precision of products and attention
 */
public record StepSetting(XarConfig network, int batch, RunConfig.Precision precision) {
  private int channels() {
    return network.tokenDimension() % 3 == 0 ? 3 : 1;
  }

  private int patch() {
    int patch = (int) Math.round(Math.sqrt(network.tokenDimension() / (double) channels()));
    if (patch * patch * channels() != network.tokenDimension()) {
      throw new IllegalArgumentException(
          "no patch of a grey or coloured picture has "
              + network.tokenDimension()
              + " numbers; give a square number or three times one");
    }
    return patch;
  }

  /** The pictures. */
  NoisePictures pictures() {
    return NoisePictures.of(network.gridSide() * patch(), channels(), network.classes());
  }

  /** The configuration of a run with this transform and objective. */
  RunConfig config(TransformKind transform, Objective.Kind objective) {
    NoisePictures data = pictures();
    return new RunConfig(
        new RunConfig.Data("noise", data.classNames(), false),
        new RunConfig.Image(data.side(), data.channels(), patch(), 1),
        network,
        new RunConfig.Basis(
            transform,
            BasisStart.IDENTITY,
            objective,
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
  }
}
