package org.basisar.nn.io;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.BiFunction;

/** Opens files that are read where they are mapped, for as long as their reader is open. */
public final class MappedFile {
  private MappedFile() {}

  /**
   * Maps a file and makes its reader, which then owns the mapping.
   *
   * @param reader makes the reader from the arena that it is to close and the whole file; if it
   *     throws, the mapping is undone here
   * @throws IOException if the file cannot be opened or mapped
   */
  @SuppressWarnings("MustBeClosedChecker") // The reader owns the arena and closes it.
  public static <T> T open(Path file, BiFunction<Arena, MemorySegment, T> reader)
      throws IOException {
    Arena arena = Arena.ofShared();
    boolean opened = false;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MemorySegment mapped = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
      T result = reader.apply(arena, mapped);
      opened = true;
      return result;
    } finally {
      if (!opened) {
        arena.close();
      }
    }
  }
}
