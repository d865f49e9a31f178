package org.basisar.bar.measure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.basisar.bar.Tiny;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.mar.MarConfig;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.model.NetworkConfig;
import org.basisar.bar.train.RunConfig;
import org.basisar.bar.train.TrainedModel;
import org.basisar.bar.train.Trainer;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.SamplerSettings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.tensor.Device;
import org.basisar.tensor.Op;
import org.basisar.tensor.Rehearsal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ForecastTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final int CLASSES = DATA.classNames().size();
  private static final XarConfig XAR = new XarConfig(4, 2, 12, 24, 2, 2, 31, CLASSES, 0.1);
  private static final MarSettings MAR =
      new MarSettings(
          new MarConfig(16, 12, 16, 2, 1, 16, 2, 3, CLASSES, 0.1), 0.7, 2, 4, 1, 1.5, false);

  private static RunConfig config(
      NetworkConfig network, TransformKind transform, Objective.Kind objective, int accumulation) {
    return new RunConfig(
        new RunConfig.Data("embedded", DATA.classNames(), false),
        new RunConfig.Image(8, 3, 2, 1.4),
        network,
        Tiny.basis(transform, BasisStart.IDENTITY, objective, Projection.Kind.SOFT),
        Tiny.training(100, 5, accumulation),
        new SamplerSettings(SamplerSettings.Method.EULER_MARUYAMA, 4, 2),
        3);
  }

  /** Bytes that a real device holds for a run after some steps, more than it held before. */
  private static long held(RunConfig config, int steps) {
    Device device = Device.CPU;
    device.trim();
    long before = device.outstandingBytes() + device.programBytes();
    boolean present = config.basis().present();
    try (TrainedModel model = new TrainedModel(config, present ? LearnedBasis.identity(16) : null);
        Trainer trainer = new Trainer(config, model, DATA)) {
      for (int i = 0; i < steps; i++) {
        trainer.advance();
      }
      return device.outstandingBytes() + device.cachedBytes() + device.programBytes() - before;
    } finally {
      device.trim();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  void memoryIsThatOfTheRealRunToTheByte(int accumulation) {
    RunConfig residual = config(XAR, TransformKind.LEARNED, Objective.Kind.RESIDUAL, accumulation);
    assertThat(Forecast.of(residual).totalBytes()).isEqualTo(held(residual, 2));
    RunConfig xar = config(XAR, TransformKind.XAR, Objective.Kind.PLAIN, accumulation);
    assertThat(Forecast.of(xar).totalBytes()).isEqualTo(held(xar, 2));
    RunConfig bar = config(XAR, TransformKind.LEARNED, Objective.Kind.PLAIN, accumulation);
    assertThat(Forecast.of(bar).totalBytes())
        .isEqualTo(held(bar, 2))
        .isGreaterThan(Forecast.of(xar).totalBytes());
  }

  @Test
  void memoryOfMarIsThatOfThirtyTwoMicroBatches() {
    RunConfig config = config(MAR, TransformKind.LEARNED, Objective.Kind.RESIDUAL, 1);
    assertThat(Forecast.of(config).totalBytes()).isEqualTo(held(config, 32));
  }

  @Test
  void thePartsAreWhatTheyAreCalled() {
    RunConfig config = config(XAR, TransformKind.LEARNED, Objective.Kind.RESIDUAL, 2);
    Forecast forecast = Forecast.of(config);
    long parameters = XAR.parameterCount() + 256;
    assertThat(forecast.parameters()).isEqualTo(parameters);
    assertThat(forecast.weightBytes()).isEqualTo(4 * parameters);
    assertThat(forecast.optimizerBytes()).isEqualTo(12 * parameters);
    assertThat(forecast.accumulationBytes()).isEqualTo(4 * parameters);
    assertThat(forecast.checkpointBytes()).isEqualTo(16 * parameters);
    assertThat(forecast.otherBytes()).isNotNegative();
    assertThat(forecast.activationBytes()).isPositive();
  }

  @Test
  void workGrowsWithMicroBatches() {
    long one = flops(1);
    long two = flops(2);
    long four = flops(4);
    assertThat(four - two).isCloseTo(2 * (two - one), within(one / 20));
    assertThat(two).isBetween(19 * one / 10, 21 * one / 10);
    // Of a training step, two thirds are the gradients'.
    long products = 6L * 5 * 16 * XAR.parameterCount();
    assertThat(one).isBetween(products / 3, 2 * products);
  }

  private static long flops(int accumulation) {
    return Forecast.of(config(XAR, TransformKind.XAR, Objective.Kind.PLAIN, accumulation)).flops();
  }

  @Test
  void anOperationTakesTheLongerOfItsArithmeticAndItsTraffic() {
    Forecast forecast = Forecast.of(config(XAR, TransformKind.XAR, Objective.Kind.PLAIN, 1));
    double moved = 0;
    double computed = 0;
    for (Map.Entry<Rehearsal.Work, Long> entry : forecast.work().entrySet()) {
      Op.Cost cost = entry.getKey().cost();
      moved += 1e-9 * cost.bytes() * entry.getValue();
      computed += entry.getKey().dense() ? 1e-9 * cost.flops() * entry.getValue() : 0;
    }
    assertThat(forecast.stepSeconds(new Ceilings(1e9, 1))).isCloseTo(moved, within(1e-6 * moved));
    assertThat(forecast.stepSeconds(new Ceilings(1, 1e9)))
        .isCloseTo(computed, within(1e-6 * computed));
  }
}
