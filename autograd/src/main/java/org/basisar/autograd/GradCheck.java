package org.basisar.autograd;

import java.util.Locale;
import java.util.function.Function;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Compares the gradients of a function with central differences in fp64, every element of the
 * Jacobian.
 *
 * <p>Each result element is projected out of the results and sent backwards alone, and then all
 * together with fixed weights. Each backward pass is run twice and must repeat bit for bit. An
 * element passes if |analytic − numerical| ≤ {@value #ABSOLUTE} + {@value #RELATIVE} · |numerical|,
 * where the numerical derivative is (f(x + h) − f(x − h)) / 2h with h = {@value #STEP}.
 *
 * <p>The function must be smooth near the inputs: keep away from ties of a maximum and from the
 * ends of a clamp. What has no gradient, such as an index, belongs into the function itself.
 */
public final class GradCheck {
  /** Half the distance between the two points of a difference. */
  public static final double STEP = 1e-6;

  /** Greatest difference that always passes. */
  public static final double ABSOLUTE = 1e-5;

  /** Greatest difference that passes, as a fraction of the numerical derivative. */
  public static final double RELATIVE = 1e-3;

  private GradCheck() {}

  /**
   * What was compared, and the element that came closest to failing or failed worst.
   *
   * @param compared number of derivatives compared
   * @param worst the element with the greatest error relative to what is allowed, null if there was
   *     no element
   * @param repeatable whether every backward pass gave the same bits twice
   */
  public record Report(long compared, @Nullable Element worst, boolean repeatable) {
    /** Whether every derivative agrees and repeats. */
    public boolean passed() {
      return repeatable && (worst == null || worst.excess() <= 1);
    }

    /**
     * Throws with {@link #toString} if the check failed.
     *
     * @throws AssertionError if a derivative is wrong or does not repeat
     */
    public void assertOk() {
      if (!passed()) {
        throw new AssertionError(toString());
      }
    }

    @Override
    public String toString() {
      String verdict = passed() ? "gradient check passed" : "gradient check failed";
      return verdict
          + ": "
          + compared
          + " derivatives"
          + (repeatable ? "" : ", two backward passes differ in their bits")
          + (worst == null ? "" : ", worst " + worst);
    }
  }

  /**
   * One derivative.
   *
   * @param input index of the function's input
   * @param at row-major index of the element in that input
   * @param inputShape shape of that input
   * @param output row-major index of the result element, −1 for the weighted sum of all
   * @param numerical by differences
   * @param analytic by the tape
   */
  public record Element(
      int input, int at, Shape inputShape, int output, double numerical, double analytic) {
    /** The error in units of the error allowed; NaN counts as infinite. */
    public double excess() {
      double ratio = Math.abs(analytic - numerical) / (ABSOLUTE + RELATIVE * Math.abs(numerical));
      return Double.isNaN(ratio) ? Double.POSITIVE_INFINITY : ratio;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "at element %d of input %d %s, %s: numerical %.10g, analytic %.10g (%.3g of the"
              + " tolerance)",
          at,
          input,
          inputShape,
          output < 0 ? "weighted sum of the result" : "result element " + output,
          numerical,
          analytic,
          excess());
    }
  }

  /**
   * Checks every derivative of a function of any number of tensors.
   *
   * @param function of fresh copies of the inputs; must give the same result for the same inputs
   * @param inputs F64
   * @throws IllegalArgumentException if an input or the result is not F64, or if two calls of the
   *     function differ
   */
  public static Report check(Function<Tensor[], Tensor> function, Tensor... inputs) {
    return check(Integer.MAX_VALUE, function, inputs);
  }

  /**
   * Checks the derivatives of the weighted sum of the result only, and of each input at most {@code
   * elements} elements, evenly spread from the first to the last. For functions of many elements:
   * the work grows with the elements chosen, not with their product with the result's.
   *
   * @throws IllegalArgumentException as {@link #check(Function, Tensor...)} does
   */
  public static Report checkSampled(
      int elements, Function<Tensor[], Tensor> function, Tensor... inputs) {
    if (elements < 1) {
      throw new IllegalArgumentException(
          "gradient check: must sample at least one element of an input, not " + elements);
    }
    return check(elements, function, inputs);
  }

  private static Report check(int elements, Function<Tensor[], Tensor> function, Tensor... inputs) {
    double[][] values = new double[inputs.length][];
    Shape[] shapes = new Shape[inputs.length];
    int[][] chosen = new int[inputs.length][];
    for (int i = 0; i < inputs.length; i++) {
      requireDouble("input " + i, inputs[i]);
      values[i] = inputs[i].toDoubles();
      shapes[i] = inputs[i].shape();
      chosen[i] = choose(elements, values[i].length);
    }
    double[] result = evaluate(function, shapes, values);
    if (!sameBits(result, evaluate(function, shapes, values))) {
      throw new IllegalArgumentException(
          "gradient check: the function gave two results for the same inputs; put its random"
              + " generator back at its beginning");
    }
    int[] rows = elements == Integer.MAX_VALUE ? choose(elements, result.length) : new int[0];
    Jacobian numerical = new Jacobian(chosen, rows.length);
    Jacobian analytic = new Jacobian(chosen, rows.length);
    differences(function, shapes, values, chosen, rows, numerical);
    boolean repeatable = backward(function, shapes, values, chosen, rows, analytic);
    return compare(shapes, chosen, rows, numerical, analytic, repeatable);
  }

  /** At most {@code limit} of the numbers 0 … count−1, evenly spread, ends included. */
  private static int[] choose(int limit, int count) {
    int[] chosen = new int[Math.min(limit, count)];
    for (int k = 0; k < chosen.length; k++) {
      chosen[k] =
          chosen.length == count || chosen.length == 1
              ? k
              : (int) ((long) k * (count - 1) / (chosen.length - 1));
    }
    return chosen;
  }

  /** Rows are the chosen result elements and last their weighted sum; columns by input. */
  private static final class Jacobian {
    private final double[][][] values; // [input][row][chosen element]

    Jacobian(int[][] chosen, int rows) {
      values = new double[chosen.length][rows + 1][];
      for (int i = 0; i < chosen.length; i++) {
        for (int row = 0; row <= rows; row++) {
          values[i][row] = new double[chosen[i].length];
        }
      }
    }

    double[] row(int input, int row) {
      return values[input][row];
    }
  }

  private static void differences(
      Function<Tensor[], Tensor> function,
      Shape[] shapes,
      double[][] values,
      int[][] chosen,
      int[] rows,
      Jacobian jacobian) {
    for (int i = 0; i < values.length; i++) {
      for (int k = 0; k < chosen[i].length; k++) {
        int at = chosen[i][k];
        double before = values[i][at];
        values[i][at] = before + STEP;
        double[] above = evaluate(function, shapes, values);
        values[i][at] = before - STEP;
        double[] below = evaluate(function, shapes, values);
        values[i][at] = before;
        double[] weights = weights(above.length);
        double weighted = 0;
        for (int output = 0; output < above.length; output++) {
          weighted += weights[output] * (above[output] - below[output]);
        }
        for (int row = 0; row < rows.length; row++) {
          jacobian.row(i, row)[k] = (above[rows[row]] - below[rows[row]]) / (2 * STEP);
        }
        jacobian.row(i, rows.length)[k] = weighted / (2 * STEP);
      }
    }
  }

  private static double[] evaluate(
      Function<Tensor[], Tensor> function, Shape[] shapes, double[][] values) {
    try (Scope _ = Scope.open()) {
      Tensor result = Tape.noGrad(() -> function.apply(tensors(shapes, values)));
      requireDouble("result", result);
      return result.toDoubles();
    }
  }

  /** Fills the Jacobian; returns whether every row came out the same twice. */
  private static boolean backward(
      Function<Tensor[], Tensor> function,
      Shape[] shapes,
      double[][] values,
      int[][] chosen,
      int[] rows,
      Jacobian jacobian) {
    boolean repeatable = true;
    try (Scope _ = Scope.open();
        Tape tape = Tape.open()) {
      Tensor[] inputs = tensors(shapes, values);
      tape.watch(inputs);
      Tensor result = function.apply(inputs);
      for (int row = 0; row <= rows.length && tape.tracks(result); row++) {
        double[] weights = weights(result.size());
        if (row < rows.length) {
          weights = new double[result.size()];
          weights[rows[row]] = 1;
        }
        try (Scope _ = Scope.open()) {
          Tensor weight = Tensor.of(weights, result.shape().dims());
          Tensor projected = Ops.sum(Ops.mul(result, weight));
          Gradients first = tape.backward(projected, true);
          Gradients second = tape.backward(projected, true);
          for (int i = 0; i < inputs.length; i++) {
            double[] found = first.ofOrZero(inputs[i]).toDoubles();
            repeatable &= sameBits(found, second.ofOrZero(inputs[i]).toDoubles());
            for (int k = 0; k < chosen[i].length; k++) {
              jacobian.row(i, row)[k] = found[chosen[i][k]];
            }
          }
        }
      }
    }
    return repeatable;
  }

  private static Report compare(
      Shape[] shapes,
      int[][] chosen,
      int[] rows,
      Jacobian numerical,
      Jacobian analytic,
      boolean repeatable) {
    long compared = 0;
    Element worst = null;
    for (int i = 0; i < shapes.length; i++) {
      for (int row = 0; row <= rows.length; row++) {
        for (int k = 0; k < chosen[i].length; k++) {
          Element element =
              new Element(
                  i,
                  chosen[i][k],
                  shapes[i],
                  row < rows.length ? rows[row] : -1,
                  numerical.row(i, row)[k],
                  analytic.row(i, row)[k]);
          compared++;
          if (worst == null || element.excess() > worst.excess()) {
            worst = element;
          }
        }
      }
    }
    return new Report(compared, worst, repeatable);
  }

  /** Fixed weights without pattern between 1/2 and 3/2, so that errors do not cancel. */
  private static double[] weights(int count) {
    double[] weights = new double[count];
    for (int i = 0; i < count; i++) {
      weights[i] = 1 + 0.5 * Math.sin(1 + 12.9898 * i);
    }
    return weights;
  }

  private static Tensor[] tensors(Shape[] shapes, double[][] values) {
    Tensor[] tensors = new Tensor[shapes.length];
    for (int i = 0; i < tensors.length; i++) {
      tensors[i] = Tensor.of(values[i], shapes[i].dims());
    }
    return tensors;
  }

  private static void requireDouble(String what, Tensor tensor) {
    if (tensor.dtype() != DType.F64) {
      throw new IllegalArgumentException(
          "gradient check: "
              + what
              + " has dtype "
              + tensor.dtype()
              + "; differences are only exact enough in F64, so make it F64 (and close over what"
              + " has no gradient)");
    }
  }

  private static boolean sameBits(double[] left, double[] right) {
    for (int i = 0; i < left.length; i++) {
      if (Double.doubleToRawLongBits(left[i]) != Double.doubleToRawLongBits(right[i])) {
        return false;
      }
    }
    return left.length == right.length;
  }
}
