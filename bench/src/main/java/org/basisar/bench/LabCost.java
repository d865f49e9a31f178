package org.basisar.bench;

import java.util.function.Function;
import org.basisar.tensor.Op;
import org.jspecify.annotations.Nullable;

/**
 * The work of a contestant: the operations that its own way needs, and the bytes that anyone has to
 * move, operands and results once each.
 */
final class LabCost {
  /** Additions and multiplications that a call may take at most, if it multiplies matrices. */
  private static final double MOST_BY_PRODUCTS = 60e9;

  /** The same of loops over single prefixes. */
  private static final double MOST_BY_LOOPS = 4e9;

  private LabCost() {}

  /**
   * Whether a call of one of the residual loss's slow ways takes so long that a round of it would
   * take minutes.
   *
   * @param contestant class and method
   * @param parameter the value of a parameter, null if there is none of that name
   */
  static boolean tooLong(String contestant, Function<String, @Nullable String> parameter) {
    Op.Cost cost = of(contestant, parameter);
    if (cost == null || !contestant.contains("Residual")) {
      return false;
    }
    return switch (method(contestant.replaceFirst(".*\\.", ""))) {
      case "scan" -> cost.flops() > MOST_BY_LOOPS;
      case "prefixProducts", "literalAlgorithm1" -> cost.flops() > MOST_BY_PRODUCTS;
      default -> false;
    };
  }

  /**
   * The work of one call.
   *
   * @param contestant class and method, as JMH names them without the package
   * @param parameter the value of a parameter, null if the benchmark has none of that name
   * @return null where it is not known
   */
  static Op.@Nullable Cost of(String contestant, Function<String, @Nullable String> parameter) {
    String benchmark = contestant.replaceFirst("\\..*", "").replaceFirst("^(Torch|Cold)+", "");
    String method = method(contestant.replaceFirst(".*\\.", ""));
    String shape = parameter.apply("shape");
    if (benchmark.equals("GemmBenchmark") && shape != null) {
      GemmCase product = GemmCase.valueOf(shape);
      long operands =
          (long) product.a().values().length
              + product.b().values().length
              + (long) product.batch() * product.m() * product.n();
      return new Op.Cost(product.flops(), Float.BYTES * operands);
    }
    long n = number(parameter.apply("tokens"));
    long columns = number(parameter.apply("channels")) * number(parameter.apply("batch"));
    return switch (benchmark) {
      case "TransformBenchmark" -> transform(method, n, columns);
      case "ResidualBenchmark" -> residual(method, n, columns);
      case "ProjectionBenchmark" ->
          method.equals("certificate")
              ? new Op.Cost(2 * n * n * (n + 1), Float.BYTES * 2 * n * n)
              : null;
      default -> null;
    };
  }

  /** A peer's method computes what ours of the same name does. */
  private static String method(String name) {
    return name.startsWith("torch") && name.length() > 5
        ? Character.toLowerCase(name.charAt(5)) + name.substring(6)
        : name;
  }

  private static long number(@Nullable String value) {
    return value == null ? 0 : Long.parseLong(value);
  }

  private static Op.Cost transform(String method, long n, long columns) {
    long product = 2 * n * n * columns;
    boolean noisy = method.contains("Noise");
    long arrays = noisy ? 4 : 2;
    int width = method.equals("bf16Storage") ? Short.BYTES : Float.BYTES;
    return new Op.Cost(
        product + (noisy ? 3 * n * columns : 0), width * (arrays * n * columns + n * n));
  }

  /** Values and gradients; a gradient costs twice the value where it follows the same way. */
  private static Op.@Nullable Cost residual(String method, long n, long columns) {
    long bytes = Float.BYTES * (4 * n * columns + 2 * n * n);
    return switch (method) {
      case "closedForm" -> new Op.Cost(14 * n * n * columns, bytes);
      case "closedFormValue" ->
          new Op.Cost(4 * n * n * columns, Float.BYTES * (2 * n * columns + n * n));
      case "scan" -> new Op.Cost(12 * n * n * columns, bytes);
      case "prefixProducts", "literalAlgorithm1" ->
          new Op.Cost(3 * n * n * (n + 1) * columns, bytes);
      default -> null;
    };
  }
}
