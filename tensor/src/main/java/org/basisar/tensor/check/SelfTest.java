package org.basisar.tensor.check;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.basisar.tensor.DType;
import org.basisar.tensor.Device;

/** Every operation on a device against the fp64 reference on the CPU. */
public final class SelfTest {
  private SelfTest() {}

  /**
   * The cases of one operation in one dtype.
   *
   * @param operation its title
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
    for (OpCase opCase : OpCases.all()) {
      byOperation.computeIfAbsent(opCase.op().title(), _ -> new ArrayList<>()).add(opCase);
    }
    boolean passed = true;
    for (Map.Entry<String, List<OpCase>> operation : byOperation.entrySet()) {
      for (DType dtype : dtypes) {
        Line line = line(device, dtype, operation.getKey(), operation.getValue());
        listener.accept(line);
        passed &= line.failures().isEmpty();
      }
    }
    return passed;
  }

  private static Line line(Device device, DType dtype, String operation, List<OpCase> cases) {
    double worst = 0;
    List<String> failures = new ArrayList<>();
    for (OpCase opCase : cases) {
      try {
        OpComparison comparison = OpComparison.of(opCase, dtype, device);
        worst = Math.max(worst, comparison.worst());
        if (!comparison.passes()) {
          failures.add(comparison.message());
        }
      } catch (RuntimeException e) {
        // A self-test goes on after a kernel that cannot be launched: the others matter too.
        failures.add(opCase.name() + " in " + dtype + ": " + e.getMessage());
      }
    }
    return new Line(operation, dtype, cases.size(), failures, worst);
  }
}
