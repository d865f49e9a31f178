package org.basisar.bench;

import java.util.ArrayList;
import java.util.List;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.xar.CellOrder;
import org.basisar.bar.xar.XarConfig;
import org.basisar.nn.GatedMlp;
import org.basisar.nn.Linear;
import org.basisar.nn.Module;
import org.basisar.nn.RotaryAttention;
import org.basisar.nn.RotaryTable;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Random;
import org.basisar.tensor.Tensor;

/**
 * One block of the network made of our layers, as the network composes it, with its backward: the
 * gradients of mean y² with respect to x, the condition and every weight.
 */
final class EngineBlock {
  private final Layers layers;
  private final RotaryTable positions;
  private final CellOrder order;
  private final Tensor x; // [B, N, D]
  private final Tensor condition; // [B, cells, D]
  private final Captured program;

  private static final class Layers extends Module {
    final RotaryAttention attention;
    final GatedMlp mlp;
    final Linear modulation; // D → 6D

    Layers(Setup setup, XarConfig config) {
      int width = config.width();
      attention = child("attn", new RotaryAttention(setup, width, config.heads(), 0, 0));
      mlp = child("mlp", new GatedMlp(setup, width, config.mlpWidth(), 0));
      modulation = child("ada_lin.1", new Linear(setup, width, 6 * width));
    }
  }

  EngineBlock(BlockCase block, DType dtype) {
    Random random = new Random(3);
    XarConfig config = block.step().config();
    order = config.order();
    layers = new Layers(new Setup(dtype, random, random), config);
    positions =
        new RotaryTable(dtype, order.rows(), order.columns(), config.width() / config.heads());
    EngineStep.load(layers.parameters(), block.weights(), dtype);
    x = EngineStep.tensor(dtype, block.x());
    condition = EngineStep.tensor(dtype, block.condition());
    program = new Captured(this::body);
  }

  private Tensor[] body() {
    try (Tape tape = Tape.open()) {
      List<Tensor> leaves = new ArrayList<>(List.of(x, condition));
      layers.parameters().values().forEach(parameter -> leaves.add(parameter.tensor()));
      tape.watch(leaves.toArray(new Tensor[0]));
      Tensor loss = Ops.mean(Ops.square(forward()));
      Gradients gradients = tape.backward(loss);
      return new Tensor[] {loss, gradients.of(x), gradients.of(condition)};
    }
  }

  private Tensor forward() {
    Tensor[] slices = Ops.split(layers.modulation.forward(condition), 2, 6);
    Tensor normalised = Ops.rmsNormModulate(x, slices[2], slices[4], StepCase.NORM_EPSILON);
    Tensor attended = layers.attention.forward(normalised, positions, order.cellTokens());
    Tensor middle = Ops.gateResidual(x, attended, slices[0]);
    Tensor again = Ops.rmsNormModulate(middle, slices[3], slices[5], StepCase.NORM_EPSILON);
    return Ops.gateResidual(middle, layers.mlp.forward(again), slices[1]);
  }

  /** Forward and backward. */
  void run() {
    program.replay();
  }

  /** mean y² of the last run. */
  double loss() {
    return program.result(0)[0];
  }

  /** ∂L/∂x of the last run, scaled up to ordinary numbers. */
  double[] gradient() {
    double[] gradient = Expected.wide(program.result(1));
    for (int i = 0; i < gradient.length; i++) {
      gradient[i] *= gradient.length;
    }
    return gradient;
  }
}
