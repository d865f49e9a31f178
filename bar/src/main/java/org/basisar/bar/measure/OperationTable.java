package org.basisar.bar.measure;

import java.util.List;
import java.util.function.Consumer;
import org.basisar.tensor.AttentionOp;
import org.basisar.tensor.Basis;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Elementwise;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Matrix;
import org.basisar.tensor.Normalization;
import org.basisar.tensor.Op;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;

/** The operations that a training step consists of, one by one, at the shapes of one model. */
public final class OperationTable {
  private final DType products;
  private final double seconds;
  private final Consumer<Measurement> listener;

  /**
   * A table.
   *
   * @param products dtype of products and attention
   * @param seconds that a round of measuring should take
   * @param listener is told each line as soon as it is known
   */
  public OperationTable(DType products, double seconds, Consumer<Measurement> listener) {
    this.products = products;
    this.seconds = seconds;
    this.listener = listener;
  }

  /**
   * Measures on the current device.
   *
   * @param batch images
   * @param tokens N, a multiple of 4
   * @param channels numbers per token
   * @param width D
   * @param heads of the attention
   */
  public void measure(int batch, int tokens, int channels, int width, int heads) {
    try (Scope _ = Scope.open();
        Random random = new Random(1)) {
      Tensor basis = random.normal(DType.F32, tokens, tokens);
      Tensor images = random.normal(DType.F32, batch, tokens, channels);
      Tensor prediction = random.normal(DType.F32, batch, tokens, channels);
      Tensor one = Ops.fill(org.basisar.tensor.Shape.SCALAR, DType.F32, 1);
      line("basis transform", new Basis.Transform(false), basis, images);
      Tensor times = random.uniform(DType.F32, batch, 4);
      line("transform and noise", new Basis.NoisyTransform(), basis, images, prediction, times);
      line("orthogonality", new Basis.Orthogonality(), basis);
      line("residual loss", new Basis.ResidualLoss(), basis, images, prediction);
      line(
          "residual loss gradient",
          new Basis.ResidualLossGradient(),
          basis,
          images,
          prediction,
          one);
      if (Device.current() != Device.CPU) {
        // The processor has no fast kernel for this form.
        Basis.ResidualForm scan = Basis.ResidualForm.SCAN;
        line("residual scan", new Basis.ResidualLoss(scan), basis, images, prediction);
        line(
            "residual scan gradient",
            new Basis.ResidualLossGradient(scan),
            basis,
            images,
            prediction,
            one);
      }
      Tensor x = random.normal(DType.F32, batch, tokens, width);
      Tensor gates = random.normal(DType.F32, batch, 4, width);
      line("norm and modulate", new Normalization.RmsNormModulate(1e-6), x, gates, gates);
      line("gate and residual", new Elementwise.GateResidual(), x, x, gates);
      Tensor narrow = Ops.cast(x, products);
      Tensor weight = Ops.cast(random.normal(DType.F32, 3 * width, width), products);
      Matrix.Epilogue none = Matrix.Epilogue.NONE;
      line("linear to 3 widths", new Matrix.Linear(false, false, none), narrow, weight);
      int cell = tokens / 4;
      AttentionOp.Attention attention = new AttentionOp.Attention(heads, cell, 0, 0);
      line("attention by cells", attention, narrow, narrow, narrow);
      Tensor[] attended = Engine.run(attention, narrow, narrow, narrow);
      line(
          "attention gradient",
          new AttentionOp.AttentionGradient(heads, cell, 0, 0),
          narrow,
          narrow,
          narrow,
          attended[0],
          attended[1],
          narrow);
      line("gated GELU", new Elementwise.GatedGelu(), narrow, narrow);
    }
  }

  private void line(String name, Op op, Tensor... inputs) {
    Op.Cost cost = op.cost(inputs);
    try (Program program = Captures.of(() -> Engine.run(op, inputs))) {
      Timing timing = Timing.of(Device.current(), seconds, program::replay);
      listener.accept(new Measurement(name, shapes(inputs), timing, cost.flops(), cost.bytes()));
    }
  }

  private static String shapes(Tensor... inputs) {
    return String.join(
            " ", List.of(inputs).stream().limit(2).map(input -> input.shape().toString()).toList())
        + " "
        + inputs[0].dtype().name().toLowerCase(java.util.Locale.ROOT);
  }
}
