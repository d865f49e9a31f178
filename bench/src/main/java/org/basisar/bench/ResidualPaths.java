package org.basisar.bench;

import java.util.function.Function;
import org.basisar.autograd.Gradients;
import org.basisar.autograd.Tape;
import org.basisar.bar.basis.ResidualForms;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Setup;

/**
 * The residual loss (paper eq. 10) with its gradients with respect to A, x and the prediction, by
 * four ways to the same number. All are checked with at most 128 tokens.
 *
 * <p>The other ways take N times the products of the closed form, so that a call of theirs with
 * many tokens and images takes minutes. {@link LabCost#tooLong} says from where on {@link Rounds}
 * leaves them out: beyond some 60 GFLOP of products, or 4 GFLOP of the scan, which has loops alone.
 * Algorithm 1 moreover keeps B·N·N·C numbers several times over: choose a small batch with it.
 */
public abstract class ResidualPaths extends LabBenchmark {
  private static final Captured NOTHING = new Captured(() -> new Tensor[0]);

  /** Whole tensors of [B, N, N, C] that Algorithm 1 and its gradients hold at once, about. */
  private static final long COPIES = 6;

  private Captured closed = NOTHING;
  private Captured closedValue = NOTHING;
  private Captured scan = NOTHING;
  private Captured prefixes = NOTHING;
  private Captured literal = NOTHING;
  private TokenCase whole = new TokenCase(1, 1, 1);

  /** The three operands of a form of the loss. */
  private record Operands(Tensor a, Tensor x, Tensor prediction) {
    static Operands of(TokenCase of, DType dtype) {
      return new Operands(
          tensor(dtype, of.basis()), tensor(dtype, of.x()), tensor(dtype, of.prediction()));
    }

    /** The value and its gradients, captured. */
    Captured captured(Function<Operands, Tensor> form) {
      return new Captured(() -> {
        try (Tape tape = Tape.open()) {
          tape.watch(a, x, prediction);
          Tensor loss = form.apply(this);
          Gradients gradients = tape.backward(loss);
          return new Tensor[] {loss, gradients.of(a), gradients.of(x), gradients.of(prediction)};
        }
      });
    }

    Tensor closed() {
      return Ops.residualLoss(a, x, prediction);
    }

    Tensor scan() {
      return ResidualForms.scan(a, x, prediction);
    }

    Tensor prefixes() {
      return ResidualForms.literal(a, x, prediction);
    }

    Tensor literal() {
      return LiteralResidual.loss(a, x, prediction);
    }
  }

  /** Prepares, and checks everything on small operands against the definition in fp64. */
  @Setup
  public void prepare() {
    whole = open();
    check(whole.fewTokens());
    Operands operands = Operands.of(whole, DType.F32);
    closed = operands.captured(Operands::closed);
    closedValue = new Captured(() -> new Tensor[] {operands.closed()});
  }

  private void check(TokenCase of) {
    Operands operands = Operands.of(of, DType.F32);
    Captured expected = Operands.of(of, DType.F64).captured(Operands::closed);
    compare("closed form", expected, operands.captured(Operands::closed));
    compare("scan", expected, operands.captured(Operands::scan));
    compare("prefixes", expected, operands.captured(Operands::prefixes));
    if (fits(of)) {
      compare("Algorithm 1", expected, operands.captured(Operands::literal));
    }
  }

  private static void compare(String what, Captured expected, Captured actual) {
    for (int i = 0; i < 4; i++) {
      double[] right = Expected.wide(expected.result(i));
      double size = 0;
      for (double value : right) {
        size = Math.max(size, Math.abs(value));
      }
      Expected.near(what + ", result " + i, right, Expected.wide(actual.result(i)), 0, 2e-4 * size);
    }
  }

  private static boolean fits(TokenCase of) {
    long numbers = COPIES * of.size() * of.tokens();
    return of.size() * (long) of.tokens() < 1L << 29
        && Float.BYTES * numbers < Runtime.getRuntime().maxMemory() / 2;
  }

  /** Made when first called for, because each holds much memory. */
  private Captured made(Captured present, Function<Operands, Tensor> form) {
    return present == NOTHING ? Operands.of(whole, DType.F32).captured(form) : present;
  }

  /** The engine's operation: products of N×N matrices, value and gradients. */
  @Benchmark
  public void closedForm() {
    complete(closed);
  }

  /** The value of {@link #closedForm} alone. */
  @Benchmark
  public void closedFormValue() {
    complete(closedValue);
  }

  /** One pass over the prefixes that keeps a running residual. */
  @Benchmark
  public void scan() {
    scan = made(scan, Operands::scan);
    complete(scan);
  }

  /** Every prefix by a product of its own, each reduced at once. */
  @Benchmark
  public void prefixProducts() {
    prefixes = made(prefixes, Operands::prefixes);
    complete(prefixes);
  }

  /** The paper's Algorithm 1: all reconstructions stacked, then compared with x. */
  @Benchmark
  public void literalAlgorithm1() {
    if (!fits(whole)) {
      throw new IllegalStateException(
          "Algorithm 1 needs several times "
              + Float.BYTES * (long) whole.size() * whole.tokens() / 1_000_000
              + " MB for this; choose a smaller batch, or a larger heap");
    }
    literal = made(literal, Operands::literal);
    complete(literal);
  }
}
