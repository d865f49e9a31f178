package org.basisar.bar.data;

import java.util.Locale;
import java.util.Set;

/** Which files of a folder or an archive are images, by their names. */
final class ImageNames {
  private static final Set<String> READ = Set.of("png", "jpg", "jpeg", "gif", "bmp");
  private static final Set<String> KNOWN_BUT_NOT_READ =
      Set.of(
          "webp", "tif", "tiff", "avif", "heic", "heif", "jxl", "jp2", "ppm", "pgm", "pnm", "tga");

  private ImageNames() {}

  /**
   * Whether a file is an image to read; other files (lists, licences, hidden files) are passed
   * over.
   *
   * @throws DataException for an image of a format that is not read: leaving it out in silence
   *     would change the data set
   */
  static boolean accepts(String source, String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    if (name.startsWith(".") || path.startsWith("__MACOSX/")) {
      return false;
    }
    String extension = name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    if (KNOWN_BUT_NOT_READ.contains(extension)) {
      throw new DataException(
          "%s in %s is a .%s image, which is not read; convert it to PNG or JPEG."
              .formatted(path, source, extension));
    }
    if (!READ.contains(extension)) {
      return false;
    }
    if (path.startsWith("/") || ("/" + path + "/").contains("/../")) {
      throw new DataException(
          "%s holds \"%s\", a path that leads out of it; pack it again."
              .formatted(source, path.replaceAll("\\p{Cntrl}", "?")));
    }
    if (path.chars().anyMatch(Character::isISOControl)) {
      throw new DataException(
          "%s in %s has a control character in its name; rename it."
              .formatted(path.replaceAll("\\p{Cntrl}", "?"), source));
    }
    return true;
  }
}
