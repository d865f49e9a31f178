package org.basisar.gpu.jcuda;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_FLOAT;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.basisar.gpu.ElementType;
import org.basisar.gpu.FusedBlas;
import org.basisar.gpu.Gemm;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.GpuStream;

/**
 * cuBLASLt, which JCuda does not have. As in {@link CudaBlas}, Cᵀ = Bᵀ · Aᵀ is asked for; the
 * library's bias runs along the rows of what it sees, which are our columns, as wanted. Numbers of
 * attributes and the layout of a heuristic result are those of {@code cublasLt.h}.
 */
final class BlasLt implements FusedBlas, AutoCloseable {
  private static final int SCALE_F32 = 0;
  private static final int DESCRIPTION_TRANSPOSE_A = 3;
  private static final int DESCRIPTION_TRANSPOSE_B = 4;
  private static final int DESCRIPTION_EPILOGUE = 7;
  private static final int DESCRIPTION_BIAS = 8;
  private static final int LAYOUT_BATCH = 5;
  private static final int LAYOUT_BATCH_STRIDE = 6;
  private static final int PREFERENCE_WORKSPACE = 1;
  private static final int PREFERENCE_ALIGNMENT_LEFT = 5;
  private static final int PREFERENCE_ALIGNMENT_RIGHT = 6;
  private static final int PREFERENCE_ALIGNMENT_OLD = 7;
  private static final int PREFERENCE_ALIGNMENT_RESULT = 8;
  private static final int EPILOGUE_BIAS = 4;
  private static final int EPILOGUE_GELU_BIAS = 36;

  /** The algorithm, 64 bytes, then the workspace's size, the state, and what does not matter. */
  private static final int RESULT_BYTES = 96;

  private static final int RESULT_STATE = 72;

  /**
   * A product but for its factors, and with no more of its addresses than what they are multiples
   * of, which the choice of the algorithm depends on.
   */
  private record Form(
      boolean transposeA,
      boolean transposeB,
      int m,
      int n,
      int k,
      Gemm.Operand a,
      Gemm.Operand b,
      Gemm.Operand c,
      int batch,
      Gemm.Precision precision,
      Epilogue epilogue,
      long biasAlignment) {

    static Form of(Gemm gemm, Epilogue epilogue, long bias) {
      return new Form(
          gemm.transposeA(),
          gemm.transposeB(),
          gemm.m(),
          gemm.n(),
          gemm.k(),
          anywhere(gemm.a()),
          anywhere(gemm.b()),
          anywhere(gemm.c()),
          gemm.batch(),
          gemm.precision(),
          epilogue,
          alignment(bias));
    }

    /** The operand, with its address replaced by its alignment. */
    private static Gemm.Operand anywhere(Gemm.Operand operand) {
      return new Gemm.Operand(
          alignment(operand.address()), operand.type(), operand.rowStride(), operand.batchStride());
    }

    /** The greatest power of two that divides an address; 256 is all that matters. */
    private static long alignment(long address) {
      return Long.lowestOneBit(address | 256);
    }
  }

  /** The library's descriptors of a form, and the algorithm it chose. */
  private record Plan(
      long description, long left, long right, long result, MemorySegment algorithm) {}

  /** Something the library made, and the function that ends it. */
  private record Owned(String destroy, long object) {}

  private final CudaGpu gpu;
  private final ForeignLibrary library;
  private final MethodHandle matmul;
  private final long handle;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment scalars = arena.allocate(JAVA_FLOAT, 2);
  private final MemorySegment cell = arena.allocate(JAVA_LONG);
  private final Map<Form, Plan> plans = new HashMap<>();
  private final Deque<Owned> owned = new ArrayDeque<>();

  BlasLt(CudaGpu gpu, ForeignLibrary library) {
    this.gpu = gpu;
    this.library = library;
    this.matmul =
        library.bind(
            "cublasLtMatmul",
            FunctionDescriptor.of(
                JAVA_INT, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG,
                JAVA_LONG));
    this.handle = create("cublasLtCreate");
  }

  /** Calls a function whose first parameter receives a handle. */
  private long create(String function, Object... arguments) {
    Object[] all = new Object[arguments.length + 1];
    all[0] = cell;
    System.arraycopy(arguments, 0, all, 1, arguments.length);
    check(function, library.call(function, all));
    long object = cell.get(JAVA_LONG, 0);
    owned.push(new Owned(function.replace("Create", "Destroy"), object));
    return object;
  }

  private void destroy(Owned one) {
    check(one.destroy(), library.call(one.destroy(), one.object()));
  }

  private static void check(String function, int status) {
    if (status != 0) {
      throw NativeStatus.BLAS.failure(function, status);
    }
  }

  private void setInt(String function, long object, int attribute, int value) {
    cell.set(JAVA_INT, 0, value);
    check(function, library.call(function, object, attribute, cell, (long) Integer.BYTES));
  }

  private void setLong(String function, long object, int attribute, long value) {
    cell.set(JAVA_LONG, 0, value);
    check(function, library.call(function, object, attribute, cell, (long) Long.BYTES));
  }

  @Override
  public synchronized void gemm(GpuStream stream, Gemm gemm, Epilogue epilogue, long bias) {
    if (gemm.c().type() == ElementType.F64) {
      throw new IllegalArgumentException("fused products are of F32 and BF16, not F64");
    }
    if (gemm.m() == 0 || gemm.n() == 0) {
      return;
    }
    gpu.makeCurrent();
    CudaStream own = (CudaStream) stream;
    CudaBlas.Queue queue = gpu.cudaBlas().prepare(own);
    Form form = Form.of(gemm, epilogue, bias);
    Plan plan = plans.get(form);
    if (plan == null) {
      plan = plan(form, bias);
      plans.put(form, plan);
    }
    setLong("cublasLtMatmulDescSetAttribute", plan.description(), DESCRIPTION_BIAS, bias);
    scalars.setAtIndex(JAVA_FLOAT, 0, gemm.alpha());
    scalars.setAtIndex(JAVA_FLOAT, 1, gemm.beta());
    int status;
    try {
      status =
          (int)
              matmul.invokeExact(
                  handle,
                  plan.description(),
                  scalars,
                  gemm.b().address(),
                  plan.left(),
                  gemm.a().address(),
                  plan.right(),
                  scalars.asSlice(Float.BYTES),
                  gemm.c().address(),
                  plan.result(),
                  gemm.c().address(),
                  plan.result(),
                  plan.algorithm(),
                  queue.workspace(),
                  gpu.cudaBlas().workspaceBytes(),
                  own.handle().value());
    } catch (Throwable e) {
      // A C function throws nothing; what arrives here is a mistake in the lines above.
      throw new AssertionError("calling cublasLtMatmul", e);
    }
    check("cublasLtMatmul", status);
  }

  private Plan plan(Form form, long bias) {
    int compute =
        CudaBlas.computeType(
            new Gemm(
                form.transposeA(),
                form.transposeB(),
                form.m(),
                form.n(),
                form.k(),
                1,
                form.a(),
                form.b(),
                0,
                form.c(),
                form.batch(),
                form.precision()));
    long description = create("cublasLtMatmulDescCreate", compute, SCALE_F32);
    String set = "cublasLtMatmulDescSetAttribute";
    setInt(set, description, DESCRIPTION_TRANSPOSE_A, CudaBlas.operation(form.transposeB()));
    setInt(set, description, DESCRIPTION_TRANSPOSE_B, CudaBlas.operation(form.transposeA()));
    setInt(
        set,
        description,
        DESCRIPTION_EPILOGUE,
        switch (form.epilogue()) {
          case BIAS -> EPILOGUE_BIAS;
          case BIAS_GELU -> EPILOGUE_GELU_BIAS;
        });
    // The choice of the algorithm looks at the alignment of the address.
    setLong(set, description, DESCRIPTION_BIAS, bias);
    long left =
        form.transposeB()
            ? layout(form.b(), form.k(), form.n(), form.batch())
            : layout(form.b(), form.n(), form.k(), form.batch());
    long right =
        form.transposeA()
            ? layout(form.a(), form.m(), form.k(), form.batch())
            : layout(form.a(), form.k(), form.m(), form.batch());
    long result = layout(form.c(), form.n(), form.m(), form.batch());
    long preference = create("cublasLtMatmulPreferenceCreate");
    String prefer = "cublasLtMatmulPreferenceSetAttribute";
    setLong(prefer, preference, PREFERENCE_WORKSPACE, gpu.cudaBlas().workspaceBytes());
    setInt(prefer, preference, PREFERENCE_ALIGNMENT_LEFT, (int) form.b().address());
    setInt(prefer, preference, PREFERENCE_ALIGNMENT_RIGHT, (int) form.a().address());
    setInt(prefer, preference, PREFERENCE_ALIGNMENT_OLD, (int) form.c().address());
    setInt(prefer, preference, PREFERENCE_ALIGNMENT_RESULT, (int) form.c().address());
    MemorySegment algorithm = algorithm(description, left, right, result, preference);
    return new Plan(description, left, right, result, algorithm);
  }

  /** A matrix as the library sees it: our rows are its columns. */
  private long layout(Gemm.Operand operand, int rows, int columns, int batch) {
    long layout =
        create(
            "cublasLtMatrixLayoutCreate",
            CudaBlas.dataType(operand.type()),
            (long) rows,
            (long) columns,
            (long) operand.rowStride());
    if (batch > 1) {
      setInt("cublasLtMatrixLayoutSetAttribute", layout, LAYOUT_BATCH, batch);
      setLong(
          "cublasLtMatrixLayoutSetAttribute", layout, LAYOUT_BATCH_STRIDE, operand.batchStride());
    }
    return layout;
  }

  private MemorySegment algorithm(
      long description, long left, long right, long result, long preference) {
    MemorySegment choice = arena.allocate(RESULT_BYTES, 8);
    cell.set(JAVA_LONG, 0, 0);
    int status =
        library.call(
            "cublasLtMatmulAlgoGetHeuristic",
            handle,
            description,
            left,
            right,
            result,
            result,
            preference,
            1,
            choice,
            cell);
    int found = cell.get(JAVA_INT, 0);
    check("cublasLtMatmulAlgoGetHeuristic", status);
    if (found == 0 || choice.get(JAVA_INT, RESULT_STATE) != 0) {
      throw new GpuException(
          "cuBLASLt has no algorithm for this product; multiply and add the bias separately", 0);
    }
    return choice;
  }

  @Override
  public synchronized void close() {
    plans.clear();
    while (!owned.isEmpty()) {
      destroy(owned.pop());
    }
    arena.close();
  }
}
