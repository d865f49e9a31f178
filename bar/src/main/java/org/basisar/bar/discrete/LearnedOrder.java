package org.basisar.bar.discrete;

import java.util.Arrays;
import org.basisar.nn.Module;
import org.basisar.nn.Parameter;
import org.basisar.nn.Setup;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * A permutation matrix that is learned; parameter {@code logits} [N, N].
 *
 * <p>Forward it is the permutation nearest to Sinkhorn's relaxation of the logits, backward it is
 * the relaxation itself (straight through). A mixture would show a position the very token it is to
 * predict. {@link #harden} finds the permutation on the host; it is called before each step.
 */
public final class LearnedOrder extends Module {
  private static final double TEMPERATURE = 1;
  private static final int ROUNDS = 20;

  /** How far the diagonal begins above the rest: the first order is raster, but not for sure. */
  private static final double START = 3;

  private final Parameter logits; // [N, N]
  private final Tensor hard; // [N, N]
  private final int tokens;

  /** The raster order of {@code tokens} tokens. */
  public LearnedOrder(Setup setup, int tokens) {
    this.tokens = tokens;
    logits =
        parameter(
            setup,
            "logits",
            Shape.of(tokens, tokens),
            (shape, dtype, _) -> Tensor.of(dtype, diagonal(tokens, START), shape.dims()));
    hard = Scope.outside(() -> Tensor.of(setup.dtype(), diagonal(tokens, 1), tokens, tokens));
    onClose(hard::close);
  }

  private static double[] diagonal(int size, double value) {
    double[] values = new double[size * size];
    for (int i = 0; i < size; i++) {
      values[i * size + i] = value;
    }
    return values;
  }

  /** What is trained, [N, N]. */
  public Parameter logits() {
    return logits;
  }

  /** The relaxation, doubly stochastic [N, N]. */
  public Tensor soft() {
    return Sinkhorn.of(logits.tensor(), TEMPERATURE, ROUNDS);
  }

  /** The permutation found last, with the gradient of the relaxation, [N, N]. */
  public Tensor matrix() {
    Tensor soft = soft();
    return Ops.add(soft, Ops.sub(hard, soft.detach()));
  }

  /**
   * The permutation that agrees best with the relaxation of the logits in use now; what {@link
   * #matrix} gives stays.
   *
   * @return the grid place of each position
   */
  public int[] places() {
    try (Scope _ = Scope.open()) {
      return Assignment.best(soft().toDoubles(), tokens);
    }
  }

  /** Has {@link #matrix} give the permutation of {@link #places}. */
  public void harden() {
    double[] values = OrderName.matrix(places());
    try (Scope _ = Scope.open()) {
      Ops.copyInto(hard, Tensor.of(hard.dtype(), values, tokens, tokens));
    }
  }

  /** How sure the relaxation is: the mean of its entries where the permutation has ones. */
  public double certainty(int[] places) {
    try (Scope _ = Scope.open()) {
      double[] values = Ops.cast(soft(), DType.F64).toDoubles();
      return Arrays.stream(indices(places)).mapToDouble(i -> values[i]).average().orElse(1);
    }
  }

  private int[] indices(int[] places) {
    int[] indices = new int[tokens];
    Arrays.setAll(indices, k -> k * tokens + places[k]);
    return indices;
  }
}
