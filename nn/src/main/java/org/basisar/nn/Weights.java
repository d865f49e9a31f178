package org.basisar.nn;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.basisar.nn.io.SafeTensorsReader;
import org.basisar.nn.io.SafeTensorsWriter;
import org.basisar.nn.io.StoredTensor;
import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Tensor;

/** Named tensors to and from safetensors files. */
public final class Weights {
  private Weights() {}

  /**
   * Writes tensors in their own dtype.
   *
   * @param metadata strings kept in the file's header
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata) {
    SafeTensorsWriter writer = new SafeTensorsWriter();
    metadata.forEach(writer::metadata);
    tensors.forEach((name, tensor) -> add(writer, name, tensor));
    writer.write(file);
  }

  private static void add(SafeTensorsWriter writer, String name, Tensor tensor) {
    Object values = HostArrays.create(tensor.dtype(), tensor.size());
    tensor.copyTo(values, 0);
    switch (tensor.dtype()) {
      case F64 -> writer.addDoubles(name, tensor.shape(), (double[]) values, 0);
      case F32 -> writer.addFloats(name, tensor.shape(), (float[]) values, 0);
      case BF16 -> writer.addBf16Bits(name, tensor.shape(), (short[]) values, 0);
      case I32 -> writer.addInts(name, tensor.shape(), (int[]) values, 0);
      case U8 -> writer.addBytes(name, tensor.shape(), (byte[]) values, 0);
    }
  }

  /**
   * Overwrites tensors from a file that must hold exactly them.
   *
   * @throws WeightsException naming every missing, unexpected and misshaped tensor at once; then
   *     nothing was overwritten
   */
  public static void read(Path file, Map<String, Tensor> tensors) {
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      check(file, reader, tensors);
      tensors.forEach((name, tensor) -> {
        switch (tensor.dtype()) {
          case F64 -> {
            double[] values = new double[tensor.size()];
            reader.readDoubles(name, values, 0);
            tensor.copyFrom(values, 0);
          }
          case F32 -> {
            float[] values = new float[tensor.size()];
            reader.readFloats(name, values, 0);
            tensor.copyFrom(values, 0);
          }
          case BF16 -> {
            short[] values = new short[tensor.size()];
            reader.readBf16Bits(name, values, 0);
            tensor.copyFrom(values, 0);
          }
          case I32 -> {
            int[] values = new int[tensor.size()];
            reader.readInts(name, values, 0);
            tensor.copyFrom(values, 0);
          }
          case U8 -> {
            byte[] values = new byte[tensor.size()];
            reader.readBytes(name, values, 0);
            tensor.copyFrom(values, 0);
          }
        }
      });
    }
  }

  private static void check(Path file, SafeTensorsReader reader, Map<String, Tensor> tensors) {
    List<String> faults = new ArrayList<>();
    for (StoredTensor entry : reader.entries()) {
      Tensor tensor = tensors.get(entry.name());
      if (tensor == null) {
        faults.add(entry.name() + " is unexpected");
      } else if (!tensor.shape().equals(entry.shape())) {
        faults.add(entry.name() + " is " + entry.shape() + " instead of " + tensor.shape());
      } else if (!readable(tensor.dtype(), entry.dtype())) {
        faults.add(entry.name() + " is " + entry.dtype() + " instead of " + tensor.dtype());
      }
    }
    for (String name : tensors.keySet()) {
      if (!reader.contains(name)) {
        faults.add(name + " is missing");
      }
    }
    if (!faults.isEmpty()) {
      throw new WeightsException(file, faults);
    }
  }

  private static boolean readable(DType wanted, DType stored) {
    return wanted == stored
        || (wanted == DType.F64 && stored.isFloating())
        || (wanted == DType.F32 && stored == DType.BF16);
  }
}
