package org.basisar.bar.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Projection;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.nn.AdamW;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every switch for what the paper leaves open does what it says. */
class ReadingsTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  private static final int N = 6;
  private static final int C = 3;

  /** The recommended readings with some components replaced by name. */
  private static Readings readings(Object... replaced) {
    Readings usual = Readings.recommended();
    Readings.Reduction loss = usual.lossReduction();
    Readings.Reduction regularizer = usual.regularizerReduction();
    Readings.TokenGradient gradient = usual.tokenGradient();
    int every = usual.projectionEvery();
    double decay = usual.weightDecay();
    Readings.Norm norm = usual.norm();
    Readings.Sampled sampled = usual.sampled();
    Readings.Decoding decoding = usual.decoding();
    for (int i = 0; i < replaced.length; i += 2) {
      Object value = replaced[i + 1];
      switch ((String) replaced[i]) {
        case "loss" -> loss = (Readings.Reduction) value;
        case "regularizer" -> regularizer = (Readings.Reduction) value;
        case "gradient" -> gradient = (Readings.TokenGradient) value;
        case "every" -> every = (Integer) value;
        case "decay" -> decay = (Double) value;
        case "norm" -> norm = (Readings.Norm) value;
        case "sampled" -> sampled = (Readings.Sampled) value;
        case "decoding" -> decoding = (Readings.Decoding) value;
        default -> throw new IllegalArgumentException("no reading " + replaced[i]);
      }
    }
    return new Readings(loss, regularizer, gradient, every, decay, norm, sampled, decoding);
  }

  /** A run of a few steps. */
  private static RunConfig config(
      Objective.Kind kind, Projection.Kind projection, double regularizer, Readings readings) {
    RunConfig usual = TrainerTest.config(8, 1, 0, kind, projection);
    RunConfig.Basis basis = usual.basis();
    return new RunConfig(
        usual.data(),
        usual.image(),
        usual.network(),
        new RunConfig.Basis(
            basis.transform(),
            basis.start(),
            kind,
            basis.times(),
            regularizer,
            projection,
            basis.delta(),
            basis.rateScale(),
            readings),
        usual.training(),
        usual.sampling(),
        usual.seed());
  }

  private static double[] matrix() {
    double[] a = LearnedBasis.identity(N);
    for (int i = 0; i < a.length; i++) {
      a[i] += 0.3 * Math.sin(1 + 7 * i);
    }
    return a;
  }

  /** Loss and A's gradient on fixed numbers, with a network that halves its input. */
  private record Outcome(
      double total, double objective, double regularizer, List<Double> gradient) {}

  private static Outcome outcome(Objective.Kind kind, double weight, Readings readings) {
    Objective objective =
        new Objective(kind, Objective.Times.LOGIT_NORMAL_PER_CELL, weight, readings);
    try (Random random = new Random(3);
        LearnedBasis basis = new LearnedBasis(new Setup(DType.F64, random, random), N, matrix());
        Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor a = basis.matrix().tensor();
      tape.watch(a);
      Tensor x = random.normal(DType.F64, 2, N, C);
      Tensor noise = random.normal(DType.F64, 2, N, C);
      Tensor time = Ops.sigmoid(random.normal(DType.F64, 2, 2));
      Objective.Loss loss =
          objective.loss((noisy, _) -> Ops.scale(noisy, 0.5), basis, x, noise, time);
      Gradients gradients = tape.backward(loss.total());
      return new Outcome(
          loss.total().item(),
          loss.objective().item(),
          Objects.requireNonNull(loss.regularizer()).item(),
          Arrays.stream(gradients.of(a).toDoubles()).boxed().toList());
    }
  }

  @ParameterizedTest
  @EnumSource(Objective.Kind.class)
  void aSumIsTheMeanTimesTheNumberOfTerms(Objective.Kind kind) {
    Readings summed = readings("loss", Readings.Reduction.SUM);
    Outcome mean = outcome(kind, 0, Readings.recommended());
    Outcome sum = outcome(kind, 0, summed);
    double terms = kind == Objective.Kind.PLAIN ? N * C : N * N * C;
    assertThat(sum.objective()).isEqualTo(mean.objective());
    assertThat(sum.total()).isCloseTo(terms * mean.total(), within(1e-9));
    assertThat(sum.gradient().get(5)).isCloseTo(terms * mean.gradient().get(5), within(1e-9));
    Objective told = new Objective(kind, Objective.Times.LOGIT_NORMAL_PER_CELL, 0, summed);
    assertThat(told.total(sum.objective(), sum.regularizer(), N, C))
        .isCloseTo(sum.total(), within(1e-9));
  }

  @Test
  void theRegularizerIsReducedApart() {
    Outcome sum = outcome(Objective.Kind.RESIDUAL, 2, Readings.recommended());
    assertThat(sum.total())
        .isCloseTo(sum.objective() + 2 * N * N * sum.regularizer(), within(1e-9));
    Readings averaged = readings("regularizer", Readings.Reduction.MEAN);
    Outcome mean = outcome(Objective.Kind.RESIDUAL, 2, averaged);
    assertThat(mean.total()).isCloseTo(mean.objective() + 2 * mean.regularizer(), within(1e-12));
  }

  @Test
  void aStoppedGradientLeavesTheExplicitParts() {
    Readings stopped = readings("gradient", Readings.TokenGradient.STOPPED);
    Outcome plain = outcome(Objective.Kind.PLAIN, 0, stopped);
    assertThat(plain.gradient()).containsOnly(0.0);
    Outcome full = outcome(Objective.Kind.PLAIN, 0, Readings.recommended());
    assertThat(full.total()).isEqualTo(plain.total());
    assertThat(full.gradient()).isNotEqualTo(plain.gradient());
    // The residual loss still sees A in its reconstruction.
    Outcome explicit = outcome(Objective.Kind.RESIDUAL, 0, stopped);
    Outcome whole = outcome(Objective.Kind.RESIDUAL, 0, Readings.recommended());
    assertThat(explicit.gradient()).isNotEqualTo(whole.gradient());
    assertThat(explicit.gradient()).doesNotContain(0.0);
  }

  @Test
  void theProjectionComesEveryFewSteps() {
    RunConfig config =
        config(Objective.Kind.RESIDUAL, Projection.Kind.HARD, 1, readings("every", 3));
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, DATA)) {
      for (int step = 1; step <= 7; step++) {
        double deviation = trainer.advance().orthogonality();
        if (step % 3 == 0) {
          assertThat(deviation).isLessThan(1e-5);
        } else if (step > 1) { // the rate of the first step is zero
          assertThat(deviation).isGreaterThan(1e-4);
        }
      }
      assertThat(trainer.projection().applied()).isEqualTo(2);
    }
  }

  @Test
  void decayPullsTheBasisAlone() {
    Readings stopped = readings("gradient", Readings.TokenGradient.STOPPED, "decay", 0.5);
    RunConfig config = config(Objective.Kind.PLAIN, Projection.Kind.NONE, 0, stopped);
    double kept = 1;
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, DATA)) {
      for (int step = 0; step < 3; step++) {
        kept *= 1 - 0.5 * trainer.advance().learningRate();
      }
      double[] values = Objects.requireNonNull(model.basis()).values();
      assertThat(values[0]).isCloseTo(kept, within(1e-6)).isLessThan(0.999);
      assertThat(values[1]).isZero();
    }
  }

  @Test
  void withoutDecayOrGradientTheBasisStays() {
    Readings stopped = readings("gradient", Readings.TokenGradient.STOPPED);
    RunConfig config = config(Objective.Kind.PLAIN, Projection.Kind.NONE, 0, stopped);
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, DATA)) {
      trainer.advance();
      assertThat(trainer.advance().learningRate()).isPositive();
      assertThat(Objects.requireNonNull(model.basis()).values())
          .containsExactly(LearnedBasis.identity(16));
    }
  }

  @Test
  void aBasisApartChangesWhatTheOthersAreClippedBy() {
    assertThat(weightsAfterTwoSteps(Readings.Norm.APART))
        .isNotEqualTo(weightsAfterTwoSteps(Readings.Norm.SHARED));
  }

  private static double[] weightsAfterTwoSteps(Readings.Norm norm) {
    RunConfig config =
        config(Objective.Kind.RESIDUAL, Projection.Kind.NONE, 1000, readings("norm", norm));
    try (TrainedModel model = new TrainedModel(config, matrix16());
        Trainer trainer = new Trainer(config, model, DATA)) {
      trainer.advance();
      trainer.advance();
      return Objects.requireNonNull(model.tensors().get("pred.weight")).toDoubles();
    }
  }

  private static double[] matrix16() {
    double[] a = LearnedBasis.identity(16);
    for (int i = 0; i < a.length; i++) {
      a[i] += 0.1 * Math.sin(1 + 7 * i);
    }
    return a;
  }

  @ParameterizedTest
  @EnumSource(Readings.Sampled.class)
  void theBasisThatIsSampledIsTheOneAskedFor(Readings.Sampled which, @TempDir Path folder) {
    RunConfig config =
        config(Objective.Kind.RESIDUAL, Projection.Kind.SOFT, 1, readings("sampled", which));
    RunFolder run = RunFolder.create(folder.resolve("run"), config);
    try (TrainedModel model = new TrainedModel(config, LearnedBasis.identity(16));
        TrainedModel restored = new TrainedModel(config, LearnedBasis.identity(16));
        Trainer trainer = new Trainer(config, model, DATA)) {
      trainer.advance();
      trainer.advance();
      LearnedBasis basis = Objects.requireNonNull(model.basis());
      double[] last = basis.values();
      double[] average = average(trainer, "transform.A");
      double[] wanted = which == Readings.Sampled.LAST ? last : average;
      assertThat(last).isNotEqualTo(average);
      try (AdamW.Averaged _ = trainer.sampled()) {
        assertThat(basis.values()).containsExactly(wanted);
        assertThat(Objects.requireNonNull(model.tensors().get("pred.weight")).toDoubles())
            .containsExactly(average(trainer, "pred.weight"));
      }
      assertThat(basis.values()).containsExactly(last);
      run.save(trainer);
      run.restoreAverages(restored);
      assertThat(Objects.requireNonNull(restored.basis()).values()).containsExactly(wanted);
      assertThat(Objects.requireNonNull(restored.tensors().get("pred.weight")).toDoubles())
          .containsExactly(average(trainer, "pred.weight"));
    }
  }

  private static double[] average(Trainer trainer, String path) {
    return Objects.requireNonNull(trainer.optimizer().averages().get(path)).toDoubles();
  }

  @Test
  void decodingIsByTheInverseOrTheTranspose() {
    for (Readings.Decoding decoding : Readings.Decoding.values()) {
      RunConfig config =
          config(Objective.Kind.RESIDUAL, Projection.Kind.NONE, 1, readings("decoding", decoding));
      double[] scaled = LearnedBasis.identity(16);
      for (int i = 0; i < scaled.length; i++) {
        scaled[i] *= 2;
      }
      double[] all = new double[16];
      Arrays.fill(all, 3);
      try (TrainedModel model = new TrainedModel(config, scaled)) {
        assertThat(model.decode(all, 1)[7])
            .isEqualTo(decoding == Readings.Decoding.INVERSE ? 1.5 : 6);
      }
    }
  }

  @Test
  void readingsThatMakeNoSenseAreRefused() {
    assertThatThrownBy(() -> readings("every", 0))
        .hasMessage("the steps from one projection to the next must be at least 1, are 0");
    assertThatThrownBy(() -> readings("decay", -1.0))
        .hasMessage("the weight decay of the basis must be finite and not negative, is -1.0");
    assertThatThrownBy(() -> readings("decay", Double.NaN)).hasMessageContaining("is NaN");
  }
}
