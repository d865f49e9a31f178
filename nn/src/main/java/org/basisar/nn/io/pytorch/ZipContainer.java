package org.basisar.nn.io.pytorch;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.SequencedMap;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.pytorch.TorchFileException.Reason;
import org.basisar.nn.io.pytorch.ZipDirectory.Part;

/**
 * The parts of a zip file in memory. Uncompressed ones are handed out where they lie; their
 * checksum is compared the first time. Compressed ones are unpacked each time into exactly the size
 * that the directory promised.
 */
final class ZipContainer implements StorageContainer {
  /** Longest part that is unpacked; PyTorch compresses nothing. */
  private static final long MAX_UNPACKED = 1L << 28;

  private static final int CHUNK = 1 << 20;

  private final MemorySegment file;
  private final String what;
  private final SequencedMap<String, Part> parts;
  private final Set<String> checked = ConcurrentHashMap.newKeySet();

  ZipContainer(MemorySegment file, String what) {
    this.file = file;
    this.what = what;
    this.parts = ZipDirectory.read(file, what);
  }

  boolean has(String name) {
    return parts.containsKey(name);
  }

  /** The bytes of a part, unpacked and compared with its checksum. */
  MemorySegment bytes(String name) {
    Part part = parts.get(name);
    if (part == null) {
      throw new TorchFileException(
          Reason.CONTAINER,
          what + " has no part " + Json.quote(name) + ", so it is no file of PyTorch's");
    }
    MemorySegment stored = file.asSlice(part.begin(), part.stored()).asReadOnly();
    if (part.deflated()) {
      MemorySegment unpacked = unpack(part, stored);
      verify(part, unpacked);
      return unpacked;
    }
    if (!checked.contains(name)) {
      verify(part, stored);
      checked.add(name);
    }
    return stored;
  }

  /**
   * Checks that every storage has a part of its size.
   *
   * @throws TorchFileException naming the first that has not
   */
  void require(Iterable<StoredStorage> storages) {
    for (StoredStorage storage : storages) {
      Part part = parts.get(partName(storage));
      if (part == null || part.size() != storage.bytes()) {
        throw new TorchFileException(
            Reason.STORAGE,
            what
                + " should hold storage "
                + Json.quote(storage.key())
                + " of "
                + storage.bytes()
                + " bytes but "
                + (part == null ? "does not hold it" : "holds " + part.size())
                + "; copy it again");
      }
    }
  }

  @Override
  public MemorySegment bytes(StoredStorage storage) {
    return bytes(partName(storage));
  }

  private static String partName(StoredStorage storage) {
    return "data/" + storage.key();
  }

  private void verify(Part part, MemorySegment bytes) {
    CRC32 checksum = new CRC32();
    for (long at = 0; at < bytes.byteSize(); at += CHUNK) {
      checksum.update(bytes.asSlice(at, Math.min(CHUNK, bytes.byteSize() - at)).asByteBuffer());
    }
    if ((int) checksum.getValue() != part.checksum()) {
      throw new TorchFileException(
          Reason.CHECKSUM,
          what + " has part " + Json.quote(part.name()) + " with a wrong checksum; copy it again");
    }
  }

  private MemorySegment unpack(Part part, MemorySegment stored) {
    if (part.size() > MAX_UNPACKED) {
      throw new TorchFileException(
          Reason.LIMIT,
          what
              + " has part "
              + Json.quote(part.name())
              + " compressed from "
              + part.size()
              + " bytes, more than are unpacked here; store it uncompressed");
    }
    byte[] out = new byte[(int) part.size()];
    try (Inflater inflater = new Inflater(true)) {
      int done = 0;
      long next = 0;
      ByteBuffer none = ByteBuffer.allocate(1);
      while (!inflater.finished()) {
        if (inflater.needsInput()) {
          if (next == stored.byteSize()) {
            throw damaged(part);
          }
          long length = Math.min(CHUNK, stored.byteSize() - next);
          // A copy on the heap: an inflater takes no read-only view of a mapping across versions.
          inflater.setInput(stored.asSlice(next, length).toArray(ValueLayout.JAVA_BYTE));
          next += length;
        }
        int count =
            done < out.length
                ? inflater.inflate(out, done, out.length - done)
                : inflater.inflate(none.clear());
        if ((count == 0 && inflater.needsDictionary()) || done + count > out.length) {
          throw damaged(part);
        }
        done += count;
      }
      if (done != out.length) {
        throw damaged(part);
      }
    } catch (DataFormatException e) {
      throw new TorchFileException(
          Reason.CONTAINER,
          what + " has the damaged part " + Json.quote(part.name()) + "; copy it again",
          e);
    }
    return MemorySegment.ofArray(out).asReadOnly();
  }

  private TorchFileException damaged(Part part) {
    return new TorchFileException(
        Reason.CONTAINER,
        what + " has the damaged part " + Json.quote(part.name()) + "; copy it again");
  }
}
