package org.basisar.bar.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * The image files of a folder, zip or tar, sorted into classes by their folders and read one by
 * one, for sources that do not fit into memory. Files of folders and zips are in the order of their
 * paths, those of tars in the archive's.
 */
public final class PictureFiles implements AutoCloseable {
  private static final float[] LEVELS = new float[256];

  static {
    for (int value = 0; value < LEVELS.length; value++) {
      // In these steps, as the public code has it, and not in one.
      LEVELS[value] = (value / 255f - 0.5f) / 0.5f;
    }
  }

  private final String source;
  private final List<EncodedFile> files;
  private final List<String> classNames;
  private final int[] labels;
  private final boolean sequential;
  private final @Nullable ImageArchive archive;
  private final Semaphore pixelsInFlight = ImageDecoder.pixelPermits();

  private PictureFiles(
      String source, List<EncodedFile> files, boolean sequential, @Nullable ImageArchive archive) {
    ClassFolders.check(source, files);
    this.source = source;
    this.files = files;
    this.sequential = sequential;
    this.archive = archive;
    labels = new int[files.size()];
    classNames = ClassFolders.label(files, labels);
  }

  /**
   * Lists a source.
   *
   * @param specification a folder, a {@code .zip}, or a tar archive, plain or compressed by gzip,
   *     of class folders; in a tar an archive {@code NAME.tar} counts as a folder
   * @throws DataException if it cannot be used, in one sentence that says why
   */
  public static PictureFiles open(String specification) {
    Path path = path(specification);
    if (Files.isDirectory(path)) {
      return new PictureFiles(specification, sorted(FolderFiles.list(path)), false, null);
    }
    String name = path.toString().toLowerCase(Locale.ROOT);
    if (!Files.isRegularFile(path)) {
      throw new DataException(
          "There is no folder, zip or tar \"%s\"; check the path.".formatted(specification));
    }
    if (name.endsWith(".zip")) {
      return of(specification, ZipFiles.open(path));
    }
    if (name.endsWith(".tar") || name.endsWith(".tar.gz") || name.endsWith(".tgz")) {
      return of(specification, TarFiles.open(path));
    }
    throw new DataException(
        "%s is not a .zip, .tar, .tar.gz or .tgz; give one of these or a folder of class folders."
            .formatted(specification));
  }

  private static PictureFiles of(String source, ImageArchive archive) {
    boolean made = false;
    try {
      List<EncodedFile> listed = archive.list();
      PictureFiles files =
          new PictureFiles(
              source,
              archive instanceof ZipFiles ? sorted(listed) : listed,
              archive.sequential(),
              archive);
      made = true;
      return files;
    } finally {
      if (!made) {
        archive.close();
      }
    }
  }

  private static List<EncodedFile> sorted(List<EncodedFile> files) {
    return files.stream().sorted(Comparator.comparing(EncodedFile::path)).toList();
  }

  private static Path path(String specification) {
    try {
      return Path.of(specification);
    } catch (InvalidPathException fault) {
      throw new DataException(
          "\"%s\" is not a path (%s); give a folder, zip or tar."
              .formatted(specification, fault.getReason()),
          fault);
    }
  }

  /** Number of images, at least one. */
  public int count() {
    return files.size();
  }

  /** Class names; the position in the list is the label. */
  public List<String> classNames() {
    return classNames;
  }

  /** The label of an image. */
  public int label(int index) {
    return labels[index];
  }

  /** The path of an image below the source, parts separated by '/'; no two are equal. */
  public String path(int index) {
    return files.get(index).path();
  }

  /** Whether contents can only be read in order, by one thread. */
  public boolean sequential() {
    return sequential;
  }

  /**
   * The bytes of an image file; from any thread, unless {@link #sequential}.
   *
   * @throws DataException if they cannot be read
   */
  public byte[] content(int index) {
    return files.get(index).content().read();
  }

  /** One line for logs. */
  public String describe() {
    return "%s: %d images, %d %s"
        .formatted(
            source, count(), classNames.size(), classNames.size() == 1 ? "class" : "classes");
  }

  /** What one thread decodes with; all of a source share a bound on the pixels in memory. */
  public Decoder decoder() {
    return new Decoder();
  }

  /** Decodes images to centre crops, for one thread. */
  public final class Decoder implements AutoCloseable {
    private final ImageDecoder decoder = new ImageDecoder(pixelsInFlight, CentreCrop::toSquare);

    private Decoder() {}

    /**
     * An image's ADM centre crop.
     *
     * @param content what {@link PictureFiles#content} gave
     * @return planar [3, side, side] in [-1, 1]
     * @throws DataException if it is no sound image, naming it
     */
    public float[] decode(int index, byte[] content, int side) {
      byte[] bytes = decoder.decode(path(index) + " in " + source, content, side);
      float[] levels = new float[bytes.length];
      for (int i = 0; i < bytes.length; i++) {
        levels[i] = LEVELS[bytes[i] & 255];
      }
      return levels;
    }

    @Override
    public void close() {
      decoder.close();
    }
  }

  @Override
  public void close() {
    if (archive != null) {
      archive.close();
    }
  }
}
