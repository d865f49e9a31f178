package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;

/**
 * The format of PyTorch before 1.6: five pickles one after the other, then each storage as its
 * length and its elements.
 */
final class LegacyContainer implements StorageContainer {
  private static final BigInteger MAGIC = new BigInteger("1950a86a20f9469cfc6c", 16);
  private static final BigInteger PROTOCOL = BigInteger.valueOf(1001);
  private static final int MAGIC_BYTES = 2;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final MemorySegment file;
  private final String what;
  private final Map<String, Long> begins = new HashMap<>();
  private final TorchValue root;

  LegacyContainer(MemorySegment file, String what) {
    this.file = file;
    this.what = what;
    PickleCursor cursor = new PickleCursor(file, 0, what);
    Storages none = new Storages(what);
    require(plain(cursor, none).equals(new TorchValue.Whole(MAGIC)), "has no magic number");
    require(
        plain(cursor, none).equals(new TorchValue.Whole(PROTOCOL)),
        "is of another version than 1001");
    require(
        plain(cursor, none) instanceof TorchValue.Dictionary(var system)
            && new TorchValue.Truth(true).equals(system.get(new TorchValue.Text("little_endian"))),
        "was written on a machine with the other byte order");
    Storages storages = new Storages(what);
    this.root = new Unpickler(cursor, storages).run();
    if (!(plain(cursor, none) instanceof TorchValue.Sequence(List<TorchValue> keys))) {
      throw new TorchFileException(Reason.FORMAT, what + " has no list of its storages");
    }
    locate(keys, storages, cursor.position());
  }

  /** Whether the file begins like a pickle. */
  static boolean looksLikePickle(MemorySegment file) {
    return file.byteSize() > MAGIC_BYTES
        && file.get(ValueLayout.JAVA_BYTE, 0) == (byte) 0x80
        && file.get(ValueLayout.JAVA_BYTE, 1) == 2;
  }

  private static TorchValue plain(PickleCursor cursor, Storages none) {
    return new Unpickler(cursor, none).run();
  }

  private void require(boolean condition, String fault) {
    if (!condition) {
      throw new TorchFileException(Reason.FORMAT, what + " " + fault + ", so it is not read");
    }
  }

  private void locate(List<TorchValue> keys, Storages storages, long start) {
    long at = start;
    for (TorchValue element : keys) {
      StoredStorage storage =
          element instanceof TorchValue.Text(String key) ? storages.byKey().get(key) : null;
      if (storage == null || begins.containsKey(storage.key())) {
        throw storage("lists a storage that no tensor uses or that it listed before");
      }
      if (file.byteSize() - at < Long.BYTES
          || file.get(LONG, at) != storage.elements()
          || storage.bytes() > file.byteSize() - at - Long.BYTES) {
        throw storage(
            "should hold storage "
                + Json.quote(storage.key())
                + " of "
                + storage.bytes()
                + " bytes but does not; copy it again");
      }
      begins.put(storage.key(), at + Long.BYTES);
      at += Long.BYTES + storage.bytes();
    }
    for (String key : storages.byKey().keySet()) {
      if (!begins.containsKey(key)) {
        throw storage("does not list storage " + Json.quote(key) + "; copy it again");
      }
    }
    if (at != file.byteSize()) {
      throw storage("has " + (file.byteSize() - at) + " bytes that belong to no storage");
    }
  }

  private TorchFileException storage(String words) {
    return new TorchFileException(Reason.STORAGE, what + " " + words);
  }

  TorchValue root() {
    return root;
  }

  @Override
  public MemorySegment bytes(StoredStorage storage) {
    Long begin = begins.get(storage.key());
    if (begin == null) {
      throw storage("has no storage " + Json.quote(storage.key()));
    }
    return file.asSlice(begin, storage.bytes()).asReadOnly();
  }
}
