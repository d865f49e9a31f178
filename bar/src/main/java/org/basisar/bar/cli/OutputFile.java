package org.basisar.bar.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Names of files to write, looked at before minutes are spent on their content. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Refuses a name that cannot be written.
   *
   * @param option the option that gave the name
   * @param file the name, null if the option was not given
   */
  static void check(CommandSpec spec, String option, @Nullable Path file) {
    if (file == null) {
      return;
    }
    if (Files.isDirectory(file)) {
      throw new ParameterException(
          spec.commandLine(), option + " " + file + " is a folder; name a file");
    }
    Path above = file.toAbsolutePath().getParent();
    while (above != null && !Files.exists(above)) {
      above = above.getParent();
    }
    if (above == null || !Files.isDirectory(above) || !Files.isWritable(above)) {
      throw new ParameterException(
          spec.commandLine(), option + " " + file + " cannot be written; choose another place");
    }
  }
}
