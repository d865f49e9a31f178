package org.basisar.bar.discrete;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.basisar.autograd.Tape;
import org.basisar.bar.Tiny;
import org.basisar.bar.data.ImageData;
import org.basisar.bar.data.ImageSources;
import org.basisar.bar.train.RunConfig;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class DiscreteTrainerTest {
  private static final ImageData DATA = ImageSources.open("embedded", 8, 1);
  static final int CODES = 11;

  static DiscreteConfig config(OrderName order, int group, long steps, double dropout) {
    return config(order, group, steps, dropout, 1);
  }

  private static DiscreteConfig config(
      OrderName order, int group, long steps, double dropout, int accumulation) {
    return new DiscreteConfig(
        new RunConfig.Data("embedded", DATA.classNames(), true),
        new RunConfig.Image(8, 3, 2, 2),
        new DiscreteConfig.Network(
            4, group, CODES, 16, 2, 2, 42, DATA.classNames().size(), dropout),
        order,
        Tiny.training(steps, 6, accumulation),
        new DiscreteConfig.Sampling(1, 2),
        7);
  }

  private static Codebook codebook(DiscreteConfig config) {
    float[] image = new float[config.tokens().size()];
    float[] tokens = new float[20 * image.length];
    for (int i = 0; i < 20; i++) {
      DATA.read(i * 7 % DATA.count(), false, image, 0);
      config.tokens().toTokens(image, tokens, i * image.length);
    }
    return Codebook.fit(tokens, config.tokens().dimension(), CODES, 1);
  }

  static DiscreteModel model(DiscreteConfig config) {
    return new DiscreteModel(config, codebook(config));
  }

  static Map<String, List<Double>> state(DiscreteTrainer trainer) {
    Map<String, Tensor> tensors = new LinkedHashMap<>(trainer.model().tensors());
    tensors.putAll(trainer.optimizer().moments());
    trainer.optimizer().averages().forEach((path, average) -> tensors.put("~" + path, average));
    Map<String, List<Double>> state = new LinkedHashMap<>();
    tensors.forEach(
        (path, tensor) -> state.put(path, Arrays.stream(tensor.toDoubles()).boxed().toList()));
    return state;
  }

  private static int[] random(int count, int bound, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] values = new int[count];
    Arrays.setAll(values, _ -> random.nextInt(bound));
    return values;
  }

  @ParameterizedTest
  @EnumSource(OrderName.class)
  void trainingLowersTheLoss(OrderName order) {
    DiscreteConfig config = config(order, 1, 60, 0);
    try (DiscreteModel model = model(config);
        DiscreteTrainer trainer = new DiscreteTrainer(config, model, DATA)) {
      double first = 0;
      double last = 0;
      for (int i = 0; i < 60; i++) {
        double loss = trainer.advance().objective();
        first += i < 5 ? loss / 5 : 0;
        last += i >= 55 ? loss / 5 : 0;
      }
      assertThat(first).isCloseTo(Math.log(CODES), within(0.8));
      assertThat(last).isLessThan(0.85 * first);
    }
  }

  @ParameterizedTest
  @CsvSource({"RAR,1", "LEARNED,1", "RAR,3", "LEARNED,2"})
  void resumingChangesNoBit(OrderName order, int accumulation, @TempDir Path folder) {
    DiscreteConfig config = config(order, 2, 9, 0.1, accumulation);
    Map<String, List<Double>> uninterrupted;
    try (DiscreteModel model = model(config);
        DiscreteTrainer trainer = new DiscreteTrainer(config, model, DATA)) {
      while (trainer.step() < 9) {
        trainer.advance();
      }
      uninterrupted = state(trainer);
    }
    DiscreteFolder run = DiscreteFolder.create(folder.resolve("run"), config);
    try (DiscreteModel model = model(config);
        DiscreteTrainer trainer = new DiscreteTrainer(config, model, DATA)) {
      while (trainer.step() < 4) {
        trainer.advance();
      }
      run.save(trainer);
      trainer.advance(); // lost
    }
    assertThat(DiscreteFolder.holds(folder.resolve("run"))).isTrue();
    DiscreteFolder reopened = DiscreteFolder.open(folder.resolve("run"));
    assertThat(reopened.config()).isEqualTo(config);
    try (DiscreteModel model = DiscreteModel.blank(config)) {
      reopened.restore(model, false);
      try (DiscreteTrainer trainer = new DiscreteTrainer(config, model, DATA)) {
        assertThat(reopened.restore(trainer)).isEmpty();
        while (trainer.step() < 9) {
          trainer.advance();
        }
        assertThat(state(trainer)).isEqualTo(uninterrupted);
      }
    }
  }

  @Test
  void aMatrixAndAnOrderOfCodesAreTheSame() {
    DiscreteConfig config = config(OrderName.LEARNED, 1, 1, 0);
    try (DiscreteModel model = new DiscreteModel(config, codebook(config), DType.F64);
        Scope _ = Scope.open()) {
      int[] places = OrderName.PAR.places(4);
      int[] raster = random(2 * 16, CODES, 3);
      int[] moved = new int[raster.length];
      int[] repeated = new int[raster.length];
      for (int i = 0; i < raster.length; i++) {
        repeated[i] = places[i % 16];
        moved[i] = raster[i / 16 * 16 + repeated[i]];
      }
      Tensor labels = Tensor.of(new int[] {0, 2}, 2);
      double[] byMatrix =
          model
              .network()
              .ordered(
                  Tensor.of(raster, 2, 16), Tensor.of(OrderName.matrix(places), 16, 16), labels)
              .toDoubles();
      double[] byOrder =
          model
              .network()
              .forward(Tensor.of(moved, 2, 16), Tensor.of(repeated, 2, 16), labels)
              .toDoubles();
      assertThat(byMatrix).containsExactly(byOrder, within(1e-12));
    }
  }

  @Test
  void noPositionSeesItsOwnCodeOrLaterOnes() {
    DiscreteConfig config = config(OrderName.RASTER, 4, 1, 0);
    try (DiscreteModel model = new DiscreteModel(config, codebook(config), DType.F64);
        Scope _ = Scope.open()) {
      int[] codes = random(16, CODES, 4);
      Tensor places = Tensor.of(OrderName.RASTER.places(4), 1, 16);
      Tensor label = Tensor.of(new int[] {1}, 1);
      double[] before = model.network().forward(Tensor.of(codes, 1, 16), places, label).toDoubles();
      codes[5] = (codes[5] + 1) % CODES; // in the second group of four
      double[] after = model.network().forward(Tensor.of(codes, 1, 16), places, label).toDoubles();
      for (int i = 0; i < before.length; i++) {
        if (i / CODES < 8) {
          assertThat(after[i]).isEqualTo(before[i]);
        } else {
          assertThat(after[i]).isNotEqualTo(before[i]);
        }
      }
    }
  }

  @Test
  void theLearnedOrderIsAPermutationWithTheGradientOfItsRelaxation() {
    DiscreteConfig config = config(OrderName.LEARNED, 1, 1, 0);
    try (DiscreteModel model = new DiscreteModel(config, codebook(config), DType.F64);
        Scope _ = Scope.open()) {
      LearnedOrder order = Objects.requireNonNull(model.order());
      Tensor logits = order.logits().tensor();
      double[] values = logits.toDoubles();
      values[1] = 9; // position 0 now prefers place 1
      values[16] = 9; // and position 1 place 0
      logits.copyFrom(values, 0);
      order.harden();
      int[] places = order.places();
      assertThat(Arrays.copyOf(places, 4)).containsExactly(1, 0, 2, 3);
      assertThat(order.certainty(places)).isBetween(0.3, 1.0);
      Tensor weights = Tensor.of(random(256, 9, 5), 16, 16);
      double[] straight;
      double[] relaxed;
      try (Tape tape = Tape.open()) {
        tape.watch(logits);
        Tensor matrix = order.matrix();
        assertThat(matrix.toDoubles()).containsExactly(OrderName.matrix(places), within(1e-12));
        Tensor loss = Ops.sum(Ops.mul(matrix, Ops.cast(weights, DType.F64)));
        straight = tape.backward(loss).of(logits).toDoubles();
      }
      try (Tape tape = Tape.open()) {
        tape.watch(logits);
        Tensor loss = Ops.sum(Ops.mul(order.soft(), Ops.cast(weights, DType.F64)));
        relaxed = tape.backward(loss).of(logits).toDoubles();
      }
      assertThat(straight).containsExactly(relaxed, within(1e-12));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16})
  void cachedSamplingFollowsTheNetwork(int group) {
    DiscreteConfig config = config(OrderName.PAR, group, 1, 0);
    try (DiscreteModel model = model(config);
        Scope _ = Scope.open()) {
      DiscreteConfig.Sampling greedy = new DiscreteConfig.Sampling(0, 1);
      int[] places = model.places();
      int[] codes;
      try (DiscreteSampler sampler = new DiscreteSampler(model.network(), greedy, places, 2)) {
        codes = sampler.sample(new int[] {0, 3}, 5, 0, () -> {});
      }
      int[] moved = new int[32];
      int[] repeated = new int[32];
      for (int i = 0; i < 32; i++) {
        repeated[i] = places[i % 16];
        moved[i] = codes[i / 16 * 16 + repeated[i]];
      }
      float[] logits =
          model
              .network()
              .forward(
                  Tensor.of(moved, 2, 16),
                  Tensor.of(repeated, 2, 16),
                  Tensor.of(new int[] {0, 3}, 2))
              .toFloats();
      for (int i = 0; i < 32; i++) {
        for (int code = 0; code < CODES; code++) {
          // Greedy codes are the likeliest of the uncached network, up to rounding.
          assertThat(logits[i * CODES + code])
              .isLessThanOrEqualTo(logits[i * CODES + moved[i]] + 1e-4f);
        }
      }
    }
  }

  @Test
  void anImageDoesNotDependOnItsBatchAndMemoryComesBack() {
    DiscreteConfig config = config(OrderName.RASTER, 1, 1, 0);
    try (DiscreteModel model = model(config)) {
      long before = Device.CPU.outstandingBytes();
      int[] pair;
      int[] alone;
      try (DiscreteSampler two =
              new DiscreteSampler(model.network(), config.sampling(), model.places(), 2);
          DiscreteSampler one =
              new DiscreteSampler(model.network(), config.sampling(), model.places(), 1)) {
        pair = two.sample(new int[] {1, 4}, 9, 0, () -> {});
        alone = one.sample(new int[] {4}, 9, 1, () -> {});
        assertThat(two.sample(new int[] {1, 4}, 9, 0, () -> {})).isEqualTo(pair);
        assertThat(two.sample(new int[] {1, 4}, 10, 0, () -> {})).isNotEqualTo(pair);
      }
      assertThat(Arrays.copyOfRange(pair, 16, 32)).isEqualTo(alone);
      assertThat(Device.CPU.outstandingBytes()).isEqualTo(before);
    }
  }
}
