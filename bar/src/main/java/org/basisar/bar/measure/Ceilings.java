package org.basisar.bar.measure;

import org.basisar.tensor.DType;
import org.basisar.tensor.Device;
import org.basisar.tensor.Ops;
import org.basisar.tensor.Program;
import org.basisar.tensor.Scope;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;

/**
 * The most that a device was seen to do in this process: the roof that other figures are held
 * against.
 *
 * @param gigaflops of a large square product, 1e9 operations a second
 * @param gigabytes read and written by a large copy, 1e9 bytes a second
 */
public record Ceilings(double gigaflops, double gigabytes) {
  /** The time that the slower of arithmetic and traffic needs at the ceilings. */
  public double secondsOf(double flops, double bytes) {
    return Math.max(flops / (gigaflops * 1e9), bytes / (gigabytes * 1e9));
  }

  /**
   * Measures both on the current device.
   *
   * @param dtype of the product's operands
   * @param side rows and columns of the product's matrices
   * @param copied elements of the copy
   * @param seconds that a round of measuring should take
   */
  public static Ceilings measure(DType dtype, int side, int copied, double seconds) {
    Device device = Device.current();
    try (Scope _ = Scope.open()) {
      Tensor left = Ops.fill(Shape.of(side, side), dtype, 0.5);
      Tensor right = Ops.fill(Shape.of(side, side), dtype, 0.25);
      Tensor source = Ops.fill(Shape.of(copied), DType.F32, 1);
      Tensor target = Ops.fill(Shape.of(copied), DType.F32, 0);
      try (Program product = Captures.of(() -> Ops.matmul(left, right));
          Program copy = Captures.of(() -> Ops.copyInto(target, source))) {
        Timing multiplying = Timing.of(device, seconds, product::replay);
        Timing copying = Timing.of(device, seconds, copy::replay);
        return new Ceilings(
            2.0 * side * side * side / multiplying.least() / 1e9,
            8.0 * copied / copying.least() / 1e9);
      }
    }
  }
}
