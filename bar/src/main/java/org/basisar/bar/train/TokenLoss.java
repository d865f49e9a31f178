package org.basisar.bar.train;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Objective;
import org.basisar.bar.mar.MarModel;
import org.basisar.bar.mar.MarObjective;
import org.basisar.bar.mar.MarSettings;
import org.basisar.bar.mar.MaskTensors;
import org.basisar.bar.transform.TransformKind;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Cells;
import org.basisar.nn.Module;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** The loss of a batch for one kind of network. */
sealed interface TokenLoss extends AutoCloseable {
  /**
   * Decides by the batch's number what is not drawn on the device.
   *
   * @return which shapes {@link #of} works with: batches of one variant can share a program
   */
  int prepare(long batchNumber);

  /**
   * The loss; random numbers come from the model's generator.
   *
   * @param tokens [B, N, C]
   * @param labels I32 [B]
   */
  Objective.Loss of(Tensor tokens, Tensor labels);

  @Override
  void close();

  /** The loss for the network of a model. */
  static TokenLoss of(RunConfig config, TrainedModel model) {
    Objective objective = config.basis().loss();
    Module network = model.network();
    if (network instanceof XarModel xar) {
      return new OfXar(config, xar, model.basis(), model.training());
    }
    if (network instanceof MarModel mar && config.network() instanceof MarSettings settings) {
      return new OfMar(objective, settings, mar, model, config);
    }
    throw new IllegalArgumentException(
        "there is no loss for " + network.getClass().getSimpleName());
  }

  /** Flow matching; all batches have the same shapes. */
  final class OfXar implements TokenLoss, Objective.Network {
    private final Objective objective;
    private final XarModel network;
    private final @Nullable LearnedBasis basis;
    private final Random random;
    private final @Nullable AnnealedOrder order;
    private @Nullable Tensor labels;

    OfXar(RunConfig config, XarModel network, @Nullable LearnedBasis basis, Random random) {
      objective = config.basis().loss();
      this.network = network;
      this.basis = basis;
      this.random = random;
      order =
          config.basis().transform() == TransformKind.RAR
              ? new AnnealedOrder(config, network.layout().positions())
              : null;
    }

    @Override
    public int prepare(long batchNumber) {
      if (order != null) {
        order.prepare(batchNumber);
      }
      return 0;
    }

    @Override
    public Objective.Loss of(Tensor tokens, Tensor labels) {
      DType dtype = network.dtype();
      int batch = tokens.shape().dim(0);
      Cells cells = network.layout().cells();
      Tensor time = objective.drawTimes(random, dtype, batch, cells.count());
      Tensor noise = random.normal(dtype, batch, cells.positions(), tokens.shape().dim(2));
      this.labels = labels;
      return objective.loss(this, basis, places(), Ops.cast(tokens, dtype), noise, time);
    }

    private @Nullable Tensor places() {
      return order == null ? null : order.tensor();
    }

    @Override
    public Tensor velocity(Tensor noisy, Tensor timeIndex) {
      return network.forward(noisy, timeIndex, Objects.requireNonNull(labels), places());
    }

    @Override
    public Tensor spread(Tensor time) {
      return network.layout().cells().spread(time);
    }

    @Override
    public void close() {
      if (order != null) {
        order.close();
      }
    }
  }

  /** Masked denoising; the number of masked tokens, which is the variant, decides the shapes. */
  final class OfMar implements TokenLoss {
    private static final long MASKS = 0x6d61736b73L;

    private final MarObjective objective;
    private final MarSettings settings;
    private final MarModel network;
    private final TrainedModel model;
    private final int batch;
    private final long seed;
    private final Map<Integer, MaskTensors> masks = new HashMap<>();
    private int masked;

    OfMar(
        Objective objective,
        MarSettings settings,
        MarModel network,
        TrainedModel model,
        RunConfig config) {
      this.objective = new MarObjective(objective, settings, network.dtype());
      this.settings = settings;
      this.network = network;
      this.model = model;
      batch = config.training().batch();
      seed = config.seed();
    }

    @Override
    public int prepare(long batchNumber) {
      SplittableRandom random = new SplittableRandom(BatchSource.mix(seed ^ MASKS, batchNumber));
      masked = settings.drawMasked(random);
      int[][] orders = new int[batch][];
      for (int image = 0; image < batch; image++) {
        orders[image] = settings.drawOrder(random);
      }
      mask().set(orders);
      return masked;
    }

    private MaskTensors mask() {
      return masks.computeIfAbsent(masked, count -> new MaskTensors(settings.size(), batch, count));
    }

    @Override
    public Objective.Loss of(Tensor tokens, Tensor labels) {
      MaskTensors mask = mask();
      Random random = model.training();
      Tensor step = objective.drawSteps(random, network.dtype(), mask);
      Tensor clean = Ops.cast(tokens, network.dtype());
      Tensor noise = objective.drawNoise(random, clean, mask);
      return objective.loss(network, model.basis(), clean, labels, mask, noise, step);
    }

    @Override
    public void close() {
      masks.values().forEach(MaskTensors::close);
      objective.close();
    }
  }
}
