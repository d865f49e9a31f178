package org.basisar.bar.xar;

import org.basisar.nn.Cells;
import org.basisar.nn.GatedMlp;
import org.basisar.nn.KeyValueCache;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.RmsNorm;
import org.basisar.nn.RotaryAttention;
import org.basisar.nn.RotaryTable;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * One transformer block with adaptive normalisation; children {@code attn}, {@code mlp} and {@code
 * ada_lin.1}.
 *
 * <p>The modulation Linear(SiLU(condition)) is cut into six slices in the order gate of attention,
 * gate of MLP, scale of attention, scale of MLP, shift of attention, shift of MLP. Nothing is
 * zero-initialised and gates are plain multipliers.
 */
final class XarBlock extends Module {
  private final RotaryAttention attention;
  private final GatedMlp mlp;
  private final Linear modulation; // D → 6D

  XarBlock(Setup setup, XarConfig config) {
    attention =
        child(
            "attn",
            new RotaryAttention(
                setup, config.width(), config.heads(), config.dropout(), config.dropout()));
    mlp = child("mlp", new GatedMlp(setup, config.width(), config.mlpWidth(), config.dropout()));
    modulation = child("ada_lin.1", new Linear(setup, config.width(), 6 * config.width()));
  }

  /** How a block's attention reaches its keys. */
  @FunctionalInterface
  private interface Attend {
    Tensor from(Tensor normalised);
  }

  /**
   * The whole sequence at once.
   *
   * @param x [B, N, D]
   * @param condition SiLU of the condition, [B, cells, D]
   */
  Tensor forward(Tensor x, Tensor condition, RotaryTable positions, Cells cells) {
    return apply(x, condition, cells, h -> attention.forward(h, positions, cells));
  }

  /**
   * The cells from {@code firstCell} on, attending to cached ones.
   *
   * @param x [B, n, D], whole cells
   * @param condition SiLU of the condition of these cells, [B, cells, D]
   */
  Tensor forward(
      Tensor x,
      Tensor condition,
      RotaryTable positions,
      KeyValueCache cache,
      int firstCell,
      boolean remember) {
    return apply(
        x,
        condition,
        cache.cells().part(firstCell, x.shape().dim(1)),
        h -> attention.forward(h, positions, cache, firstCell, remember));
  }

  private Tensor apply(Tensor x, Tensor condition, Cells cells, Attend attend) {
    // The residual stream, its norms and gates keep the parameters' dtype; products may be coarser.
    DType dtype = x.dtype();
    Tensor modulations = cells.spread(Ops.cast(modulation.forward(condition), dtype));
    Tensor[] slices = Ops.split(modulations, 2, 6); // each [B, cells or N, D]
    Tensor normalised = Ops.rmsNormModulate(x, slices[2], slices[4], RmsNorm.EPSILON);
    Tensor attended = Ops.gateResidual(x, Ops.cast(attend.from(normalised), dtype), slices[0]);
    Tensor renormalised = Ops.rmsNormModulate(attended, slices[3], slices[5], RmsNorm.EPSILON);
    return Ops.gateResidual(attended, Ops.cast(mlp.forward(renormalised), dtype), slices[1]);
  }
}
