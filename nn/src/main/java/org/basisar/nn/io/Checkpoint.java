package org.basisar.nn.io;

import java.nio.file.Path;
import java.util.List;

/**
 * A checkpoint whose manifest, sizes and checksums were verified.
 *
 * @param folder where its files are
 * @param step the training step it was taken after
 * @param files names of its files, sorted, the manifest not among them
 * @param warnings one sentence for each newer checkpoint that was passed over because it is
 *     damaged; to be shown to the user
 */
public record Checkpoint(Path folder, long step, List<String> files, List<String> warnings) {
  /** Copies the lists. */
  public Checkpoint {
    files = List.copyOf(files);
    warnings = List.copyOf(warnings);
  }

  /**
   * The path of one of its files.
   *
   * @throws CheckpointException if the checkpoint has no such file
   */
  public Path file(String name) {
    if (!files.contains(name)) {
      throw new CheckpointException(
          folder + " has no file " + Json.quote(name) + "; it has " + Json.list(files), List.of());
    }
    return folder.resolve(name);
  }
}
