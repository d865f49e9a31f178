package org.basisar.nn.io.numpy;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.Enumeration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.basisar.nn.io.IoReason;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.numpy.NumpyException.Reason;

/**
 * An archive of arrays, {@code .npz}: a zip whose entries are arrays with names that end in {@code
 * .npy}, stored or deflated. Names are only compared, never resolved on a disk. Reading several
 * arrays from several threads is safe.
 */
public final class NumpyArchive implements AutoCloseable {
  private static final int MAX_ENTRIES = 4096;
  private static final String SUFFIX = ".npy";

  /** Deflate cannot do better than about 1 : 1032. */
  private static final long MAX_EXPANSION = 1040;

  private final String what;
  private final ZipFile zip;
  private final Map<String, ZipEntry> arrays = new LinkedHashMap<>();

  private NumpyArchive(String what, ZipFile zip) {
    this.what = what;
    this.zip = zip;
    if (zip.size() > MAX_ENTRIES) {
      throw new NumpyException(
          Reason.LIMIT, what + " has " + zip.size() + " entries, more than " + MAX_ENTRIES);
    }
    Enumeration<? extends ZipEntry> entries = zip.entries();
    while (entries.hasMoreElements()) {
      ZipEntry entry = entries.nextElement();
      String name = entry.getName();
      if (!name.endsWith(SUFFIX)) {
        continue;
      }
      String array = name.substring(0, name.length() - SUFFIX.length());
      if (arrays.put(array, entry) != null) {
        throw new NumpyException(
            Reason.CONTAINER, what + " has two arrays of the name " + Json.quote(array));
      }
    }
  }

  /**
   * Opens an archive.
   *
   * @throws NumpyException in one sentence if it cannot be read or is no zip
   */
  public static NumpyArchive open(Path file) {
    String what = file.toString();
    boolean opened = false;
    ZipFile zip = null;
    try {
      if (Files.isDirectory(file)) {
        throw new NumpyException(Reason.UNREADABLE, what + " is a folder; name a file");
      }
      // A missing file has a better name in the exception of this call than in that of the next.
      long size = Files.size(file);
      if (size < 22) {
        throw new NumpyException(Reason.FORMAT, what + " is too short to be an .npz file");
      }
      zip = new ZipFile(file.toFile());
      NumpyArchive archive = new NumpyArchive(what, zip);
      opened = true;
      return archive;
    } catch (ZipException | EOFException e) {
      throw new NumpyException(
          Reason.FORMAT, what + " is no whole .npz file; save it with numpy.savez", e);
    } catch (IOException e) {
      throw unreadable(what, e);
    } finally {
      if (!opened && zip != null) {
        closeQuietly(zip);
      }
    }
  }

  /** Names of the arrays, without {@code .npy}, in the order of the file. */
  public Collection<String> names() {
    return Collections.unmodifiableSet(arrays.keySet());
  }

  /** Whether there is an array of this name. */
  public boolean contains(String name) {
    return arrays.containsKey(name);
  }

  /**
   * Begins to read an array. Its header was checked against the size that the archive promises, so
   * that {@code header().bytes()} is what the file holds, unpacked.
   *
   * @throws NumpyException if there is none of this name or its header is refused
   */
  @SuppressWarnings("MustBeClosedChecker") // The reader owns the stream and closes it.
  public NumpyReader array(String name) {
    ZipEntry entry = arrays.get(name);
    if (entry == null) {
      throw new NumpyException(
          Reason.NO_SUCH_ARRAY, what + " has no array " + Json.quote(name) + "; it has " + shown());
    }
    String which = "array " + Json.quote(name) + " of " + what;
    if (entry.getSize() / MAX_EXPANSION > entry.getCompressedSize()) {
      throw new NumpyException(
          Reason.CONTAINER, which + " has an impossible size; copy the file again");
    }
    try {
      return NumpyReader.over(zip.getInputStream(entry), which, entry.getSize(), entry.getCrc());
    } catch (ZipException | EOFException e) {
      throw new NumpyException(
          Reason.CONTAINER, which + " cannot be unpacked; copy the file again", e);
    } catch (IOException e) {
      throw unreadable(which, e);
    }
  }

  private String shown() {
    return arrays.isEmpty()
        ? "none"
        : String.join(", ", arrays.keySet().stream().limit(12).map(Json::quote).toList());
  }

  static NumpyException unreadable(String what, IOException e) {
    return new NumpyException(Reason.UNREADABLE, what + " cannot be read: " + IoReason.of(e), e);
  }

  private static void closeQuietly(ZipFile zip) {
    try {
      zip.close();
    } catch (IOException _) {
      // What went wrong before is what the caller is told.
    }
  }

  /** Closes the file and all readers of its arrays. */
  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw unreadable(what, e);
    }
  }
}
