package org.basisar.nn;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * Embeds a time index τ: [cos(τ·f_0…127), sin(τ·f_0…127)] with f_i = exp(−ln(10000)·i/128), then
 * Linear, SiLU, Linear; children {@code mlp.0} and {@code mlp.2}.
 */
public final class TimestepEmbedder extends Module {
  private static final int FREQUENCIES = 128;

  private final Linear in; // 256 → D
  private final Linear out; // D → D
  private final Tensor frequencies; // [1, 128]

  /** An embedder into vectors of {@code width}. */
  public TimestepEmbedder(Setup setup, int width) {
    this(setup, width, Initializer.xavierUniform());
  }

  /** An embedder whose weights start otherwise. */
  public TimestepEmbedder(Setup setup, int width, Initializer start) {
    in = child("mlp.0", new Linear(setup, 2 * FREQUENCIES, width, start));
    out = child("mlp.2", new Linear(setup, width, width, start));
    frequencies = table(setup.dtype());
    onClose(frequencies::close);
  }

  private static Tensor table(DType dtype) {
    double[] values = new double[FREQUENCIES];
    for (int i = 0; i < FREQUENCIES; i++) {
      values[i] = Math.exp(-Math.log(10000) * i / FREQUENCIES);
    }
    return Scope.outside(() -> Tensor.of(dtype, values, 1, FREQUENCIES));
  }

  /** Embeds whole-numbered times [...] as [..., D]. */
  public Tensor forward(Tensor time) {
    Tensor angles = Ops.mul(time.reshape(time.size(), 1), frequencies); // [R, 128]
    Tensor waves = Ops.concat(1, Ops.cos(angles), Ops.sin(angles)); // [R, 256]
    Tensor embedded = out.forward(Ops.silu(in.forward(waves))); // [R, D]
    return embedded.reshape(
        time.shape().insert(time.shape().rank(), embedded.shape().dim(1)).dims());
  }
}
