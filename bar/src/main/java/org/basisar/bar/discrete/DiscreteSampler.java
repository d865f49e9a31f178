package org.basisar.bar.discrete;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.basisar.nn.KeyValueCache;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Draws codes group by group, with keys and values of earlier groups cached. The batch is doubled:
 * labels first, no class second; guided logits are u + w·(c − u) with w rising linearly from 1 at
 * the first group to the scale at the last.
 */
public final class DiscreteSampler implements AutoCloseable {
  private final DiscreteNetwork network;
  private final DiscreteConfig.Sampling settings;
  private final int batch;
  private final int[] places;
  private final List<KeyValueCache> caches;
  private final List<Step> steps = new ArrayList<>();
  private final Tensor labels; // [2B]

  /**
   * A sampler for batches of {@code batch} images.
   *
   * @param places grid place of each position
   */
  public DiscreteSampler(
      DiscreteNetwork network, DiscreteConfig.Sampling settings, int[] places, int batch) {
    this.network = network;
    this.settings = settings;
    this.batch = batch;
    this.places = places.clone();
    caches = network.newCaches(2 * batch);
    labels = Scope.outside(() -> Tensor.of(new int[2 * batch], 2 * batch));
    for (int group = 0; group < network.config().groups(); group++) {
      steps.add(new Step(group));
    }
  }

  /**
   * Generates one batch.
   *
   * @param imageLabels [B]
   * @param seed with the image's number decides its codes, whatever batch it is in
   * @param firstImage number of the first image
   * @param progress told after each group
   * @return codes [B, N] row by row
   */
  public int[] sample(int[] imageLabels, long seed, long firstImage, Runnable progress) {
    int[] both = Arrays.copyOf(imageLabels, 2 * batch);
    Arrays.fill(both, batch, 2 * batch, network.config().nullLabel());
    labels.copyFrom(both, 0);
    SplittableRandom[] chance = new SplittableRandom[batch];
    Arrays.setAll(
        chance,
        i -> new SplittableRandom(seed * 0x9e3779b97f4a7c15L + (firstImage + i) * 0xd1342543L));
    int tokens = network.config().tokens();
    int group = network.config().group();
    int[] codes = new int[batch * tokens];
    int[] before = new int[2 * batch * group];
    for (Step step : steps) {
      float[] logits = step.run(before);
      for (int image = 0; image < batch; image++) {
        for (int i = 0; i < group; i++) {
          int code = draw(logits, image, i, step.guidance(), chance[image]);
          codes[image * tokens + places[step.index * group + i]] = code;
          before[image * group + i] = code;
          before[(batch + image) * group + i] = code;
        }
      }
      progress.run();
    }
    return codes;
  }

  private int draw(
      float[] logits, int image, int position, double guidance, SplittableRandom chance) {
    int kinds = network.config().codes();
    int real = (image * network.config().group() + position) * kinds;
    int none = real + batch * network.config().group() * kinds;
    double[] guided = new double[kinds];
    int likeliest = 0;
    for (int k = 0; k < kinds; k++) {
      guided[k] = logits[none + k] + guidance * ((double) logits[real + k] - logits[none + k]);
      likeliest = guided[k] > guided[likeliest] ? k : likeliest;
    }
    double number = chance.nextDouble();
    if (settings.temperature() == 0) {
      return likeliest;
    }
    double greatest = guided[likeliest];
    double total = 0;
    for (int k = 0; k < kinds; k++) {
      guided[k] = Math.exp((guided[k] - greatest) / settings.temperature());
      total += guided[k];
    }
    double rest = number * total;
    for (int k = 0; k < kinds; k++) {
      rest -= guided[k];
      if (rest < 0) {
        return k;
      }
    }
    return likeliest;
  }

  /** The evaluation of one group, captured at its first run. */
  private final class Step {
    private final int index;
    private final Tensor codes; // [2B, group]
    private final Tensor given; // [group]
    private final Tensor wanted; // [group]
    private @Nullable Program program;
    private @Nullable Tensor logits; // [2B, group, K]

    Step(int index) {
      this.index = index;
      int group = network.config().group();
      codes = Scope.outside(() -> Tensor.of(new int[2 * batch * group], 2 * batch, group));
      given = Scope.outside(() -> Tensor.of(placesOf(Math.max(0, index - 1)), group));
      wanted = Scope.outside(() -> Tensor.of(placesOf(index), group));
    }

    private int[] placesOf(int group) {
      int size = network.config().group();
      return Arrays.copyOfRange(places, group * size, (group + 1) * size);
    }

    double guidance() {
      int groups = network.config().groups();
      double along = groups == 1 ? 1 : (double) index / (groups - 1);
      return 1 + (settings.guidanceScale() - 1) * along;
    }

    float[] run(int[] before) {
      codes.copyFrom(before, 0);
      Tensor made = logits;
      if (program != null && made != null) {
        program.replay();
        return made.toFloats();
      }
      program =
          Program.capture(() -> {
            try (Scope _ = Scope.open()) {
              Tensor fresh = network.forward(codes, given, wanted, labels, caches, index);
              logits = Scope.outside(fresh::detach);
            }
          });
      Tensor first = logits;
      if (first == null) {
        throw new IllegalStateException("nothing was evaluated");
      }
      return first.toFloats();
    }

    void close() {
      if (logits != null) {
        logits.close();
      }
      if (program != null) {
        program.close();
      }
      codes.close();
      given.close();
      wanted.close();
    }
  }

  @Override
  public void close() {
    caches.forEach(KeyValueCache::close);
    steps.forEach(Step::close);
    labels.close();
  }
}
