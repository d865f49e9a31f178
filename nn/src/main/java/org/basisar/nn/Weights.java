package org.basisar.nn;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.basisar.nn.io.SafeTensorsReader;
import org.basisar.nn.io.SafeTensorsWriter;
import org.basisar.nn.io.Sha256;
import org.basisar.nn.io.ShardedSafeTensors;
import org.basisar.nn.io.StoredTensor;
import org.basisar.nn.io.StoredType;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.TensorSink;
import org.basisar.nn.io.pytorch.TorchFile;
import org.basisar.nn.io.pytorch.TorchWriter;
import org.basisar.tensor.DType;
import org.basisar.tensor.HostArrays;
import org.basisar.tensor.Tensor;

/** Named tensors to and from files. */
public final class Weights {
  private static final int SIGNATURE_BYTES = 8;

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

  /**
   * Writes tensors for other programs: a PyTorch file with the state dict under {@code key} if the
   * name ends in {@code .pth}, {@code .pt} or {@code .ckpt}, else a safetensors file.
   */
  public static void export(Path file, Map<String, Tensor> tensors, String key) {
    String name = file.toString();
    if (!name.endsWith(".pth") && !name.endsWith(".pt") && !name.endsWith(".ckpt")) {
      write(file, tensors, Map.of());
      return;
    }
    TorchWriter writer = new TorchWriter();
    tensors.forEach((path, tensor) ->
        writer.add(path, tensor.dtype(), tensor.shape(), sink -> deliver(tensor, sink)));
    writer.write(file, key);
  }

  /**
   * SHA-256 in 64 hexadecimal digits: of names and of values as little-endian fp32, in the order of
   * the map.
   */
  public static String checksum(Map<String, Tensor> tensors) {
    return Sha256.of(digest ->
        tensors.forEach((name, tensor) -> {
          digest.update(name.getBytes(StandardCharsets.UTF_8));
          double[] values = tensor.toDoubles();
          ByteBuffer bytes =
              ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
          for (double value : values) {
            bytes.putFloat((float) value);
          }
          digest.update(bytes.flip());
        }));
  }

  /** Brings one tensor at a time to the host. */
  private static void deliver(Tensor tensor, TensorSink sink) throws IOException {
    Object values = HostArrays.create(tensor.dtype(), tensor.size());
    tensor.copyTo(values, 0);
    switch (tensor.dtype()) {
      case F64 -> sink.doubles((double[]) values, 0, tensor.size());
      case F32 -> sink.floats((float[]) values, 0, tensor.size());
      case BF16 -> sink.bf16Bits((short[]) values, 0, tensor.size());
      case I32 -> sink.ints((int[]) values, 0, tensor.size());
      case U8 -> sink.bytes((byte[]) values, 0, tensor.size());
    }
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
   * Opens a file of weights, whatever its format: a safetensors file, an index of several ({@code
   * .json}), or a PyTorch file of either kind.
   *
   * @param keys dicts that a PyTorch file may keep its weights in, the first that it has counts; if
   *     it has none of them its top is the state dict
   * @throws RuntimeException of the format, in one sentence, if the file is refused
   */
  @SuppressWarnings("MustBeClosedChecker") // The caller closes what it is given.
  public static TensorFile open(Path file, String... keys) {
    if (file.toString().endsWith(".json")) {
      return ShardedSafeTensors.open(file);
    }
    if (!TorchFile.looksLike(start(file))) {
      return SafeTensorsReader.open(file);
    }
    TorchFile torch = TorchFile.open(file);
    boolean found = false;
    try {
      for (String key : keys) {
        if (torch.hasDictionary(key)) {
          TensorFile tensors = torch.tensors(key);
          found = true;
          return tensors;
        }
      }
      TensorFile tensors = torch.tensors();
      found = true;
      return tensors;
    } finally {
      if (!found) {
        torch.close();
      }
    }
  }

  private static byte[] start(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(SIGNATURE_BYTES);
    } catch (IOException _) {
      // The reader that is chosen next says in words what is wrong with the path.
      return new byte[0];
    }
  }

  /**
   * Overwrites tensors from a safetensors file that must hold exactly them.
   *
   * @throws WeightsException naming every missing, unexpected and misshaped tensor at once; then
   *     nothing was overwritten
   */
  public static void read(Path file, Map<String, Tensor> tensors) {
    try (SafeTensorsReader reader = SafeTensorsReader.open(file)) {
      read(file.toString(), reader, tensors, _ -> false);
    }
  }

  /**
   * Overwrites tensors from an open file that must hold exactly them.
   *
   * @param what names the file in messages
   * @param ignored names that the file may hold besides
   * @throws WeightsException naming every missing, unexpected and misshaped tensor at once; then
   *     nothing was overwritten
   */
  public static void read(
      String what, TensorFile reader, Map<String, Tensor> tensors, Predicate<String> ignored) {
    check(what, reader, tensors, ignored);
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

  private static void check(
      String file, TensorFile reader, Map<String, Tensor> tensors, Predicate<String> ignored) {
    List<String> faults = new ArrayList<>();
    for (StoredTensor entry : reader.entries()) {
      Tensor tensor = tensors.get(entry.name());
      if (tensor == null) {
        if (!ignored.test(entry.name())) {
          faults.add(entry.name() + " is unexpected");
        }
      } else if (!tensor.shape().equals(entry.shape())) {
        faults.add(entry.name() + " is " + entry.shape() + " instead of " + tensor.shape());
      } else if (!readable(tensor.dtype(), entry.type())) {
        faults.add(entry.name() + " is " + entry.type() + " instead of " + tensor.dtype());
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

  private static boolean readable(DType wanted, StoredType stored) {
    return switch (wanted) {
      case F64 ->
          switch (stored) {
            case F64, F32, BF16, F16 -> true;
            default -> false;
          };
      case F32 ->
          switch (stored) {
            case F32, BF16, F16 -> true;
            default -> false;
          };
      case BF16, I32, U8 -> stored.dtype().filter(dtype -> dtype == wanted).isPresent();
    };
  }
}
