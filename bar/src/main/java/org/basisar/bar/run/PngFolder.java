package org.basisar.bar.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.bar.picture.PlainPicture;
import org.basisar.bar.picture.PngWriter;
import org.basisar.nn.io.AtomicFile;
import org.basisar.nn.io.Json;
import org.basisar.nn.io.JsonValue.JsonObject;

/**
 * A folder of {@code 00000.png}, {@code 00001.png} …, and what they are in {@code set.json}. A
 * picture is whole or not there.
 */
final class PngFolder implements PictureSet {
  private static final String IDENTITY = "set.json";

  private final Path folder;
  private final int side;

  private PngFolder(Path folder, int side) {
    this.folder = folder;
    this.side = side;
  }

  static PngFolder open(Path folder, int side, JsonObject identity) throws IOException {
    Path file = folder.resolve(IDENTITY);
    if (Files.exists(file)) {
      SetIdentity.require(file, SetIdentity.read(file), identity);
    } else {
      if (Files.exists(folder)) {
        try (Stream<Path> content = Files.list(folder)) {
          if (content.findAny().isPresent()) {
            throw SetIdentity.foreign(folder);
          }
        }
      }
      AtomicFile.replace(file, Json.write(identity) + "\n");
    }
    return new PngFolder(folder, side);
  }

  private Path picture(int index) {
    return folder.resolve("%05d.png".formatted(index));
  }

  @Override
  public boolean holds(int first, int count) {
    for (int i = first; i < first + count; i++) {
      if (!Files.isRegularFile(picture(i))) {
        return false;
      }
    }
    return true;
  }

  @Override
  public void put(int first, List<byte[]> pictures) throws IOException {
    for (int i = 0; i < pictures.size(); i++) {
      Path file = picture(first + i);
      if (!Files.isRegularFile(file)) {
        PngWriter.write(file, PlainPicture.of(side, pictures.get(i)));
      }
    }
  }

  @Override
  public void finish() {}
}
