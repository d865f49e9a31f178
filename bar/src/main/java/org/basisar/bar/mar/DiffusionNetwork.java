package org.basisar.bar.mar;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.basisar.nn.Initializer;
import org.basisar.nn.LayerNorm;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.Setup;
import org.basisar.nn.TimestepEmbedder;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/**
 * The denoising MLP: from a noisy token, its time step and its condition to the noise and the
 * interpolation of the variance, token by token.
 */
public final class DiffusionNetwork extends Module {
  private static final Initializer ZERO = Initializer.constant(0);

  private final TimestepEmbedder timeEmbedder; // → W
  private final Linear conditionEmbedding; // D → W
  private final Linear inputProjection; // C → W
  private final List<Block> blocks = new ArrayList<>();
  private final Final last;
  private final DType dtype;

  /** One residual block; children {@code in_ln}, {@code mlp}, {@code adaLN_modulation}. */
  private static final class Block extends Module {
    private final LayerNorm norm;
    private final Linear in; // W → W
    private final Linear out; // W → W
    private final Linear modulation; // W → 3W: shift, scale, gate

    Block(Setup setup, int width) {
      norm = child("in_ln", new LayerNorm(setup, width, MarBlock.EPSILON));
      in = child("mlp.0", new Linear(setup, width, width));
      out = child("mlp.2", new Linear(setup, width, width));
      modulation = child("adaLN_modulation.1", new Linear(setup, width, 3 * width, ZERO));
    }

    Tensor forward(Tensor x, Tensor condition) {
      DType dtype = x.dtype();
      Tensor[] parts = Ops.split(Ops.cast(modulation.forward(condition), dtype), 1, 3);
      Tensor h = modulated(norm.forward(x), parts[0], parts[1]);
      Tensor made = Ops.cast(out.forward(Ops.silu(in.forward(h))), dtype);
      return Ops.add(x, Ops.mul(parts[2], made));
    }
  }

  /** The last layer; its norm has no parameters. */
  private static final class Final extends Module {
    private final Linear out; // W → 2C
    private final Linear modulation; // W → 2W: shift, scale
    private final Tensor ones; // [W]
    private final Tensor zeros; // [W]

    Final(Setup setup, int width, int numbers) {
      out = child("linear", new Linear(setup, width, numbers, ZERO));
      modulation = child("adaLN_modulation.1", new Linear(setup, width, 2 * width, ZERO));
      double[] values = new double[width];
      zeros = Scope.outside(() -> Tensor.of(setup.dtype(), values, width));
      Arrays.fill(values, 1);
      ones = Scope.outside(() -> Tensor.of(setup.dtype(), values, width));
      onClose(zeros::close);
      onClose(ones::close);
    }

    Tensor forward(Tensor x, Tensor condition) {
      Tensor[] parts = Ops.split(Ops.cast(modulation.forward(condition), x.dtype()), 1, 2);
      Tensor norm = Ops.layerNorm(x, ones, zeros, MarBlock.EPSILON);
      return out.forward(modulated(norm, parts[0], parts[1]));
    }
  }

  private static Tensor modulated(Tensor x, Tensor shift, Tensor scale) {
    return Ops.add(Ops.mul(x, Ops.affine(scale, 1, 1)), shift);
  }

  DiffusionNetwork(Setup setup, MarConfig config) {
    int width = config.headWidth();
    dtype = setup.dtype();
    timeEmbedder =
        child("time_embed", new TimestepEmbedder(setup, width, Initializer.normal(0.02)));
    conditionEmbedding = child("cond_embed", new Linear(setup, config.width(), width));
    inputProjection = child("input_proj", new Linear(setup, config.tokenDimension(), width));
    for (int i = 0; i < config.headLayers(); i++) {
      blocks.add(child("res_blocks." + i, new Block(setup, width)));
    }
    last = child("final_layer", new Final(setup, width, 2 * config.tokenDimension()));
  }

  /**
   * Predicts the noise, and where between its bounds the logarithm of the variance lies.
   *
   * @param noisy [R, C]
   * @param step whole numbers of the original schedule as floating numbers, [R]
   * @param condition [R, D]
   * @return [R, 2C]: noise, then variance values in [-1, 1] when trained, but not limited
   */
  public Tensor forward(Tensor noisy, Tensor step, Tensor condition) {
    Tensor time = Ops.cast(timeEmbedder.forward(step), dtype);
    Tensor y = Ops.silu(Ops.add(time, Ops.cast(conditionEmbedding.forward(condition), dtype)));
    Tensor x = Ops.cast(inputProjection.forward(noisy), dtype);
    for (Block block : blocks) {
      x = block.forward(x, y);
    }
    return Ops.cast(last.forward(x, y), dtype);
  }
}
