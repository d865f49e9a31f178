package org.basisar.gpu.jcuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasHandle;
import jcuda.jcublas.cublasOperation;
import jcuda.runtime.cudaStream_t;
import org.basisar.gpu.Blas;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.GpuStream;

/**
 * cuBLAS. Each stream has a handle with a workspace of its own, as a handle's work on two streams
 * would share one, and as a workspace that the library allocates itself could not be captured.
 *
 * <p>cuBLAS is column-major. A row-major matrix in its eyes is the transpose, so C = A · B is asked
 * for as Cᵀ = Bᵀ · Aᵀ: operands change places, nothing is moved.
 */
final class CudaBlas implements Blas, AutoCloseable {
  private static final int ALGORITHM_DEFAULT = -1;
  private static final int DATA_F32 = 0;
  private static final int DATA_F64 = 1;
  private static final int DATA_BF16 = 14;
  private static final int COMPUTE_F32 = 68;
  private static final int COMPUTE_F64 = 70;
  private static final int COMPUTE_TF32 = 77;

  /** What NVIDIA's manual recommends, for Hopper and later, and for older ones. */
  private static final long WORKSPACE_HOPPER = 32L << 20;

  private static final long WORKSPACE_OLDER = 4L << 20;

  /** What a stream has. {@code scalars} are alpha and beta, eight bytes each. */
  record Queue(cublasHandle handle, long workspace, MemorySegment scalars) {}

  private final CudaGpu gpu;
  private final long workspaceBytes;
  private final String version;
  private final Map<CudaStream, Queue> queues = new ConcurrentHashMap<>();

  CudaBlas(CudaGpu gpu, LoadedLibraries libraries) {
    this.gpu = gpu;
    // Tells in a sentence if it is missing.
    libraries.get(CudaLibrary.CUBLAS_LT);
    libraries.get(CudaLibrary.CUBLAS);
    JcudaNatives.load(
        JcudaNatives.Family.CUBLAS,
        libraries.cudaMajor(),
        () -> {
          JCublas2.initialize();
          JCublas2.setExceptionsEnabled(true);
        });
    this.version = "cuBLAS " + libraries.version(CudaLibrary.CUBLAS).orElse("of unknown version");
    this.workspaceBytes = gpu.properties().computeMajor() >= 9 ? WORKSPACE_HOPPER : WORKSPACE_OLDER;
  }

  @Override
  public String version() {
    return version;
  }

  long workspaceBytes() {
    return workspaceBytes;
  }

  /** Makes what a stream needs, unless it has it. */
  Queue prepare(CudaStream stream) {
    return queues.computeIfAbsent(stream, this::open);
  }

  private Queue open(CudaStream stream) {
    NativeStatus blas = NativeStatus.BLAS;
    long workspace = gpu.allocate(workspaceBytes);
    cublasHandle handle = new cublasHandle();
    blas.check("cublasCreate", () -> JCublas2.cublasCreate(handle));
    blas.check(
        "cublasSetStream",
        () -> JCublas2.cublasSetStream(handle, new cudaStream_t(stream.handle())));
    // After the stream, since setting the stream takes the workspace away.
    blas.check(
        "cublasSetWorkspace",
        () -> JCublas2.cublasSetWorkspace(handle, new DeviceAddress(workspace), workspaceBytes));
    return new Queue(handle, workspace, Arena.ofAuto().allocate(16, 8));
  }

  /** Gives back what a stream has. */
  void release(CudaStream stream) {
    Queue queue = queues.remove(stream);
    if (queue != null) {
      NativeStatus.BLAS.check("cublasDestroy", () -> JCublas2.cublasDestroy(queue.handle()));
      gpu.free(queue.workspace());
    }
  }

  @Override
  public void close() {
    for (CudaStream stream : queues.keySet()) {
      release(stream);
    }
  }

  @Override
  public void gemm(GpuStream stream, Gemm gemm) {
    if (gemm.m() == 0 || gemm.n() == 0) {
      return;
    }
    gpu.makeCurrent();
    Queue queue = prepare((CudaStream) stream);
    HostAddress alpha = scalar(queue.scalars(), 0, gemm.c().type(), gemm.alpha());
    HostAddress beta = scalar(queue.scalars(), 8, gemm.c().type(), gemm.beta());
    Gemm.Operand a = gemm.a();
    Gemm.Operand b = gemm.b();
    Gemm.Operand c = gemm.c();
    DeviceAddress left = new DeviceAddress(b.address());
    DeviceAddress right = new DeviceAddress(a.address());
    DeviceAddress result = new DeviceAddress(c.address());
    int leftOperation = operation(gemm.transposeB());
    int rightOperation = operation(gemm.transposeA());
    int compute = computeType(gemm);
    if (gemm.batch() == 1) {
      NativeStatus.BLAS.check(
          "cublasGemmEx",
          () ->
              JCublas2.cublasGemmEx_new(
                  queue.handle(),
                  leftOperation,
                  rightOperation,
                  gemm.n(),
                  gemm.m(),
                  gemm.k(),
                  alpha,
                  left,
                  dataType(b.type()),
                  b.rowStride(),
                  right,
                  dataType(a.type()),
                  a.rowStride(),
                  beta,
                  result,
                  dataType(c.type()),
                  c.rowStride(),
                  compute,
                  ALGORITHM_DEFAULT));
    } else {
      NativeStatus.BLAS.check(
          "cublasGemmStridedBatchedEx",
          () ->
              JCublas2.cublasGemmStridedBatchedEx_new(
                  queue.handle(),
                  leftOperation,
                  rightOperation,
                  gemm.n(),
                  gemm.m(),
                  gemm.k(),
                  alpha,
                  left,
                  dataType(b.type()),
                  b.rowStride(),
                  b.batchStride(),
                  right,
                  dataType(a.type()),
                  a.rowStride(),
                  a.batchStride(),
                  beta,
                  result,
                  dataType(c.type()),
                  c.rowStride(),
                  c.batchStride(),
                  gemm.batch(),
                  compute,
                  ALGORITHM_DEFAULT));
    }
  }

  /** Stores a scalar in the type that sums have. */
  private static HostAddress scalar(
      MemorySegment scalars, long offset, ElementType type, float value) {
    if (type == ElementType.F64) {
      scalars.set(ValueLayout.JAVA_DOUBLE, offset, value);
    } else {
      scalars.set(ValueLayout.JAVA_FLOAT, offset, value);
    }
    return new HostAddress(scalars.address() + offset);
  }

  static int operation(boolean transpose) {
    return transpose ? cublasOperation.CUBLAS_OP_T : cublasOperation.CUBLAS_OP_N;
  }

  /** The library's number for a type of elements. */
  static int dataType(ElementType type) {
    return switch (type) {
      case F32 -> DATA_F32;
      case F64 -> DATA_F64;
      case BF16 -> DATA_BF16;
      case I32, U8 -> throw new IllegalArgumentException("there are no products of " + type);
    };
  }

  /** The library's number for the rounding of operands and sums. */
  static int computeType(Gemm gemm) {
    if (gemm.a().type() != gemm.b().type()) {
      throw new IllegalArgumentException(
          "a product's operands have one type, not " + gemm.a().type() + " and " + gemm.b().type());
    }
    return switch (gemm.a().type()) {
      case F64 -> COMPUTE_F64;
      case F32 -> gemm.precision() == Gemm.Precision.TF32 ? COMPUTE_TF32 : COMPUTE_F32;
      case BF16, I32, U8 -> COMPUTE_F32;
    };
  }
}
