package org.basisar.bench;

import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Tensor;

/**
 * The polar factor by Newton–Schulz, X ← 1.5·X − 0.5·X·XᵀX, in fp32 products on the current device.
 * Converges where all singular values lie in (0, √3), quadratically near the end.
 */
final class NewtonSchulz {
  private static final int MOST_STEPS = 40;

  private final Tensor start;
  private final Tensor x;
  private final Captured begin;
  private final Captured step;
  private final double enough;

  /** Of A [N, N]. */
  NewtonSchulz(HostTensor a) {
    int n = a.dims()[0];
    enough = 1e-6 * n;
    start = LabBenchmark.tensor(DType.F32, a);
    x = LabBenchmark.tensor(DType.F32, a);
    begin =
        new Captured(() -> {
          Ops.copyInto(x, start);
          return new Tensor[0];
        });
    step =
        new Captured(() -> {
          // The deviation D = X·Xᵀ − I gives X·(3 − …)/2 = X − D·X/2.
          Tensor[] measured = Ops.orthogonality(x);
          Ops.copyInto(x, Ops.sub(x, Ops.scale(Ops.matmul(measured[2], x), 0.5)));
          return new Tensor[] {measured[1]};
        });
  }

  /**
   * Iterates until the deviation before a step was small enough for that step to be the last.
   *
   * @throws ArithmeticException if it does not converge
   */
  void run() {
    begin.replay();
    for (int i = 0; i < MOST_STEPS; i++) {
      step.replay();
      double deviation = step.item(0);
      if (deviation * deviation < enough) {
        return;
      }
    }
    throw new ArithmeticException("Newton–Schulz did not converge in " + MOST_STEPS + " steps");
  }

  /** The factor of the last run. */
  float[] factor() {
    return x.toFloats();
  }
}
