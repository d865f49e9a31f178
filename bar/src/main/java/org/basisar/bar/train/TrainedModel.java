package org.basisar.bar.train;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.bar.basis.LearnedBasis;
import org.basisar.bar.basis.Readings;
import org.basisar.bar.xar.XarConfig;
import org.basisar.bar.xar.XarModel;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The network of a run together with its basis. Parameter paths are the network's own, the matrix
 * is {@code transform.A}.
 */
public final class TrainedModel implements AutoCloseable {
  /** The path of A. */
  static final String BASIS = "transform.A";

  private static final long INITIAL = 0x696e6974L;

  private final Module network;
  private final @Nullable LearnedBasis basis;
  private final Readings.Decoding decoding;
  private final DType dtype;
  private final int tokens;
  private final Random initial;
  private final Random training;

  /**
   * A freshly initialised model.
   *
   * @param start row-major A [N', N]; null for none
   */
  public TrainedModel(RunConfig config, double @Nullable [] start) {
    this(config, start, DType.F32);
  }

  /** A model to be filled from a checkpoint. */
  public static TrainedModel blank(RunConfig config) {
    if (!config.basis().present()) {
      return new TrainedModel(config, null);
    }
    int tokens = config.tokens().order().tokens();
    return new TrainedModel(config, new double[config.layout().positions() * tokens]);
  }

  TrainedModel(RunConfig config, double @Nullable [] start, DType dtype) {
    initial = new Random(config.seed() ^ INITIAL);
    training = new Random(config.seed());
    DType products = dtype == DType.F32 ? config.training().precision().products() : dtype;
    Setup setup = new Setup(dtype, products, initial, training);
    network =
        config.network() instanceof XarConfig xar
            ? new XarModel(setup, xar, config.layout())
            : config.network().build(setup);
    this.dtype = dtype;
    decoding = config.basis().readings().decoding();
    tokens = config.tokens().order().tokens();
    basis = start == null ? null : new LearnedBasis(setup, tokens, start, config.basis().learned());
  }

  /** The network. */
  public Module network() {
    return network;
  }

  /** The dtype of parameters and activations. */
  public DType dtype() {
    return dtype;
  }

  /** The basis, or null for none. */
  public @Nullable LearnedBasis basis() {
    return basis;
  }

  Random training() {
    return training;
  }

  /** Network parameters by path, then {@code transform.A} if there is a basis. */
  public Map<String, Parameter> parameters() {
    Map<String, Parameter> all = new LinkedHashMap<>(network.parameters());
    if (basis != null) {
      all.put(BASIS, basis.matrix());
    }
    return all;
  }

  /** The tensors in use, by path. */
  public Map<String, Tensor> tensors() {
    Map<String, Tensor> all = new LinkedHashMap<>();
    parameters().forEach((path, parameter) -> all.put(path, parameter.tensor()));
    return all;
  }

  /** Tokens from coefficients [B, N', C]: A⁻¹·Y or Aᵀ·Y, or Y itself without a basis. */
  public double[] decode(double[] coefficients, int batch) {
    if (basis == null) {
      return coefficients;
    }
    return switch (decoding) {
      case INVERSE -> basis.decode(coefficients, batch);
      case TRANSPOSE -> basis.decodeTransposed(coefficients, batch);
    };
  }

  /**
   * Tokens that the first {@code length} coefficients of [B, N', C] describe; without a basis the
   * others are zero.
   */
  public double[] decodePrefix(double[] coefficients, int batch, int length) {
    if (basis != null) {
      return basis.decodePrefix(coefficients, batch, length);
    }
    double[] kept = coefficients.clone();
    int size = coefficients.length / batch;
    int used = Math.min(length * (size / tokens), size);
    for (int image = 0; image < batch; image++) {
      Arrays.fill(kept, image * size + used, (image + 1) * size, 0);
    }
    return kept;
  }

  @Override
  public void close() {
    network.close();
    Module transform = basis;
    if (transform != null) {
      transform.close();
    }
    initial.close();
    training.close();
  }
}
