package org.basisar.nn.io.pytorch;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.StoredTensor;
import org.basisar.nn.io.StoredType;
import org.basisar.nn.io.TensorSink;
import org.basisar.nn.io.TensorSource;
import org.basisar.nn.io.TensorWriter;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;

/**
 * Writes a state dict as PyTorch's zip format has it: an OrderedDict of tensors in the order in
 * which they were added, each with a storage of its own. Arrays are taken by reference and read
 * while writing.
 */
public final class TorchWriter implements TensorWriter<TorchWriter> {
  private static final String ROOT = "archive/";

  private final Map<String, Entry> entries = new LinkedHashMap<>();

  private record Entry(StoredTensor tensor, TensorSource source) {}

  /**
   * Adds a tensor whose elements come when their turn has come.
   *
   * @throws TorchFileException if the name is taken
   */
  @Override
  public TorchWriter add(String name, DType dtype, Shape shape, TensorSource source) {
    long bytes = (long) shape.size() * dtype.bytes();
    Entry entry = new Entry(new StoredTensor(name, StoredType.of(dtype), shape, bytes), source);
    if (entries.putIfAbsent(name, entry) != null) {
      throw new TorchFileException(
          Reason.DUPLICATE_NAME, "tensor " + Json.quote(name) + " was added twice; rename one");
    }
    return this;
  }

  /**
   * Writes the bare state dict: beside the target, forced to the disk, renamed over it.
   *
   * @throws TorchFileException if the system refuses; then the target is what it was before
   */
  public void write(Path file) {
    write(file, new String[0]);
  }

  /**
   * As {@link #write(Path)}, with the state dict inside nested dicts of these names: {@code
   * write(file, "model")} makes {@code {"model": …}}.
   *
   * @throws TorchFileException if the system refuses; then the target is what it was before
   */
  public void write(Path file, String... path) {
    try {
      AtomicFile.replace(file, channel -> write(new ZipWriter(channel), path));
    } catch (IOException e) {
      throw new TorchFileException(
          Reason.UNWRITABLE, file + " cannot be written: " + IoReason.of(e), e);
    }
  }

  void write(ZipWriter zip, String... path) throws IOException {
    zip.part(ROOT + "data.pkl", pickle(path));
    zip.part(ROOT + "byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    int key = 0;
    for (Entry entry : entries.values()) {
      zip.part(
          ROOT + "data/" + key++,
          entry.tensor().byteSize(),
          channel -> TensorSink.deliver(channel, entry.tensor(), entry.source()));
    }
    zip.part(ROOT + "version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private byte[] pickle(String... path) {
    PickleWriter pickle = new PickleWriter();
    for (String step : path) {
      pickle.dictionary();
      pickle.members();
      pickle.text(step);
    }
    pickle.orderedDictionary();
    pickle.members();
    int key = 0;
    for (Entry entry : entries.values()) {
      StoredTensor tensor = entry.tensor();
      StorageType type =
          StorageType.of(tensor.type())
              .orElseThrow(() -> new IllegalStateException("no storage of " + tensor.type()));
      pickle.text(tensor.name());
      pickle.tensor(
          new StoredStorage(type, Integer.toString(key++), tensor.shape().size()), tensor.shape());
    }
    pickle.endMembers();
    for (String _ : path) {
      pickle.endMembers();
    }
    return pickle.stop();
  }
}
