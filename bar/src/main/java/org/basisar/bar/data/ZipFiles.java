package org.basisar.bar.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/** The image files in a zip archive, read where they lie; nothing is unpacked to disk. */
final class ZipFiles implements ImageArchive {
  private final Path archive;
  private final ZipFile zip;

  private ZipFiles(Path archive, ZipFile zip) {
    this.archive = archive;
    this.zip = zip;
  }

  static ZipFiles open(Path archive) {
    try {
      return new ZipFiles(archive, new ZipFile(archive.toFile()));
    } catch (IOException fault) {
      throw new DataException(
          "%s is not a readable zip archive (%s); fetch it again."
              .formatted(archive, fault.getMessage()),
          fault);
    }
  }

  @Override
  public boolean sequential() {
    return false;
  }

  @Override
  public List<EncodedFile> list() {
    List<EncodedFile> files = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (ZipEntry entry : Collections.list(zip.entries())) {
      String path = entry.getName().replace('\\', '/');
      if (entry.isDirectory() || !ImageNames.accepts(archive.toString(), path)) {
        continue;
      }
      if (!seen.add(path)) {
        throw new DataException("%s holds %s twice; pack it again.".formatted(archive, path));
      }
      files.add(new EncodedFile(path, () -> read(entry)));
    }
    return files;
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException fault) {
      throw new DataException(
          "%s cannot be closed (%s).".formatted(archive, fault.getMessage()), fault);
    }
  }

  /**
   * Reads an entry; its size is trusted neither before nor after. {@code ZipFile} leaves the check
   * sum to its callers.
   */
  private byte[] read(ZipEntry entry) {
    if (entry.getSize() > Limits.FILE_BYTES) {
      throw tooLarge(entry);
    }
    try (InputStream stream = zip.getInputStream(entry)) {
      byte[] bytes = stream.readNBytes(Limits.FILE_BYTES + 1);
      if (bytes.length > Limits.FILE_BYTES) {
        throw tooLarge(entry);
      }
      if (entry.getSize() != bytes.length) {
        throw new DataException(
            "%s in %s is listed with %d bytes but holds %d; the archive is damaged, fetch it again."
                .formatted(entry.getName(), archive, entry.getSize(), bytes.length));
      }
      CRC32 sum = new CRC32();
      sum.update(bytes);
      if (entry.getCrc() != sum.getValue()) {
        throw new DataException(
            "%s in %s does not match its check sum; the archive is damaged, fetch it again."
                .formatted(entry.getName(), archive));
      }
      return bytes;
    } catch (ZipException | EOFException fault) {
      throw new DataException(
          "%s in %s cannot be unpacked (%s); the archive is damaged, fetch it again."
              .formatted(entry.getName(), archive, fault.getMessage()),
          fault);
    } catch (IOException fault) {
      throw new DataException(
          "%s in %s cannot be read (%s).".formatted(entry.getName(), archive, fault.getMessage()),
          fault);
    }
  }

  private DataException tooLarge(ZipEntry entry) {
    return new DataException(
        "%s in %s unpacks to more than the %d MiB that are read of one image; scale it down or remove it."
            .formatted(entry.getName(), archive, Limits.FILE_BYTES >> 20));
  }
}
