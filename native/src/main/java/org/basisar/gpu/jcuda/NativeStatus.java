package org.basisar.gpu.jcuda;

import java.util.function.IntFunction;
import jcuda.CudaException;
import jcuda.driver.CUresult;
import jcuda.driver.JCudaDriver;
import jcuda.jcublas.JCublas2;
import jcuda.jcublas.cublasStatus;
import jcuda.jcudnn.JCudnn;
import jcuda.jcudnn.cudnnStatus;
import jcuda.jcusolver.cusolverStatus;
import org.basisar.gpu.GpuException;

/**
 * How each library answers, and what its answers mean. JCuda's exceptions are enabled everywhere,
 * so that no answer passes unseen; they carry only a name, from which the number is found again
 * here.
 */
enum NativeStatus {
  /** The driver. */
  DRIVER(CUresult::stringFor) {
    @Override
    String text(int status) {
      String[] text = new String[1];
      try {
        JCudaDriver.cuGetErrorString(status, text);
      } catch (CudaException _) {
        return "";
      }
      return text[0] == null ? "" : text[0];
    }

    @Override
    String remedy(int status) {
      return switch (status) {
        case OUT_OF_MEMORY -> "use a smaller batch or model, or end what else uses the GPU";
        case 3, 4 -> "the driver is shutting down; start the program again";
        case 100, 101 -> "check nvidia-smi and CUDA_VISIBLE_DEVICES";
        case 209 -> "the GPU is older than the kernels; compute capability 8.0 is needed";
        case 218, 221, 222 -> "install a newer NVIDIA driver";
        case 214, 700, 715, 716, 717, 718, 719 ->
            "a kernel failed and the GPU is lost to this process; start again, and find the place"
                + " with --device sim or compute-sanitizer";
        case 701 -> "the launch wants more registers or shared memory than a block has";
        case 702 -> "a kernel ran into the display driver's time limit; use another GPU";
        case 802, 803, 804 -> "restart the machine, so that driver and kernel module match";
        case 900, 901, 902, 903, 904, 905, 906, 907, 908 ->
            "something was called that cannot be recorded; nothing may be allocated or waited for"
                + " during a capture";
        default -> "run bar doctor to see driver and libraries";
      };
    }
  },
  /** cuBLAS and cuBLASLt. */
  BLAS(cublasStatus::stringFor) {
    @Override
    String text(int status) {
      return JCublas2.cublasGetStatusString(status);
    }

    @Override
    String remedy(int status) {
      return switch (status) {
        case 1 -> "the library could not be initialised; check with nvidia-smi that memory is free";
        case 3 -> "use a smaller batch or model, or end what else uses the GPU";
        case 8 -> "the GPU is too old for this data type; compute capability 8.0 is needed";
        case 15 ->
            "the library has no such product for these types and strides; install a newer one";
        default -> "run bar doctor to see which library was taken";
      };
    }
  },
  /** cuSOLVER. */
  SOLVER(cusolverStatus::stringFor) {
    @Override
    String remedy(int status) {
      return switch (status) {
        case 1 -> "the library could not be initialised; check with nvidia-smi that memory is free";
        case 2 -> "use a smaller matrix, or end what else uses the GPU";
        default -> "run bar doctor to see which library was taken";
      };
    }
  },
  /** cuDNN. JCuda's names are those of version 8, the library has its own since 9. */
  DNN(cudnnStatus::stringFor) {
    @Override
    String text(int status) {
      return JCudnn.cudnnGetErrorString(status);
    }

    @Override
    String remedy(int status) {
      return switch (status / 1000) {
        case 1 -> "check that cuDNN 9 fits the CUDA version and the driver";
        case 3 -> "the library has no such convolution for these types and sizes";
        default -> "run bar doctor to see which library was taken";
      };
    }
  };

  /** The driver's number for it. */
  static final int OUT_OF_MEMORY = 2;

  /** The driver's number for work that is still going on. */
  static final int NOT_READY = 600;

  private static final int LARGEST = 9_999;

  /** A call into a library. */
  @FunctionalInterface
  interface Call {
    /** Calls. */
    int run();
  }

  @SuppressWarnings("ImmutableEnumChecker") // a method reference
  private final IntFunction<String> names;

  NativeStatus(IntFunction<String> names) {
    this.names = names;
  }

  /** The library's own words for a status; empty if it has none. */
  String text(int status) {
    return "";
  }

  abstract String remedy(int status);

  /** Calls; the status, 0 for success. */
  int attempt(Call call) {
    try {
      return call.run();
    } catch (CudaException e) {
      return number(String.valueOf(e.getMessage()));
    }
  }

  /**
   * Calls.
   *
   * @param function name in C, for the message
   * @throws GpuException if the answer is not success
   */
  void check(String function, Call call) {
    int status = attempt(call);
    if (status != 0) {
      throw failure(function, status);
    }
  }

  /** What to throw for a status. */
  GpuException failure(String function, int status) {
    StringBuilder message = new StringBuilder(function).append(" failed with ");
    message.append(this == DNN ? "status" : names.apply(status)).append(" (").append(status);
    String text = text(status);
    if (!text.isBlank()) {
      message.append(", ").append(text);
    }
    return new GpuException(message.append("); ").append(remedy(status)).toString(), status);
  }

  private int number(String name) {
    for (int status = 1; status <= LARGEST; status++) {
      if (name.equals(names.apply(status))) {
        return status;
      }
    }
    // JCuda's own, for what it could not even pass on.
    return -1;
  }
}
