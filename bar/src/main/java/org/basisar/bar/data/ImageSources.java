package org.basisar.bar.data;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Opens image data by a specification as a user writes it. */
public final class ImageSources {
  private static final int SMALLEST_SIDE = 8;
  private static final int LARGEST_EMBEDDED_SIDE = 256;
  private static final int LARGEST_SIDE = 1024;
  private static final int EMBEDDED_COUNT = 20_000;

  private ImageSources() {}

  /**
   * Opens a data source. All but the embedded ones are decoded here, to centred squares, on all
   * processors; the files may change afterwards.
   *
   * <ul>
   *   <li>{@code embedded}: 20,000 drawn pictures of nine shapes and three faces, drawn when first
   *       read;
   *   <li>{@code embedded:shapes}: twelve shapes; {@code embedded:faces}: portraits, best from side
   *       32 on, twelve classes;
   *   <li>a folder, a zip or a plain tar of class folders with PNG, JPEG, GIF or BMP images,
   *       perhaps inside one more folder;
   *   <li>a folder with {@code data_batch_*.bin}, or one such file: CIFAR-10, binary version;
   *   <li>a folder with {@code *-images-idx3-ubyte} and {@code *-labels-idx1-ubyte}, plain or
   *       {@code .gz}, or the path of the former: IDX, one channel.
   * </ul>
   *
   * @param specification one of the above
   * @param side height and width of the images, in pixels: 8 to 1024, for the embedded sets 8 to
   *     256
   * @param seed chooses the embedded pictures; of no effect on files
   * @throws DataException if the source cannot be used, in one sentence that says why
   */
  public static ImageData open(String specification, int side, long seed) {
    return open(specification, side, seed, Limits.decodedBytes());
  }

  /** As above, with the number of bytes that decoded images may take. */
  static ImageData open(String specification, int side, long seed, long byteBudget) {
    if (embedded(specification)) {
      checkSide(side, LARGEST_EMBEDDED_SIDE);
      return new ProceduralImages(
          specification, scenes(specification), EMBEDDED_COUNT, side, seed, byteBudget);
    }
    checkSide(side, LARGEST_SIDE);
    Path path = path(specification);
    if (Files.isDirectory(path)) {
      return openFolder(path, side, byteBudget);
    }
    if (Files.isRegularFile(path)) {
      return openFile(path, side, byteBudget);
    }
    throw new DataException(
        "There is no data source \"%s\"; give embedded, embedded:shapes, embedded:faces, or an existing folder, zip, .bin or"
                .formatted(specification)
            + " IDX file.");
  }

  /** Whether a source is drawn instead of read. */
  static boolean embedded(String specification) {
    return specification.equals("embedded") || specification.startsWith("embedded:");
  }

  private static ImageData openFolder(Path folder, int side, long byteBudget) {
    List<Path> batches = CifarBinary.batches(folder);
    if (!batches.isEmpty()) {
      return CifarBinary.load(folder, batches, side, byteBudget);
    }
    List<Path> idx = IdxFiles.images(folder);
    if (!idx.isEmpty()) {
      return IdxFiles.load(IdxFiles.training(folder, idx), side, byteBudget);
    }
    return ClassFolders.load(folder.toString(), FolderFiles.list(folder), side, byteBudget);
  }

  private static ImageData openFile(Path file, int side, long byteBudget) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".zip")) {
      try (ZipFiles zip = ZipFiles.open(file)) {
        return ClassFolders.load(file.toString(), zip.list(), side, byteBudget);
      }
    }
    if (name.endsWith(".tar")) {
      try (TarFiles tar = TarFiles.open(file)) {
        return ClassFolders.load(file.toString(), tar.list(), side, byteBudget);
      }
    }
    if (name.endsWith(".bin")) {
      return CifarBinary.load(file, List.of(file), side, byteBudget);
    }
    if (IdxFiles.isImages(file)) {
      return IdxFiles.load(file, side, byteBudget);
    }
    throw new DataException(
        "%s is not a .zip or .tar of class folders, a CIFAR-10 .bin or a *-images-idx3-ubyte file; give one of these or a folder."
            .formatted(file));
  }

  private static List<Scene> scenes(String specification) {
    return switch (specification) {
      case "embedded" ->
          Stream.concat(ShapeScenes.basic().stream(), FaceScenes.all().stream()).toList();
      case "embedded:shapes" -> ShapeScenes.all();
      case "embedded:faces" -> PortraitScenes.all();
      default ->
          throw new DataException(
              "There is no embedded data set \"%s\"; give embedded, embedded:shapes or embedded:faces."
                  .formatted(specification));
    };
  }

  private static Path path(String specification) {
    try {
      return Path.of(specification);
    } catch (InvalidPathException fault) {
      throw new DataException(
          "\"%s\" is not a path (%s); give a data source's path."
              .formatted(specification, fault.getReason()),
          fault);
    }
  }

  private static void checkSide(int side, int largest) {
    if (side < SMALLEST_SIDE || side > largest) {
      throw new DataException(
          "Images of side %d are not offered by this source; choose %d to %d."
              .formatted(side, SMALLEST_SIDE, largest));
    }
  }
}
