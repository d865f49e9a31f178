package org.basisar.bar.discrete;

import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Network, codebook and, if it is learned, the order of a run on discrete tokens. */
public final class DiscreteModel implements AutoCloseable {
  private static final long INITIAL = 0x636f646573L;

  private final DiscreteConfig config;
  private final DiscreteNetwork network;
  private final @Nullable LearnedOrder order;
  private final Tensor codebook; // [K, C]
  private final Random initial;
  private final Random training;

  /** A freshly initialised model. */
  public DiscreteModel(DiscreteConfig config, Codebook codes) {
    this(config, codes, DType.F32);
  }

  DiscreteModel(DiscreteConfig config, Codebook codes, DType dtype) {
    this.config = config;
    initial = new Random(config.seed() ^ INITIAL);
    training = new Random(config.seed());
    DType products = dtype == DType.F32 ? config.training().precision().products() : dtype;
    Setup setup = new Setup(dtype, products, initial, training);
    network = new DiscreteNetwork(setup, config.network());
    order =
        config.order() == OrderName.LEARNED
            ? new LearnedOrder(setup, config.network().tokens())
            : null;
    codebook = Scope.outside(() -> Tensor.of(codes.vectors(), codes.size(), codes.dimension()));
  }

  /** A model of zeros for a checkpoint to overwrite. */
  public static DiscreteModel blank(DiscreteConfig config) {
    int dimension = config.tokens().dimension();
    return new DiscreteModel(
        config, new Codebook(new float[config.network().codes() * dimension], dimension));
  }

  /** The network. */
  public DiscreteNetwork network() {
    return network;
  }

  /** The learned order, or null. */
  public @Nullable LearnedOrder order() {
    return order;
  }

  Random training() {
    return training;
  }

  /** The codebook in use. */
  public Codebook codebook() {
    return new Codebook(codebook.toFloats(), codebook.shape().dim(1));
  }

  /** The order to generate in, of the weights in use now: the grid place of each position. */
  public int[] places() {
    return order == null ? config.order().places(config.network().gridSide()) : order.places();
  }

  /** What is trained, by path. */
  public Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>(network.parameters());
    if (order != null) {
      all.put("order.logits", order.logits());
    }
    return all;
  }

  /** What a checkpoint holds, by path. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    parameters().forEach((path, parameter) -> all.put(path, parameter.tensor()));
    all.put("codebook.vectors", codebook);
    return all;
  }

  @Override
  public void close() {
    network.close();
    if (order != null) {
      order.close();
    }
    codebook.close();
    initial.close();
    training.close();
  }
}
