package org.basisar.autograd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.basisar.autograd.Numbers.tensor;

import org.basisar.tensor.DType;
import org.basisar.tensor.Engine;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Optimization;
import org.basisar.tensor.Program;
import org.basisar.tensor.Random;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CompositeGradientTest {
  private static final int HEADS = 2;
  private static final int WIDTH = 4;
  private static final int TOKENS = 4;
  private static final int CELL = 2;

  private Scope scope;

  @BeforeEach
  void open() {
    scope = Scope.open();
  }

  @AfterEach
  void close() {
    scope.close();
  }

  /**
   * A block with adaptive normalisation: attention and gated MLP, each modulated and gated per
   * cell.
   *
   * @param in x [B, N, D], condition [B, G, D], weights of modulation [6D, D], qkv [3D, D],
   *     projection [D, D] with bias, gate and value of the MLP [H, D], back [D, H]
   */
  private static Tensor block(Tensor[] in, Tensor cosine, Tensor sine) {
    Tensor x = in[0];
    Tensor[] modulation = Ops.split(Ops.linear(Ops.silu(in[1]), in[2], null), 2, 6);
    Tensor normal = Ops.rmsNormModulate(x, modulation[0], modulation[1], 1e-6);
    Tensor[] qkv = Ops.rotarySplit(Ops.linear(normal, in[3], null), cosine, sine, HEADS);
    Tensor attended = Ops.attention(qkv[0], qkv[1], qkv[2], HEADS, CELL);
    Tensor mixed = Ops.linear(attended, in[4], in[5]);
    Tensor middle = Ops.gateResidual(x, mixed, modulation[2]);
    Tensor again = Ops.rmsNormModulate(middle, modulation[3], modulation[4], 1e-6);
    Tensor hidden = Ops.gatedGelu(Ops.linear(again, in[6], null), Ops.linear(again, in[7], null));
    return Ops.gateResidual(middle, Ops.linear(hidden, in[8], null), modulation[5]);
  }

  private static Tensor[] blockInputs() {
    return new Tensor[] {
      tensor(1, 2, TOKENS, WIDTH),
      tensor(2, 2, TOKENS / CELL, WIDTH),
      tensor(3, 6 * WIDTH, WIDTH),
      tensor(4, 3 * WIDTH, WIDTH),
      tensor(5, WIDTH, WIDTH),
      tensor(6, WIDTH),
      tensor(7, 3, WIDTH),
      tensor(8, 3, WIDTH),
      tensor(9, WIDTH, 3)
    };
  }

  @Test
  void transformerBlock() {
    Tensor angle = tensor(10, TOKENS, WIDTH / HEADS);
    Tensor cosine = Ops.cos(angle);
    Tensor sine = Ops.sin(angle);
    GradCheck.Report report = GradCheck.check(in -> block(in, cosine, sine), blockInputs());
    report.assertOk();
  }

  @Test
  void transformerBlockRecomputed() {
    Tensor angle = tensor(10, TOKENS, WIDTH / HEADS);
    Tensor cosine = Ops.cos(angle);
    Tensor sine = Ops.sin(angle);
    GradCheck.check(
            in ->
                Ops.sum(
                    Recompute.blockOf(null, args -> new Tensor[] {block(args, cosine, sine)}, in)[
                        0],
                    2),
            blockInputs())
        .assertOk();
  }

  /** y = A·x, its noisy mix, a small net and the residual loss: A counts three times. */
  private static Tensor residualObjective(
      Tensor a, Tensor x, Tensor noise, Tensor time, Tensor net) {
    Tensor y = Ops.basisTransform(a, x, false);
    Tensor mixed = Ops.interpolate(y, noise, time);
    Tensor prediction = Ops.sub(noise, Ops.tanh(Ops.linear(mixed, net, null)));
    return Ops.residualLoss(a, x, prediction);
  }

  @Test
  void residualLossReachesTheBasisExplicitlyAndThroughTheTransform() {
    Tensor noise = tensor(3, 2, TOKENS, 3);
    Tensor time = Ops.affine(tensor(4, 2, 2), 0.3, 0.5);
    GradCheck.check(
            in -> residualObjective(in[0], in[1], noise, time, in[2]),
            tensor(1, TOKENS, TOKENS),
            tensor(2, 2, TOKENS, 3),
            tensor(5, 3, 3))
        .assertOk();
    // Cutting either path changes the gradient, so the check above sees both.
    try (Tape tape = Tape.open()) {
      Tensor a = tensor(1, TOKENS, TOKENS);
      Tensor x = tensor(2, 2, TOKENS, 3);
      Tensor net = tensor(5, 3, 3);
      tape.watch(a);
      double[] whole =
          tape.backward(residualObjective(a, x, noise, time, net), true).of(a).toDoubles();
      Tensor prediction =
          Ops.sub(
              noise,
              Ops.tanh(
                  Ops.linear(
                      Ops.interpolate(Ops.basisTransform(a, x, false), noise, time), net, null)));
      double[] explicit =
          tape.backward(Ops.residualLoss(a, x, prediction.detach()), true).of(a).toDoubles();
      double[] through =
          tape.backward(Ops.residualLoss(a.detach(), x, prediction)).of(a).toDoubles();
      for (int i = 0; i < whole.length; i++) {
        assertThat(explicit[i] + through[i]).isCloseTo(whole[i], within(1e-12));
        assertThat(Math.abs(explicit[i])).isGreaterThan(1e-6);
        assertThat(Math.abs(through[i])).isGreaterThan(1e-6);
      }
    }
  }

  @Test
  void orthogonalityPenalty() {
    GradCheck.check(
            in -> {
              Tensor gram = Ops.matmul(in[0], false, in[0], true);
              double[] identity = new double[25];
              for (int i = 0; i < 5; i++) {
                identity[6 * i] = 1;
              }
              return Ops.mean(Ops.square(Ops.sub(gram, Tensor.of(identity, 5, 5))));
            },
            tensor(1, 5, 5))
        .assertOk();
  }

  /** One training step of a small net with dropout; weights and moments are overwritten. */
  private static void step(
      Random random, Tensor[] weights, Tensor[] state, Tensor control, Tensor data, Tensor seen) {
    random.call(0);
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      tape.watch(weights);
      Tensor hidden = random.dropout(Ops.gelu(Ops.linear(data, weights[0], null)), 0.2);
      Tensor out = Ops.rmsNorm(Ops.linear(hidden, weights[1], null), null, 1e-6);
      Tensor noise = random.normal(DType.F32, out.shape().dims());
      Gradients gradients = tape.backward(Ops.mean(Ops.square(Ops.sub(out, noise))));
      Tensor[] found = {gradients.of(weights[0]), gradients.of(weights[1])};
      Ops.copyInto(seen, found[0]);
      Tensor[] operands = {
        control,
        Ops.globalNorm(found),
        weights[0],
        weights[1],
        found[0],
        found[1],
        state[0],
        state[1],
        state[2],
        state[3],
        state[4],
        state[5]
      };
      Engine.run(new Optimization.AdamW(2, 0, 0.9, 0.95, 1e-8, 0.02, 1, 0.99), operands);
    }
  }

  /** Weights after some steps, eagerly or by replaying one captured step. */
  private static float[][] train(boolean capture) {
    try (Scope _ = Scope.open();
        Random random = new Random(5)) {
      Tensor[] weights = {Numbers.floats(1, 6, 5), Numbers.floats(2, 5, 6)};
      Tensor[] state = new Tensor[6];
      for (int i = 0; i < 6; i++) {
        int[] dims = weights[i % 2].shape().dims();
        state[i] = i < 4 ? Tensor.zeros(DType.F32, dims) : Numbers.floats(1 + i % 2, dims);
      }
      Tensor control = Tensor.of(new float[] {0.01f, 0.1f, 0.05f}, 3);
      Tensor data = Numbers.floats(3, 4, 5);
      Tensor seen = Tensor.zeros(DType.F32, 6, 5);
      Program program = null;
      for (int i = 0; i < 4; i++) {
        random.seek(i);
        data.copyFrom(Numbers.floats(30 + i, 4, 5).toFloats(), 0);
        if (program != null) {
          program.replay();
        } else if (capture) {
          program = Program.capture(() -> step(random, weights, state, control, data, seen));
        } else {
          step(random, weights, state, control, data, seen);
        }
      }
      if (program != null) {
        program.close();
      }
      return new float[][] {
        weights[0].toFloats(), weights[1].toFloats(), state[5].toFloats(), seen.toFloats()
      };
    }
  }

  @Test
  void replayedTrainingStepsEqualEagerOnesBitwise() {
    float[][] eager = train(false);
    float[][] replayed = train(true);
    for (int i = 0; i < eager.length; i++) {
      assertThat(replayed[i]).isEqualTo(eager[i]);
    }
  }
}
