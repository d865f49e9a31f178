package org.basisar.gpu.jcuda;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Folders that belong together because one installation put libraries there.
 *
 * @param reason why we look there, for reports: {@code CUDA_HOME}, {@code ldconfig}, ...
 * @param folders existing folders
 */
public record SearchPlace(String reason, List<Path> folders) {
  /** System property: folders with NVIDIA's libraries, separated like a class path. */
  public static final String LIBRARIES_PROPERTY = "bar.cuda.libraries";

  /** System property: a Python environment whose packages contain NVIDIA's libraries. */
  public static final String PYTHON_PROPERTY = "bar.cuda.python";

  private static final List<String> TOOLKIT_FOLDERS =
      List.of("lib64", "lib", "targets/x86_64-linux/lib", "lib/x64");

  /** Copies the list. */
  public SearchPlace {
    folders = List.copyOf(folders);
  }

  /** The file with this name in the first folder that has it. */
  Optional<Path> find(String name) {
    return folders.stream()
        .map(folder -> folder.resolve(name))
        .filter(Files::isRegularFile)
        .findFirst();
  }

  /** The places of this machine, those that the user named first. */
  static List<SearchPlace> ofThisMachine() {
    return of(System::getProperty, System.getenv(), Path.of("/"), ldconfig());
  }

  /**
   * The places, those that the user named first. Places without an existing folder are left out.
   *
   * @param property system properties
   * @param environment environment variables
   * @param root the file system to look for toolkits in
   * @param cache what {@code ldconfig -p} printed
   */
  static List<SearchPlace> of(
      Function<String, @Nullable String> property,
      Map<String, String> environment,
      Path root,
      List<String> cache) {
    List<SearchPlace> places = new ArrayList<>();
    add(places, LIBRARIES_PROPERTY, paths(property.apply(LIBRARIES_PROPERTY)));
    add(places, "BAR_CUDA_LIBRARIES", paths(environment.get("BAR_CUDA_LIBRARIES")));
    add(places, PYTHON_PROPERTY, python(property.apply(PYTHON_PROPERTY)));
    for (String variable : List.of("BAR_CUDA_PYTHON", "VIRTUAL_ENV")) {
      add(places, variable, python(environment.get(variable)));
    }
    for (String variable : List.of("CUDA_HOME", "CUDA_PATH")) {
      paths(environment.get(variable)).forEach(home -> add(places, variable, toolkit(home)));
    }
    add(places, "LD_LIBRARY_PATH", paths(environment.get("LD_LIBRARY_PATH")));
    for (Path toolkit : toolkits(root)) {
      add(places, toolkit.toString(), toolkit(toolkit));
    }
    add(places, "ldconfig", cached(cache));
    return List.copyOf(places);
  }

  private static void add(List<SearchPlace> places, String reason, List<Path> folders) {
    List<Path> existing = folders.stream().filter(Files::isDirectory).distinct().toList();
    if (!existing.isEmpty()) {
      places.add(new SearchPlace(reason, existing));
    }
  }

  private static List<Path> paths(@Nullable String list) {
    List<Path> paths = new ArrayList<>();
    if (list != null) {
      for (String part : list.split(":", -1)) {
        try {
          if (!part.isBlank()) {
            paths.add(Path.of(part).toAbsolutePath());
          }
        } catch (InvalidPathException _) {
          // Not a folder, then; the loader of programs ignores such an entry too.
        }
      }
    }
    return paths;
  }

  private static List<Path> toolkit(Path home) {
    return TOOLKIT_FOLDERS.stream().map(home::resolve).toList();
  }

  /** {@code /usr/local/cuda}, then the versions beside it, the newest first. */
  private static List<Path> toolkits(Path root) {
    List<Path> homes = new ArrayList<>();
    homes.add(root.resolve("usr/local/cuda"));
    homes.addAll(
        children(root.resolve("usr/local"), "cuda-{13,12}*").stream()
            .sorted(Comparator.reverseOrder())
            .toList());
    homes.add(root.resolve("opt/cuda"));
    return homes;
  }

  /** The folders {@code nvidia/.../lib} of the packages of a Python environment. */
  private static List<Path> python(@Nullable String environment) {
    List<Path> folders = new ArrayList<>();
    for (Path home : paths(environment)) {
      List<Path> packages = new ArrayList<>(List.of(home));
      for (String library : List.of("lib", "lib64")) {
        for (Path version : children(home.resolve(library), "python3*")) {
          packages.add(version.resolve("site-packages"));
          packages.add(version.resolve("dist-packages"));
        }
      }
      for (Path folder : packages) {
        for (Path part : children(folder.resolve("nvidia"), "*")) {
          folders.add(part.resolve("lib"));
        }
      }
    }
    return folders;
  }

  private static List<Path> children(Path folder, String glob) {
    List<Path> found = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder, glob)) {
        entries.forEach(found::add);
      } catch (IOException | DirectoryIteratorException _) {
        // A folder that cannot be read has nothing for us.
        return List.of();
      }
    }
    found.sort(Comparator.naturalOrder());
    return found;
  }

  /** The folders of lines such as {@code libcublas.so.13 (libc6,x86-64) => /a/libcublas.so.13}. */
  private static List<Path> cached(List<String> lines) {
    Set<Path> folders = new LinkedHashSet<>();
    for (String line : lines) {
      int arrow = line.indexOf("=> ");
      if (arrow >= 0 && (line.contains("libcu") || line.contains("libnv"))) {
        Path folder = Path.of(line.substring(arrow + 3).strip()).getParent();
        if (folder != null) {
          folders.add(folder);
        }
      }
    }
    return List.copyOf(folders);
  }

  private static List<String> ldconfig() {
    for (String program : List.of("/sbin/ldconfig", "/usr/sbin/ldconfig")) {
      if (Files.isExecutable(Path.of(program))) {
        try {
          Process process =
              new ProcessBuilder(program, "-p")
                  .redirectError(ProcessBuilder.Redirect.DISCARD)
                  .start();
          List<String> lines = process.inputReader().lines().toList();
          if (process.waitFor(10, TimeUnit.SECONDS)) {
            return lines;
          }
        } catch (IOException | UncheckedIOException _) {
          // Without the cache there are still the other places.
          return List.of();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
          return List.of();
        }
      }
    }
    return List.of();
  }
}
