package org.basisar.bench;

import org.basisar.bar.basis.Projection;
import org.basisar.tensor.DType;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Tensor;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Back to the orthogonal matrices: the polar factor of A [N, N] (the hard projection) by four
 * methods, and the certificate that proves that the soft projection has nothing to do. Channels and
 * batch are of no effect.
 */
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class ProjectionBenchmark extends LabBenchmark {
  private Runnable decomposition = () -> {};
  private Runnable jacobi = () -> {};
  private Runnable newtonSchulz = () -> {};
  private Runnable qdwh = () -> {};
  private Captured certificate = new Captured(() -> new Tensor[0]);

  /** Prepares, and checks that all give the same matrix. */
  @Setup
  public void prepare() {
    HostTensor basis = open().basis();
    int n = tokens;
    double[] a = Expected.wide(basis.values());
    Tensor wide = Tensor.of(a, n, n);
    Tensor narrow = tensor(DType.F32, basis);
    certificate = new Captured(() -> Ops.orthogonality(narrow));
    double least = Math.sqrt(Math.max(1e-6, 1 - certificate.result(1)[0]));
    NewtonSchulz iteration = new NewtonSchulz(basis);
    double[] factor = project(wide);
    Expected.near("Jacobi", factor, Polar.jacobi(a, n), 0, 1e-9);
    Expected.near("QDWH", factor, Polar.qdwh(a, n, least), 0, 1e-9);
    iteration.run();
    Expected.near("Newton–Schulz", factor, Expected.wide(iteration.factor()), 0, 1e-4);
    decomposition = () -> project(wide);
    jacobi = () -> Polar.jacobi(a, n);
    newtonSchulz = iteration::run;
    qdwh = () -> Polar.qdwh(a, n, least);
  }

  private static double[] project(Tensor a) {
    try (Scope _ = Scope.open()) {
      return Projection.clamp(a, 0).toDoubles();
    }
  }

  /** EJML's singular value decomposition in fp64, as the engine projects. */
  @Benchmark
  public void decomposition() {
    decomposition.run();
  }

  /** One-sided Jacobi rotations in fp64. */
  @Benchmark
  public void jacobi() {
    jacobi.run();
  }

  /** Newton–Schulz in fp32 products of the engine. */
  @Benchmark
  public void newtonSchulz() {
    newtonSchulz.run();
  }

  /** QDWH by Cholesky decompositions in fp64. */
  @Benchmark
  public void qdwh() {
    qdwh.run();
  }

  /** ‖A·Aᵀ − I‖_F, read on the host: what is paid at every step. */
  @Benchmark
  public double certificate() {
    complete(certificate);
    return certificate.item(1);
  }
}
