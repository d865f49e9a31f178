package org.basisar.tensor;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A typed, strided view of device memory. Shape, dtype, strides and device never change; the
 * elements may be overwritten in place by the few operations that say so.
 *
 * <p>Lifetime: see {@link Scope}. Touching a closed tensor throws {@link IllegalStateException}.
 */
public final class Tensor implements AutoCloseable {
  private final Device device;
  private final Storage storage;
  private final Shape shape;
  private final int[] strides;
  private final int offset;
  private boolean closed;

  Tensor(Device device, Storage storage, Shape shape, int[] strides, int offset) {
    this.device = device;
    this.storage = storage;
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
    storage.retain();
  }

  /** An F32 tensor holding a copy of {@code values}, row-major. */
  public static Tensor of(float[] values, int... dims) {
    return filled(DType.F32, values, values.length, dims);
  }

  /** An F64 tensor holding a copy of {@code values}, row-major. */
  public static Tensor of(double[] values, int... dims) {
    return filled(DType.F64, values, values.length, dims);
  }

  /** An I32 tensor holding a copy of {@code values}, row-major. */
  public static Tensor of(int[] values, int... dims) {
    return filled(DType.I32, values, values.length, dims);
  }

  /** A U8 tensor holding a copy of {@code values}, row-major. */
  public static Tensor of(byte[] values, int... dims) {
    return filled(DType.U8, values, values.length, dims);
  }

  /** A tensor of any dtype from doubles, rounded as {@link Elementwise.Cast} does. */
  public static Tensor of(DType dtype, double[] values, int... dims) {
    return filled(dtype, HostArrays.fromDoubles(dtype, values), values.length, dims);
  }

  private static Tensor filled(DType dtype, Object values, int count, int... dims) {
    Shape shape = Shape.of(dims);
    if (count != shape.size()) {
      throw new ShapeException("tensor: " + count + " values do not fill shape " + shape, shape);
    }
    // Not from a program's pool: what the host writes during a capture must survive the replays.
    return filled(Device.current().holding(dtype), dtype, values, shape);
  }

  private static Tensor filled(Device device, DType dtype, Object values, Shape shape) {
    int count = shape.size();
    Tensor tensor = Engine.adopt(dense(device, device.pool().allocate(dtype, count), shape));
    device.backend().write(tensor.storage.memory(), tensor.offset, values, 0, count);
    return tensor;
  }

  /** A tensor that takes the first elements of a new block. */
  static Tensor dense(Device device, Storage storage, Shape shape) {
    int origin = device.backend().origin(storage.memory());
    return new Tensor(device, storage, shape, shape.denseStrides(), origin);
  }

  /** A tensor of zeros. */
  public static Tensor zeros(DType dtype, int... dims) {
    return Ops.fill(Shape.of(dims), dtype, 0);
  }

  /** Extents. */
  public Shape shape() {
    return shape;
  }

  /** Number of elements. */
  public int size() {
    return shape.size();
  }

  /** Element type. */
  public DType dtype() {
    return storage.dtype();
  }

  /** Where the elements are. */
  public Device device() {
    return device;
  }

  /** Distance in elements between neighbours along an axis. */
  public int stride(int axis) {
    return strides[shape.axis(axis)];
  }

  /** Index in the storage of the first element. */
  public int offset() {
    return offset;
  }

  /** The memory behind this view, for back ends. */
  public Storage storage() {
    return storage;
  }

  /** Whether the elements lie in row-major order without gaps. */
  public boolean isDense() {
    int step = 1;
    for (int i = strides.length - 1; i >= 0; i--) {
      int extent = shape.dim(i);
      if (extent != 1 && strides[i] != step) {
        return shape.size() == 0;
      }
      step *= extent;
    }
    return true;
  }

  Tensor view(Shape viewShape, Movement.Layout layout) {
    Tensor view = new Tensor(device, storage, viewShape, layout.strides(), layout.offset());
    return Engine.adopt(view);
  }

  /**
   * Another tensor on the same elements that no gradient flows through.
   *
   * @return a view of the innermost scope
   */
  public Tensor detach() {
    return view(shape, new Movement.Layout(strides, offset));
  }

  /**
   * The same elements on another device: a copy that no gradient flows through, or this tensor if
   * it is there already.
   */
  public Tensor to(Device target) {
    return target == device ? this : filled(target, dtype(), gather(), shape);
  }

  /** This tensor's only element as a double. */
  public double item() {
    if (size() != 1) {
      throw new ShapeException("item: needs exactly one element, shape is " + shape, shape);
    }
    checkOpen(null);
    return switch (storage.memory()) {
      case float[] values when device == Device.CPU -> values[offset];
      case double[] values when device == Device.CPU -> values[offset];
      default -> toDoubles()[0];
    };
  }

  /** All elements as doubles, row-major; exact for every dtype. */
  public double[] toDoubles() {
    return HostArrays.toDoubles(dtype(), gather());
  }

  /** All elements as floats, row-major; F64 is rounded. */
  public float[] toFloats() {
    Object values = gather();
    if (values instanceof float[] floats) {
      return floats;
    }
    double[] doubles = HostArrays.toDoubles(dtype(), values);
    float[] floats = new float[doubles.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) doubles[i];
    }
    return floats;
  }

  /** All elements of an I32 tensor, row-major. */
  public int[] toInts() {
    return (int[]) gather();
  }

  /** All elements in a Java array of the dtype's kind, row-major. */
  private Object gather() {
    checkOpen(null);
    Object host = HostArrays.create(dtype(), size());
    if (isDense()) {
      device.backend().read(storage.memory(), offset, host, 0, size());
      return host;
    }
    if (device != Device.CPU) {
      try (Scope _ = Scope.open()) {
        return Ops.contiguous(this).gather();
      }
    }
    int[] index = new int[strides.length];
    for (int i = 0; i < size(); i++) {
      int at = offset;
      for (int axis = 0; axis < index.length; axis++) {
        at += index[axis] * strides[axis];
      }
      System.arraycopy(storage.memory(), at, host, i, 1);
      for (int axis = index.length - 1; axis >= 0 && ++index[axis] == shape.dim(axis); axis--) {
        index[axis] = 0;
      }
    }
    return host;
  }

  /**
   * Reads the elements of a dense tensor into an existing array of the dtype's kind ({@code
   * double[]}, {@code float[]}, {@code short[]}, {@code int[]} or {@code byte[]}).
   */
  public void copyTo(Object host, int hostOffset) {
    checkOpen(null);
    requireDense("copyTo");
    device.backend().read(storage.memory(), offset, host, hostOffset, size());
  }

  /** Overwrites the elements of a dense tensor from an array of the dtype's kind. */
  public void copyFrom(Object host, int hostOffset) {
    checkOpen(null);
    requireDense("copyFrom");
    device.backend().write(storage.memory(), offset, host, hostOffset, size());
    storage.overwritten();
  }

  private void requireDense(String what) {
    if (!isDense()) {
      throw new IllegalStateException(what + ": tensor of shape " + shape + " is not dense");
    }
  }

  void checkOpen(@Nullable Op op) {
    if (closed) {
      throw new IllegalStateException(
          (op == null ? "read" : op.title())
              + ": tensor of shape "
              + shape
              + " is closed; keep() it from its scope if it must live longer");
    }
  }

  /** Whether {@link #close} was called, by its scope or by its owner. */
  public boolean isClosed() {
    return closed;
  }

  /**
   * Releases this view; the memory goes back when its last view is released.
   *
   * @throws IllegalStateException if already closed
   */
  @Override
  public void close() {
    if (closed) {
      throw new IllegalStateException("tensor of shape " + shape + " is already closed");
    }
    closeIfOpen();
  }

  void closeIfOpen() {
    if (!closed) {
      closed = true;
      storage.release();
    }
  }

  // View conveniences; the rest of the operations are in Ops.

  /** See {@link Ops#reshape}. */
  public Tensor reshape(int... dims) {
    return Ops.reshape(this, dims);
  }

  /** See {@link Ops#permute}. */
  public Tensor permute(Integer... order) {
    return Ops.permute(this, List.of(order));
  }

  /** See {@link Ops#slice}. */
  public Tensor slice(int axis, int start, int length) {
    return Ops.slice(this, axis, start, length);
  }

  /** Shape, dtype, device, and for open tensors up to six corner values. Reads the device. */
  public String describe() {
    StringBuilder text = new StringBuilder(toString());
    if (!closed && size() > 0) {
      double[] values = toDoubles();
      double least = Double.POSITIVE_INFINITY;
      double most = Double.NEGATIVE_INFINITY;
      double sum = 0;
      for (double value : values) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        sum += value;
      }
      text.append(
          String.format(
              Locale.ROOT, " min %.4g mean %.4g max %.4g ", least, sum / values.length, most));
      text.append(Arrays.toString(Arrays.copyOf(values, Math.min(6, values.length))));
    }
    return text.toString();
  }

  @Override
  public String toString() {
    return dtype() + shape.toString() + "@" + device + (closed ? " (closed)" : "");
  }
}
