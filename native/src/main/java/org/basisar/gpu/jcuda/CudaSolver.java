package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.JAVA_DOUBLE;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasFillMode;
import jcuda.jcublas.cublasOperation;
import jcuda.jcusolver.JCusolver;
import jcuda.jcusolver.JCusolverDn;
import jcuda.jcusolver.cusolverDnHandle;
import jcuda.jcusolver.cusolverEigMode;
import jcuda.runtime.cudaStream_t;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;
import org.basisar.gpu.Solver;

/**
 * cuSOLVER, its typed functions only: JCuda crashes on the sizes of the newer ones. It is
 * column-major, so it sees the transpose of what it is given; each method says what follows. Every
 * method waits for its result, as that is how one learns whether it succeeded.
 */
final class CudaSolver implements Solver, AutoCloseable {
  private final CudaGpu gpu;
  private final cusolverDnHandle handle = new cusolverDnHandle();
  private final String version;

  CudaSolver(CudaGpu gpu, LoadedLibraries libraries) {
    this.gpu = gpu;
    libraries.get(CudaLibrary.CUSOLVER);
    libraries.get(CudaLibrary.CUSOLVER_MG);
    JcudaNatives.load(
        JcudaNatives.Family.CUSOLVER,
        libraries.cudaMajor(),
        () -> {
          JCusolver.initialize();
          JCusolver.setExceptionsEnabled(true);
        });
    NativeStatus.SOLVER.check("cusolverDnCreate", () -> JCusolverDn.cusolverDnCreate(handle));
    this.version =
        "cuSOLVER " + libraries.version(CudaLibrary.CUSOLVER).orElse("of unknown version");
  }

  @Override
  public String version() {
    return version;
  }

  /** Memory of one call: the library's workspace, and one number for the outcome. */
  private final class Work implements AutoCloseable {
    private final CudaStream stream;
    private final long workspace;
    private final long info;

    Work(CudaStream stream, long workspaceBytes) {
      this.stream = stream;
      this.workspace = gpu.allocate(Math.max(1, workspaceBytes));
      try {
        this.info = gpu.allocate(Integer.BYTES);
      } catch (GpuException e) {
        gpu.free(workspace);
        throw e;
      }
    }

    DeviceAddress workspace() {
      return new DeviceAddress(workspace);
    }

    DeviceAddress info() {
      return new DeviceAddress(info);
    }

    /** Waits; the outcome, 0 for success. */
    int outcome() {
      try (Arena arena = Arena.ofConfined()) {
        MemorySegment host = arena.allocate(JAVA_INT);
        stream.copyToHost(host, info, Integer.BYTES);
        stream.synchronize();
        return host.get(JAVA_INT, 0);
      }
    }

    @Override
    public void close() {
      gpu.free(info);
      gpu.free(workspace);
    }
  }

  private CudaStream enter(GpuStream stream, ElementType type) {
    if (type != ElementType.F32 && type != ElementType.F64) {
      throw new IllegalArgumentException("decompositions are of F32 or F64, not " + type);
    }
    gpu.makeCurrent();
    CudaStream own = (CudaStream) stream;
    NativeStatus.SOLVER.check(
        "cusolverDnSetStream",
        () -> JCusolverDn.cusolverDnSetStream(handle, new cudaStream_t(own.handle())));
    return own;
  }

  /**
   * The library sees Aᵀ = V · diag(s) · Uᵀ. Its first factor V, column-major, is Vᵀ in our eyes;
   * its second, Uᵀ column-major, is U.
   */
  @Override
  public synchronized void svd(
      GpuStream stream,
      ElementType type,
      int n,
      long a,
      long singularValues,
      long u,
      long vTransposed) {
    if (n == 0) {
      return;
    }
    CudaStream own = enter(stream, type);
    boolean single = type == ElementType.F32;
    int[] size = new int[1];
    NativeStatus.SOLVER.check(
        "cusolverDnGesvd_bufferSize",
        () ->
            single
                ? JCusolverDn.cusolverDnSgesvd_bufferSize(handle, n, n, size)
                : JCusolverDn.cusolverDnDgesvd_bufferSize(handle, n, n, size));
    // Behind the workspace, room for the n values that did not converge.
    try (Work work = new Work(own, (long) (size[0] + n) * type.bytes())) {
      DeviceAddress matrix = new DeviceAddress(a);
      DeviceAddress values = new DeviceAddress(singularValues);
      DeviceAddress first = new DeviceAddress(vTransposed);
      DeviceAddress second = new DeviceAddress(u);
      DeviceAddress rest =
          new DeviceAddress(work.workspace().address() + (long) size[0] * type.bytes());
      NativeStatus.SOLVER.check(
          "cusolverDnGesvd",
          () ->
              single
                  ? JCusolverDn.cusolverDnSgesvd(
                      handle,
                      'A',
                      'A',
                      n,
                      n,
                      matrix,
                      n,
                      values,
                      first,
                      n,
                      second,
                      n,
                      work.workspace(),
                      size[0],
                      rest,
                      work.info())
                  : JCusolverDn.cusolverDnDgesvd(
                      handle,
                      'A',
                      'A',
                      n,
                      n,
                      matrix,
                      n,
                      values,
                      first,
                      n,
                      second,
                      n,
                      work.workspace(),
                      size[0],
                      rest,
                      work.info()));
      int outcome = work.outcome();
      if (outcome != 0) {
        throw new GpuException(
            "the singular value decomposition of a "
                + n
                + " x "
                + n
                + " matrix did not converge ("
                + outcome
                + "); look for values that are not finite",
            outcome);
      }
    }
  }

  /** Symmetric, so the transpose is the same; vectors come as columns, which are our rows. */
  @Override
  public synchronized void symmetricEigen(
      GpuStream stream, ElementType type, int n, long a, long values) {
    if (n == 0) {
      return;
    }
    CudaStream own = enter(stream, type);
    boolean single = type == ElementType.F32;
    int[] size = new int[1];
    int vectors = cusolverEigMode.CUSOLVER_EIG_MODE_VECTOR;
    int lower = cublasFillMode.CUBLAS_FILL_MODE_LOWER;
    DeviceAddress matrix = new DeviceAddress(a);
    DeviceAddress result = new DeviceAddress(values);
    NativeStatus.SOLVER.check(
        "cusolverDnSyevd_bufferSize",
        () ->
            single
                ? JCusolverDn.cusolverDnSsyevd_bufferSize(
                    handle, vectors, lower, n, matrix, n, result, size)
                : JCusolverDn.cusolverDnDsyevd_bufferSize(
                    handle, vectors, lower, n, matrix, n, result, size));
    try (Work work = new Work(own, (long) size[0] * type.bytes())) {
      NativeStatus.SOLVER.check(
          "cusolverDnSyevd",
          () ->
              single
                  ? JCusolverDn.cusolverDnSsyevd(
                      handle,
                      vectors,
                      lower,
                      n,
                      matrix,
                      n,
                      result,
                      work.workspace(),
                      size[0],
                      work.info())
                  : JCusolverDn.cusolverDnDsyevd(
                      handle,
                      vectors,
                      lower,
                      n,
                      matrix,
                      n,
                      result,
                      work.workspace(),
                      size[0],
                      work.info()));
      int outcome = work.outcome();
      if (outcome != 0) {
        throw new GpuException(
            "the eigenvalues of a "
                + n
                + " x "
                + n
                + " matrix did not converge ("
                + outcome
                + "); look for values that are not finite",
            outcome);
      }
    }
  }

  /** Factors Aᵀ, and solves with the transpose of the factors; B is transposed there and back. */
  @Override
  public synchronized void solve(
      GpuStream stream, ElementType type, int n, int columns, long a, long b) {
    if (n == 0 || columns == 0) {
      return;
    }
    CudaStream own = enter(stream, type);
    boolean single = type == ElementType.F32;
    DeviceAddress matrix = new DeviceAddress(a);
    int[] size = new int[1];
    NativeStatus.SOLVER.check(
        "cusolverDnGetrf_bufferSize",
        () ->
            single
                ? JCusolverDn.cusolverDnSgetrf_bufferSize(handle, n, n, matrix, n, size)
                : JCusolverDn.cusolverDnDgetrf_bufferSize(handle, n, n, matrix, n, size));
    long pivotOffset = aligned((long) size[0] * type.bytes());
    long columnOffset = pivotOffset + aligned((long) n * Integer.BYTES);
    try (Work work = new Work(own, columnOffset + (long) n * columns * type.bytes())) {
      DeviceAddress pivots = new DeviceAddress(work.workspace().address() + pivotOffset);
      DeviceAddress transposed = new DeviceAddress(work.workspace().address() + columnOffset);
      NativeStatus.SOLVER.check(
          "cusolverDnGetrf",
          () ->
              single
                  ? JCusolverDn.cusolverDnSgetrf(
                      handle, n, n, matrix, n, work.workspace(), pivots, work.info())
                  : JCusolverDn.cusolverDnDgetrf(
                      handle, n, n, matrix, n, work.workspace(), pivots, work.info()));
      int outcome = work.outcome();
      if (outcome != 0) {
        throw new GpuException(
            "the "
                + n
                + " x "
                + n
                + " matrix is singular: pivot "
                + outcome
                + " of the LU"
                + " factors is zero; a solution does not exist or is not unique",
            outcome);
      }
      transpose(own, type, n, columns, b, transposed.address());
      NativeStatus.SOLVER.check(
          "cusolverDnGetrs",
          () ->
              single
                  ? JCusolverDn.cusolverDnSgetrs(
                      handle,
                      cublasOperation.CUBLAS_OP_T,
                      n,
                      columns,
                      matrix,
                      n,
                      pivots,
                      transposed,
                      n,
                      work.info())
                  : JCusolverDn.cusolverDnDgetrs(
                      handle,
                      cublasOperation.CUBLAS_OP_T,
                      n,
                      columns,
                      matrix,
                      n,
                      pivots,
                      transposed,
                      n,
                      work.info()));
      transpose(own, type, columns, n, transposed.address(), b);
      own.synchronize();
    }
  }

  private static long aligned(long bytes) {
    return (bytes + 255) / 256 * 256;
  }

  /** Writes the transpose of a row-major [rows, columns] matrix. */
  private void transpose(
      CudaStream stream, ElementType type, int rows, int columns, long source, long target) {
    CudaBlas.Queue queue = gpu.cudaBlas().prepare(stream);
    DeviceAddress from = new DeviceAddress(source);
    DeviceAddress to = new DeviceAddress(target);
    HostAddress one = new HostAddress(queue.scalars().address());
    HostAddress zero = new HostAddress(queue.scalars().address() + 8);
    boolean single = type == ElementType.F32;
    if (single) {
      queue.scalars().set(JAVA_FLOAT, 0, 1);
      queue.scalars().set(JAVA_FLOAT, 8, 0);
    } else {
      queue.scalars().set(JAVA_DOUBLE, 0, 1);
      queue.scalars().set(JAVA_DOUBLE, 8, 0);
    }
    int yes = cublasOperation.CUBLAS_OP_T;
    int no = cublasOperation.CUBLAS_OP_N;
    NativeStatus.BLAS.check(
        "cublasGeam",
        () ->
            single
                ? JCublas2.cublasSgeam(
                    queue.handle(),
                    yes,
                    no,
                    rows,
                    columns,
                    one,
                    from,
                    columns,
                    zero,
                    to,
                    rows,
                    to,
                    rows)
                : JCublas2.cublasDgeam(
                    queue.handle(),
                    yes,
                    no,
                    rows,
                    columns,
                    one,
                    from,
                    columns,
                    zero,
                    to,
                    rows,
                    to,
                    rows));
  }

  @Override
  public void close() {
    NativeStatus.SOLVER.check("cusolverDnDestroy", () -> JCusolverDn.cusolverDnDestroy(handle));
  }
}
