package org.basisar.gpu;

/**
 * A batch of products of row-major matrices, C = alpha · op(A) · op(B) + beta · C with op(A) [m,
 * k], op(B) [k, n], C [m, n]. Sums are in single precision for F32 and BF16, in double for F64.
 *
 * @param transposeA whether A is stored as [k, m]
 * @param transposeB whether B is stored as [n, k]
 * @param m rows of C
 * @param n columns of C
 * @param k extent that is summed over
 * @param alpha factor of the product
 * @param a the left operand
 * @param b the right operand
 * @param beta factor of the old C; 0 means that C is not read
 * @param c the result
 * @param batch number of products, at least 1
 * @param precision how F32 operands may be rounded
 */
public record Gemm(
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    float alpha,
    Operand a,
    Operand b,
    float beta,
    Operand c,
    int batch,
    Precision precision) {

  /**
   * A matrix on the device.
   *
   * @param address of its first element
   * @param type F32, BF16 or F64; A and B have the same
   * @param rowStride elements from a row to the next
   * @param batchStride elements from a matrix to the next; 0 shares one for the whole batch
   */
  public record Operand(long address, ElementType type, int rowStride, long batchStride) {}

  /** Rounding of F32 operands. */
  public enum Precision {
    /** None. */
    FULL,
    /** To TF32's 10 bits of mantissa, on tensor cores. */
    TF32
  }
}
