package org.basisar.gpu.jcuda;

/**
 * NVIDIA's libraries that are used, in the order they are loaded: each needs only those before it.
 */
public enum CudaLibrary {
  /** Matrix products with epilogues; cuBLAS is built on it. */
  CUBLAS_LT("libcublasLt.so.", 12, 13),
  /** Matrix products. */
  CUBLAS("libcublas.so.", 12, 13),
  /** Linker of device code that cuSPARSE needs. */
  NV_JIT_LINK("libnvJitLink.so.", 12, 13),
  /** Needed by cuSOLVER. */
  CUSPARSE("libcusparse.so.", 12, 12),
  /** Decompositions. */
  CUSOLVER("libcusolver.so.", 11, 12),
  /** Decompositions on several devices: unused, but JCuda's native asks for it. */
  CUSOLVER_MG("libcusolverMg.so.", 11, 12),
  /** Convolutions. */
  CUDNN("libcudnn.so.", 9, 9);

  private final String stem;
  private final int with12;
  private final int with13;

  CudaLibrary(String stem, int with12, int with13) {
    this.stem = stem;
    this.with12 = with12;
    this.with13 = with13;
  }

  /**
   * The file name that programs ask for.
   *
   * @param cudaMajor 12 or 13
   */
  public String soname(int cudaMajor) {
    return stem
        + switch (cudaMajor) {
          case 12 -> with12;
          case 13 -> with13;
          default -> throw new IllegalArgumentException("no libraries of CUDA " + cudaMajor);
        };
  }
}
