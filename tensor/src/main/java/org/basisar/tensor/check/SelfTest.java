package org.basisar.tensor.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.basisar.tensor.Alternative;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;

/**
 * Every operation on a device, and every alternative that the device has, against the fp64
 * reference on the CPU. On a GPU the cases together run every kernel.
 */
public final class SelfTest {
  private final List<DType> dtypes;
  private final Consumer<Line> listener;
  private boolean passed = true;

  private SelfTest(List<DType> dtypes, Consumer<Line> listener) {
    this.dtypes = dtypes;
    this.listener = listener;
  }

  /**
   * The cases of one operation or alternative in one dtype.
   *
   * @param operation its title or name
   * @param cases how many were run
   * @param failures what went wrong, one sentence each
   * @param worst the greatest error in units of the error allowed
   */
  public record Line(
      String operation, DType dtype, int cases, List<String> failures, double worst) {
    /** Copies the list. */
    public Line {
      failures = List.copyOf(failures);
    }
  }

  /**
   * Runs all cases.
   *
   * @param listener is told of each operation as soon as it is done
   * @return whether none failed
   */
  public static boolean run(Device device, List<DType> dtypes, Consumer<Line> listener) {
    Map<String, List<OpCase>> byOperation = new LinkedHashMap<>();
    List<OpCase> cases = new ArrayList<>(OpCases.all());
    cases.addAll(OpCases.forDevices());
    for (OpCase opCase : cases) {
      byOperation.computeIfAbsent(opCase.op().title(), _ -> new ArrayList<>()).add(opCase);
    }
    SelfTest test = new SelfTest(dtypes, listener);
    byOperation.forEach((title, ofOperation) ->
        test.lines(title, ofOperation, (opCase, dtype) -> OpComparison.of(opCase, dtype, device)));
    for (Alternative alternative : device.alternatives()) {
      test.lines(
          alternative.name(),
          cases.stream().filter(opCase -> alternative.computes(opCase.op())).toList(),
          (opCase, dtype) -> OpComparison.of(opCase, dtype, device, alternative));
    }
    return test.passed;
  }

  /** Compares a case in a dtype. */
  @FunctionalInterface
  private interface Comparing {
    OpComparison compare(OpCase opCase, DType dtype);
  }

  private void lines(String name, List<OpCase> cases, Comparing comparing) {
    for (DType dtype : dtypes) {
      Line line = line(name, dtype, cases, comparing);
      listener.accept(line);
      passed &= line.failures().isEmpty();
    }
  }

  private static Line line(String name, DType dtype, List<OpCase> cases, Comparing comparing) {
    double worst = 0;
    List<String> failures = new ArrayList<>();
    for (OpCase opCase : cases) {
      try {
        OpComparison comparison = comparing.compare(opCase, dtype);
        worst = Math.max(worst, comparison.worst());
        if (!comparison.passes()) {
          failures.add(comparison.message());
        }
      } catch (RuntimeException e) {
        // A self-test goes on after a kernel that cannot be launched: the others matter too.
        failures.add(opCase.name() + " in " + dtype + ": " + e.getMessage());
      }
    }
    return new Line(name, dtype, cases.size(), failures, worst);
  }
}
