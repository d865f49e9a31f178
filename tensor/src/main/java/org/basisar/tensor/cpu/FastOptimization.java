package org.basisar.tensor.cpu;

import org.basisar.tensor.Elementwise.BinaryKind;
import org.basisar.tensor.Launch;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Tensor;

/** Fast kernels of {@link Optimization}; all parameters of a step are one parallel kernel. */
final class FastOptimization {
  private FastOptimization() {}

  static Launch prepare(Optimization op, Tensor[] inputs, Tensor[] outputs) {
    return switch (op) {
      case Optimization.GlobalNorm() -> new GlobalNorm(inputs, outputs[0]);
      case Optimization.AdamW step -> new AdamW(step, inputs);
      case Optimization.CopyInto() -> FastMovement.copy(inputs[1], inputs[0]);
      case Optimization.AddInto() ->
          new FastBinary(BinaryKind.ADD, inputs[0], inputs[1], inputs[0]);
    };
  }

  private static final class GlobalNorm implements Launch {
    private final BlockSum[] sums;
    private final JoinedKernels joined;
    private final float[] out;
    private final int offset;

    GlobalNorm(Tensor[] gradients, Tensor output) {
      sums = new BlockSum[gradients.length];
      for (int i = 0; i < sums.length; i++) {
        sums[i] =
            new BlockSum(true)
                .over(FastKernel.floats(gradients[i]), gradients[i].offset(), gradients[i].size());
      }
      joined = new JoinedKernels(sums);
      out = FastKernel.floats(output);
      offset = output.offset();
    }

    @Override
    public void run() {
      double[] partial = Scratch.ofThread().doubles(Scratch.PARTIAL, joined.items());
      int first = 0;
      for (BlockSum sum : sums) {
        sum.partial(partial, first);
        first += sum.items();
      }
      Workers.run(joined);
      double total = 0;
      for (BlockSum sum : sums) {
        total += sum.total();
      }
      out[offset] = (float) Math.sqrt(total);
    }
  }

  private static final class AdamW implements Launch {
    private final AdamWStep[] steps;
    private final JoinedKernels joined;
    private final double weightDecay;
    private final double maxNorm;
    private final float[] control;
    private final int controlOffset;
    private final float[] norm;
    private final int normOffset;

    AdamW(Optimization.AdamW op, Tensor[] inputs) {
      weightDecay = op.weightDecay();
      maxNorm = op.maxNorm();
      control = FastKernel.floats(inputs[0]);
      controlOffset = inputs[0].offset();
      norm = FastKernel.floats(inputs[1]);
      normOffset = inputs[1].offset();
      int count = op.count();
      steps = new AdamWStep[count];
      for (int i = 0; i < count; i++) {
        Tensor parameter = inputs[2 + i];
        Tensor gradient = inputs[2 + count + i];
        Tensor first = inputs[2 + 2 * count + i];
        Tensor second = inputs[2 + 3 * count + i];
        Tensor average = inputs[2 + 4 * count + i];
        steps[i] =
            new AdamWStep()
                .ranges(
                    FastKernel.floats(parameter),
                    parameter.offset(),
                    FastKernel.floats(gradient),
                    gradient.offset(),
                    FastKernel.floats(first),
                    first.offset(),
                    FastKernel.floats(second),
                    second.offset(),
                    FastKernel.floats(average),
                    average.offset(),
                    parameter.size())
                .constants(op.beta1(), op.beta2(), op.epsilon(), op.averageDecay());
        if (i < op.copies()) {
          Tensor copy = inputs[2 + 5 * count + i];
          steps[i].copy((short[]) copy.storage().memory(), copy.offset());
        }
      }
      joined = new JoinedKernels(steps);
    }

    @Override
    public void run() {
      double length = norm[normOffset];
      if (!Double.isFinite(length)) {
        return;
      }
      double clip = Math.min(1, maxNorm / (length + 1e-6));
      for (AdamWStep step : steps) {
        step.step(
            control[controlOffset],
            weightDecay,
            control[controlOffset + 1],
            control[controlOffset + 2],
            clip);
      }
      Workers.run(joined);
    }
  }
}
