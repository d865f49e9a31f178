package org.basisar.nn.io.pytorch;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.MappedFile;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/**
 * A PyTorch file, mapped into memory, its structure read and checked. Nothing in it is run: tensors
 * and plain containers are all it may hold. Elements are read when they are asked for.
 *
 * <p>The file must not be rewritten in place while it is open.
 */
public final class TorchFile implements AutoCloseable {
  /** Longest pickle that is read; the largest published model needs a thousandth of it. */
  private static final long MAX_PICKLE_BYTES = 1L << 26;

  private static final String PICKLE = "data.pkl";
  private static final String BYTE_ORDER = "byteorder";

  private final Arena arena;
  private final String what;
  private final StorageContainer container;
  private final TorchValue root;

  private TorchFile(Arena arena, MemorySegment file, String what) {
    this.arena = arena;
    this.what = what;
    if (ZipDirectory.looksLikeZip(file)) {
      ZipContainer zip = new ZipContainer(file, what);
      requireLittleEndian(zip);
      MemorySegment pickle = zip.bytes(PICKLE);
      if (pickle.byteSize() > MAX_PICKLE_BYTES) {
        throw new TorchFileException(
            Reason.LIMIT,
            what + " has a pickle of " + pickle.byteSize() + " bytes; save a plain state dict");
      }
      Storages storages = new Storages(what);
      this.root = new Unpickler(new PickleCursor(pickle, 0, what), storages).run();
      zip.require(storages.byKey().values());
      this.container = zip;
    } else if (LegacyContainer.looksLikePickle(file)) {
      LegacyContainer legacy = new LegacyContainer(file, what);
      this.root = legacy.root();
      this.container = legacy;
    } else {
      throw new TorchFileException(
          Reason.FORMAT, what + " is neither a zip nor a pickle, so it is no file of PyTorch's");
    }
  }

  private void requireLittleEndian(ZipContainer zip) {
    if (!zip.has(BYTE_ORDER)) {
      return;
    }
    MemorySegment order = zip.bytes(BYTE_ORDER);
    byte[] start = order.asSlice(0, Math.min(16, order.byteSize())).toArray(ValueLayout.JAVA_BYTE);
    String text = new String(start, StandardCharsets.UTF_8);
    if (!text.equals("little")) {
      throw new TorchFileException(
          Reason.FORMAT,
          what
              + " has the byte order "
              + Json.quote(text)
              + "; save it on a little-endian machine");
    }
  }

  /**
   * Maps and checks a file.
   *
   * @throws TorchFileException if it cannot be read, is damaged, or holds anything but tensors and
   *     plain containers
   */
  public static TorchFile open(Path file) {
    try {
      return MappedFile.open(
          file, (arena, mapped) -> new TorchFile(arena, mapped, file.toString()));
    } catch (NoSuchFileException e) {
      throw new TorchFileException(Reason.UNREADABLE, file + " does not exist; check the path", e);
    } catch (IOException e) {
      throw new TorchFileException(
          Reason.UNREADABLE, file + " cannot be read: " + IoReason.of(e), e);
    }
  }

  /** Checks a whole file that is already in memory; {@code what} names it in messages. */
  @SuppressWarnings("MustBeClosedChecker") // The file owns the arena, which maps nothing.
  static TorchFile over(byte[] file, String what) {
    return new TorchFile(Arena.ofConfined(), MemorySegment.ofArray(file), what);
  }

  /** Whether a file begins as PyTorch's do; decides nothing about its content. */
  public static boolean looksLike(byte[] start) {
    MemorySegment bytes = MemorySegment.ofArray(start);
    return ZipDirectory.looksLikeZip(bytes) || LegacyContainer.looksLikePickle(bytes);
  }

  /** What was saved. */
  public TorchValue root() {
    return root;
  }

  /** Whether there is a dict of this name at the top. */
  public boolean hasDictionary(String name) {
    return root instanceof TorchValue.Dictionary(var members)
        && members.get(new TorchValue.Text(name)) instanceof TorchValue.Dictionary;
  }

  /**
   * All tensors below the dict at {@code path}, from the top if the path is empty, under the names
   * on the way to them joined by dots. Values that are no tensors are left out. Valid until this
   * file or the result is closed, which is the same.
   *
   * @throws TorchFileException if there is no dict at the path, or two tensors get one name
   */
  public TensorFile tensors(String... path) {
    TorchValue at = root;
    for (String step : path) {
      TorchValue next =
          at instanceof TorchValue.Dictionary(var members)
              ? members.get(new TorchValue.Text(step))
              : null;
      if (next == null) {
        throw new TorchFileException(
            Reason.NO_SUCH_ENTRY, what + " has no dict " + Json.quote(String.join(".", path)));
      }
      at = next;
    }
    return new TorchTensors(this, what, container, at);
  }

  void requireOpen() {
    if (!arena.scope().isAlive()) {
      throw new IllegalStateException(what + " was closed; open it again to read");
    }
  }

  /** Unmaps the file. A second call, or a read afterwards, throws IllegalStateException. */
  @Override
  public void close() {
    arena.close();
  }
}
