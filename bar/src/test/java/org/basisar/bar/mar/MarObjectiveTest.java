package org.basisar.bar.mar;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Objects;
import java.util.SplittableRandom;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.BasisStart;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.basis.ResidualForms;
import org.basisar.bar.xar.ReferenceNumbers;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The objective in fp64 on a network small enough for every token to be looked at. */
final class MarObjectiveTest {
  private static final int IMAGES = 3;
  private static final int TOKENS = 9;
  private static final int CHANNELS = 4;
  private static final int MASKED = 7;
  private static final int ROWS = IMAGES * MASKED;
  private static final MarConfig SIZE = new MarConfig(TOKENS, CHANNELS, 8, 2, 1, 6, 2, 2, 5, 0);

  private final Scope scope = Scope.open();
  private final Random random = new Random(4);
  private final MarModel model = new MarModel(new Setup(DType.F64, random, random), SIZE);
  private final MaskTensors mask = new MaskTensors(SIZE, IMAGES, MASKED);
  private final int[][] orders = new int[IMAGES][];
  private final Tensor x;
  private final Tensor labels = Tensor.of(new int[] {0, 5, 3}, IMAGES);

  MarObjectiveTest() {
    ReferenceNumbers.fill(model.parameters());
    SplittableRandom chance = new SplittableRandom(8);
    for (int image = 0; image < IMAGES; image++) {
      orders[image] = settings(1).drawOrder(chance);
    }
    mask.set(orders);
    x = random.normal(DType.F64, IMAGES, TOKENS, CHANNELS);
  }

  @AfterEach
  void close() {
    mask.close();
    model.close();
    random.close();
    scope.close();
  }

  private static MarSettings settings(int multiplier) {
    return new MarSettings(SIZE, 0.7, multiplier, 4, 1, 0, false);
  }

  private static MarObjective objective(
      Objective.Kind kind, Objective.Times times, int multiplier) {
    return new MarObjective(new Objective(kind, times, 2), settings(multiplier), DType.F64);
  }

  private static LearnedBasis basis(double[] start) {
    return new LearnedBasis(new Setup(DType.F64, new Random(1), new Random(2)), TOKENS, start);
  }

  private boolean masked(int image, int token) {
    return Arrays.stream(orders[image]).limit(MASKED).anyMatch(t -> t == token);
  }

  @Test
  void stepsAndNoiseHaveARowForEveryMaskedTokenAndReplica() {
    try (MarObjective single =
            objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 3);
        MarObjective shared =
            objective(Objective.Kind.PLAIN, Objective.Times.UNIFORM_PER_IMAGE, 3)) {
      assertThat(single.drawNoise(random, x, mask).shape().dims())
          .containsExactly(3 * ROWS, CHANNELS);
      int[] steps = single.drawSteps(random, DType.F64, mask).toInts();
      assertThat(steps).hasSize(3 * ROWS);
      assertThat(Arrays.stream(steps)).allMatch(step -> step >= 0 && step < 1000);
      assertThat(Arrays.stream(steps).distinct().count()).isGreaterThan(ROWS);
      int[] ofImage = shared.drawSteps(random, DType.F64, mask).toInts();
      for (int row = 0; row < 3 * ROWS; row++) {
        assertThat(ofImage[row]).isEqualTo(ofImage[row - row % MASKED]);
      }
      assertThat(Arrays.stream(ofImage).distinct().count()).isEqualTo(9);
    }
  }

  @Test
  void replicasAreAveraged() {
    try (MarObjective objective =
        objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 2)) {
      Tensor step = objective.drawSteps(random, DType.F64, mask);
      Tensor noise = objective.drawNoise(random, x, mask);
      double both = loss(objective, null, noise, step);
      double first =
          loss(objective, null, noise.slice(0, 0, ROWS), Ops.contiguous(step.slice(0, 0, ROWS)));
      double second =
          loss(
              objective,
              null,
              noise.slice(0, ROWS, ROWS),
              Ops.contiguous(step.slice(0, ROWS, ROWS)));
      assertThat(both).isCloseTo((first + second) / 2, within(1e-12));
      assertThat(first).isNotCloseTo(second, within(1e-3));
    }
  }

  private double loss(
      MarObjective objective, @Nullable LearnedBasis basis, Tensor noise, Tensor step) {
    return objective.loss(model, basis, x, labels, mask, noise, step).objective().item();
  }

  @Test
  void maskedTokensDoNotReachTheTrunkAndUnmaskedOnesAreNotDenoised() {
    try (MarObjective objective =
        objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 1)) {
      Tensor step = objective.drawSteps(random, DType.F64, mask);
      Tensor noise = objective.drawNoise(random, x, mask);
      // With the head at its zero start the loss is that of guessing no noise.
      try (MarModel fresh = new MarModel(new Setup(DType.F64, random, random), SIZE)) {
        Objective.Loss loss = objective.loss(fresh, null, x, labels, mask, noise, step);
        assertThat(loss.velocity().toDoubles()).containsOnly(0);
        Tensor bound = Ops.sub(loss.total(), Ops.mean(Ops.square(noise)));
        assertThat(bound.item()).isPositive();
      }
      double[] values = x.toDoubles();
      for (int image = 0; image < IMAGES; image++) {
        for (int token = 0; token < TOKENS; token++) {
          if (masked(image, token)) {
            values[(image * TOKENS + token) * CHANNELS] += 100;
          }
        }
      }
      Tensor moved = Tensor.of(values, IMAGES, TOKENS, CHANNELS);
      assertThat(model.conditions(moved, labels, mask.keptRows(), mask.restoredRows()).toDoubles())
          .isEqualTo(model.conditions(x, labels, mask.keptRows(), mask.restoredRows()).toDoubles());
    }
  }

  private double bound(LearnedBasis basis, Tensor noise, Tensor step) {
    try (MarObjective plain =
        objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 1)) {
      Objective.Loss loss = plain.loss(model, basis, x, labels, mask, noise, step);
      Tensor predicted = loss.velocity().slice(1, 0, CHANNELS);
      double squared = Ops.mean(Ops.square(Ops.sub(noise, predicted))).item();
      return loss.objective().item() - squared;
    }
  }

  @Test
  void residualWithOneStepPerTokenWeighsErrorsByWhatIsLeftAndEnergiesByWhatIsGone() {
    try (MarObjective residual =
            objective(Objective.Kind.RESIDUAL, Objective.Times.LOGIT_NORMAL_PER_CELL, 1);
        LearnedBasis basis = basis(BasisStart.orthogonal(TOKENS, 3))) {
      Tensor step = residual.drawSteps(random, DType.F64, mask);
      Tensor noise = residual.drawNoise(random, x, mask);
      Objective.Loss loss = residual.loss(model, basis, x, labels, mask, noise, step);
      double[] out = loss.velocity().toDoubles();
      double[] drawn = noise.toDoubles();
      double[] y = basis.forward(x).toDoubles();
      double errors = 0;
      double energies = 0;
      int row = 0;
      for (int image = 0; image < IMAGES; image++) {
        for (int token = 0; token < TOKENS; token++) {
          for (int c = 0; c < CHANNELS; c++) {
            double value = y[(image * TOKENS + token) * CHANNELS + c];
            energies += value * value * token / TOKENS;
            if (masked(image, token)) {
              double error = drawn[row * CHANNELS + c] - out[row * 2 * CHANNELS + c];
              errors += error * error * (TOKENS - token) / TOKENS;
            }
          }
          row += masked(image, token) ? 1 : 0;
        }
      }
      double expected =
          errors / (ROWS * CHANNELS)
              + energies / (IMAGES * TOKENS * CHANNELS)
              + bound(basis, noise, step);
      assertThat(loss.objective().item()).isCloseTo(expected, within(1e-12));
      assertThat(loss.total().item())
          .isCloseTo(expected + 2 * TOKENS * TOKENS * basis.regularizer().item(), within(1e-12));
    }
  }

  @Test
  void residualWithOneStepPerImageIsEquationTen() {
    double[] a = LearnedBasis.identity(TOKENS);
    for (int i = 0; i < a.length; i++) {
      a[i] += 0.3 * ReferenceNumbers.unit(6, i);
    }
    try (MarObjective residual =
            objective(Objective.Kind.RESIDUAL, Objective.Times.UNIFORM_PER_IMAGE, 1);
        LearnedBasis basis = basis(a)) {
      int[] ofImage = {0, 400, 999};
      int[] steps = new int[ROWS];
      Arrays.setAll(steps, row -> ofImage[row / MASKED]);
      Tensor step = Tensor.of(steps, ROWS);
      Tensor noise = residual.drawNoise(random, x, mask);
      Objective.Loss loss = residual.loss(model, basis, x, labels, mask, noise, step);
      double[] out = loss.velocity().toDoubles();
      double[] drawn = noise.toDoubles();
      double[] prediction = basis.forward(x).toDoubles();
      DiffusionSchedule schedule = DiffusionSchedule.cosine();
      int row = 0;
      for (int i = 0; i < IMAGES * TOKENS; i++) {
        if (!masked(i / TOKENS, i % TOKENS)) {
          continue;
        }
        double signal = schedule.signal(ofImage[i / TOKENS]);
        for (int c = 0; c < CHANNELS; c++) {
          // ŷ = y + √((1 − ᾱ)/ᾱ)·(noise − predicted noise), the second form of eq. 12.
          double error = drawn[row * CHANNELS + c] - out[row * 2 * CHANNELS + c];
          prediction[i * CHANNELS + c] += Math.sqrt((1 - signal) / signal) * error;
        }
        row++;
      }
      double expected = bound(basis, noise, step);
      Tensor predicted = Tensor.of(prediction, IMAGES, TOKENS, CHANNELS);
      for (int image = 0; image < IMAGES; image++) {
        double signal = schedule.signal(ofImage[image]);
        Tensor part =
            ResidualForms.literal(
                basis.matrix().tensor(),
                Ops.contiguous(x.slice(0, image, 1)),
                Ops.contiguous(predicted.slice(0, image, 1)));
        expected += signal / (1 - signal) * part.item() / IMAGES;
      }
      assertThat(loss.objective().item()).isCloseTo(expected, within(1e-9 * expected));
    }
  }

  @Test
  void aResidualWithoutABasisIsRefused() {
    for (Objective.Times times : Objective.Times.values()) {
      try (MarObjective residual = objective(Objective.Kind.RESIDUAL, times, 1)) {
        Tensor step = residual.drawSteps(random, DType.F64, mask);
        Tensor noise = residual.drawNoise(random, x, mask);
        assertThatThrownBy(() -> residual.loss(model, null, x, labels, mask, noise, step))
            .hasMessageContaining("needs a learned basis");
      }
    }
  }

  @Test
  void gradientsReachTheBasisAndEveryParameter() {
    try (MarObjective plain =
            objective(Objective.Kind.PLAIN, Objective.Times.LOGIT_NORMAL_PER_CELL, 1);
        LearnedBasis basis = basis(BasisStart.orthogonal(TOKENS, 3));
        Tape tape = Tape.open()) {
      Tensor step = plain.drawSteps(random, DType.F64, mask);
      Tensor noise = plain.drawNoise(random, x, mask);
      tape.watch(basis.matrix().tensor());
      model.parameters().values().forEach(parameter -> tape.watch(parameter.tensor()));
      Objective.Loss loss = plain.loss(model, basis, x, labels, mask, noise, step);
      Gradients gradients = tape.backward(loss.objective());
      assertThat(Ops.norm(gradients.of(basis.matrix().tensor())).item()).isPositive();
      model
          .parameters()
          .forEach((path, parameter) ->
              assertThat(Ops.norm(gradients.of(parameter.tensor())).item()).as(path).isPositive());
    }
  }

  @Test
  void withItsGradientStoppedTheBasisLearnsFromWhatIsLeftOutAlone() {
    for (Objective.Kind kind : Objective.Kind.values()) {
      Objective stopped =
          new Objective(
              kind,
              Objective.Times.LOGIT_NORMAL_PER_CELL,
              2,
              new Readings(
                  Readings.Reduction.MEAN,
                  Readings.Reduction.MEAN,
                  Readings.TokenGradient.STOPPED,
                  1,
                  0,
                  Readings.Norm.SHARED,
                  Readings.Sampled.AVERAGED,
                  Readings.Decoding.INVERSE));
      try (MarObjective objective = new MarObjective(stopped, settings(1), DType.F64);
          LearnedBasis basis = basis(BasisStart.orthogonal(TOKENS, 3));
          Tape tape = Tape.open()) {
        Tensor step = objective.drawSteps(random, DType.F64, mask);
        Tensor noise = objective.drawNoise(random, x, mask);
        Tensor a = basis.matrix().tensor();
        tape.watch(a);
        Objective.Loss loss = objective.loss(model, basis, x, labels, mask, noise, step);
        double[] gradient = tape.backward(loss.total()).of(a).toDoubles();
        // Of an orthogonal A the regulariser's gradient is rounding.
        double[] expected = new double[TOKENS * TOKENS];
        if (kind == Objective.Kind.RESIDUAL) {
          double[] y = basis.forward(x).toDoubles();
          double[] tokens = x.toDoubles();
          for (int i = 0; i < y.length; i++) {
            int image = i / (TOKENS * CHANNELS);
            int k = i / CHANNELS % TOKENS;
            for (int l = 0; l < TOKENS; l++) {
              double token = tokens[(image * TOKENS + l) * CHANNELS + i % CHANNELS];
              expected[k * TOKENS + l] += 2 * y[i] * token * k / TOKENS / y.length;
            }
          }
        }
        assertThat(gradient).containsExactly(expected, within(1e-9));
      }
    }
  }

  @Test
  void theBoundTeachesTheVariancesAlone() {
    try (DiffusionLoss diffusion = new DiffusionLoss(DType.F64);
        Tape tape = Tape.open()) {
      Tensor clean = x.reshape(IMAGES * TOKENS, CHANNELS);
      int[] steps = new int[IMAGES * TOKENS];
      Arrays.setAll(steps, row -> 37 * row); // the first row is step 0
      Tensor noise = random.normal(DType.F64, IMAGES * TOKENS, CHANNELS);
      Tensor condition = random.normal(DType.F64, IMAGES * TOKENS, 8);
      Tensor bias = parameter("diffloss.net.final_layer.linear.bias");
      tape.watch(bias);
      DiffusionLoss.Losses losses =
          diffusion.of(model.head(), clean, noise, Tensor.of(steps, steps.length), condition);
      double[] gradient = tape.backward(Ops.mean(losses.bound())).of(bias).toDoubles();
      assertThat(Arrays.copyOf(gradient, CHANNELS)).containsOnly(0);
      assertThat(Arrays.copyOfRange(gradient, CHANNELS, 2 * CHANNELS)).doesNotContain(0);
    }
  }

  private Tensor parameter(String path) {
    return Objects.requireNonNull(model.parameters().get(path)).tensor();
  }

  /** Propositions 1 and 2 for MAR, eqs. 6 to 8, with the real denoising network. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 500, 999})
  void denoisingInTheBasisIsDenoisingTokens(int step) {
    int rows = IMAGES * TOKENS;
    int[] steps = new int[rows];
    Arrays.fill(steps, step);
    Tensor all = Tensor.of(steps, rows);
    Tensor condition = random.normal(DType.F64, rows, 8);
    Tensor noise = random.normal(DType.F64, IMAGES, TOKENS, CHANNELS);
    try (DiffusionLoss diffusion = new DiffusionLoss(DType.F64);
        LearnedBasis basis = basis(BasisStart.orthogonal(TOKENS, 6))) {
      Tensor a = basis.matrix().tensor();
      Tensor y = basis.forward(x).reshape(rows, CHANNELS);
      DiffusionLoss.Losses losses =
          diffusion.of(
              model.head(), y, basis.forward(noise).reshape(rows, CHANNELS), all, condition);
      double inBasis = Ops.mean(losses.squaredError()).item();

      double signal = DiffusionSchedule.cosine().signal(step);
      Tensor noisy =
          Ops.add(Ops.scale(x, Math.sqrt(signal)), Ops.scale(noise, Math.sqrt(1 - signal)));
      Tensor seen = Ops.basisTransform(a, noisy, false).reshape(rows, CHANNELS);
      Tensor out = model.head().forward(seen, Ops.cast(all, DType.F64), condition);
      Tensor predicted =
          Ops.contiguous(out.slice(1, 0, CHANNELS)).reshape(IMAGES, TOKENS, CHANNELS);
      Tensor onTokens = Ops.basisTransform(a, predicted, true);
      double reference = Ops.mean(Ops.square(Ops.sub(noise, onTokens))).item();
      assertThat(inBasis).isCloseTo(reference, within(1e-10 * reference));

      double restored = Ops.mean(Ops.square(Ops.sub(y, diffusion.restored(losses, all)))).item();
      double weight = Math.pow(diffusion.weightRoot(all).toDoubles()[0], 2);
      assertThat(weight).isCloseTo(signal / (1 - signal), within(1e-9 * weight));
      assertThat(weight * restored).isCloseTo(inBasis, within(1e-6 * inBasis));
    }
  }
}
