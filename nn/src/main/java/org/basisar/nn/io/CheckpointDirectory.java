package org.basisar.nn.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.basisar.nn.io.CheckpointManifest.FileSeal;

/**
 * The {@code checkpoints} folder of a run. Whatever moment the process is killed at, {@link
 * #openLatest} finds the newest checkpoint or the one before it, whole.
 *
 * <p>A checkpoint is a folder {@code step-0000123} of plain files and a {@code manifest.json} with
 * their sizes and CRC32C. It is filled under a name that ends in {@code .tmp}, forced to the disk
 * file by file, sealed by the manifest and renamed at last; the rename is the publication. The text
 * file {@code latest} holds the name of the newest one for people and scripts; opening does not
 * depend on it. The newest two are kept.
 *
 * <p>One process publishes into a root at a time. Use one instance for opening and publishing: what
 * it found damaged on opening does not count as kept.
 */
public final class CheckpointDirectory {
  /** The file that names the newest checkpoint. */
  public static final String LATEST = "latest";

  private static final int KEPT = 2;
  private static final String TEMPORARY = ".tmp";
  private static final String REPLACED = ".replaced";
  private static final Pattern PUBLISHED = Pattern.compile("step-[0-9]{7,19}(?:\\.replaced)?");
  private static final Pattern LEFTOVER =
      Pattern.compile("step-[0-9]{7,19}(?:\\.replaced)?\\.tmp|latest\\.tmp");

  /** Points in a publication between which a kill can fall; tests stop at each of them. */
  enum Stage {
    LEFTOVERS_DELETED,
    FOLDER_MADE,
    FILES_WRITTEN,
    FILES_FORCED,
    MANIFEST_WRITTEN,
    OLD_MOVED_ASIDE,
    FOLDER_MOVED,
    LATEST_WRITTEN,
    OLD_RENAMED,
    OLD_DELETED
  }

  /** Fills a checkpoint. */
  @FunctionalInterface
  public interface Content {
    /** Writes plain files, no folders, into the empty {@code folder}. */
    void writeTo(Path folder) throws IOException;
  }

  private record Candidate(Path folder, CheckpointManifest manifest) {}

  private final Path root;
  private final Consumer<Stage> reached;
  private final Set<Path> damaged = new HashSet<>();

  /** The checkpoints under {@code root}, which need not exist yet. */
  public CheckpointDirectory(Path root) {
    this(root, _ -> {});
  }

  CheckpointDirectory(Path root, Consumer<Stage> reached) {
    this.root = root;
    this.reached = reached;
  }

  /**
   * Publishes a checkpoint and deletes all but the newest two. A checkpoint of the same step is
   * replaced. What {@code content} throws leaves the published checkpoints as they were.
   *
   * @param step the training step, from 0
   * @return the folder of the published checkpoint
   * @throws CheckpointException if the system refuses, or {@code content} leaves anything but plain
   *     files
   */
  public Path publish(long step, Content content) {
    if (step < 0) {
      throw new IllegalArgumentException("step " + step + " is negative");
    }
    Path folder = root.resolve(String.format(Locale.ROOT, "step-%07d", step));
    Path temporary = root.resolve(folder.getFileName() + TEMPORARY);
    try {
      Files.createDirectories(root);
      deleteLeftovers();
      reach(Stage.LEFTOVERS_DELETED);
      fill(temporary, step, content);
      moveIntoPlace(temporary, folder);
      AtomicFile.replace(root.resolve(LATEST), folder.getFileName() + "\n");
      reach(Stage.LATEST_WRITTEN);
      prune(folder);
      return folder;
    } catch (IOException e) {
      throw new CheckpointException(
          "the checkpoint of step " + step + " cannot be saved in " + root + ": " + IoReason.of(e),
          e);
    }
  }

  /**
   * Verifies and returns the newest checkpoint, or the one before it if the newest is damaged; then
   * it carries a warning. Reads every byte once.
   *
   * @return nothing if no checkpoint was ever published here
   * @throws CheckpointException if there are checkpoints but none is whole, with all their faults
   */
  public Optional<Checkpoint> openLatest() {
    List<String> warnings = new ArrayList<>();
    List<Path> folders;
    try {
      folders = published();
    } catch (IOException e) {
      throw new CheckpointException(
          "the checkpoints in " + root + " cannot be listed: " + IoReason.of(e), e);
    }
    List<Candidate> candidates = new ArrayList<>();
    for (Path folder : folders) {
      try {
        candidates.add(new Candidate(folder, CheckpointManifest.read(folder)));
      } catch (CheckpointException e) {
        passOver(folder, e.faults(), warnings);
      }
    }
    candidates.sort(newestFirst());
    for (Candidate candidate : candidates) {
      List<String> faults = candidate.manifest().faults(candidate.folder(), true);
      if (faults.isEmpty()) {
        return Optional.of(
            new Checkpoint(
                candidate.folder(),
                candidate.manifest().step(),
                List.copyOf(candidate.manifest().files().keySet()),
                warnings));
      }
      passOver(candidate.folder(), faults, warnings);
    }
    if (warnings.isEmpty()) {
      return Optional.empty();
    }
    throw new CheckpointException(
        "no checkpoint in " + root + " is whole: " + String.join("; ", warnings), warnings);
  }

  private void passOver(Path folder, List<String> faults, List<String> warnings) {
    damaged.add(folder);
    warnings.add(
        "checkpoint " + folder.getFileName() + " is damaged and passed over: " + Json.list(faults));
  }

  private void fill(Path temporary, long step, Content content) throws IOException {
    boolean sealed = false;
    try {
      Files.createDirectory(temporary);
      reach(Stage.FOLDER_MADE);
      content.writeTo(temporary);
      reach(Stage.FILES_WRITTEN);
      TreeMap<String, FileSeal> seals = new TreeMap<>();
      for (Path file : children(temporary)) {
        seals.put(requireOurs(temporary, file), sealAndForce(file));
      }
      reach(Stage.FILES_FORCED);
      CheckpointManifest manifest = new CheckpointManifest(step, nextSequence(), seals);
      try (FileChannel channel =
          FileChannel.open(
              temporary.resolve(CheckpointManifest.NAME),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE)) {
        AtomicFile.writeFully(channel, manifest.write().getBytes(StandardCharsets.UTF_8));
        channel.force(true);
      }
      AtomicFile.forceDirectory(temporary);
      reach(Stage.MANIFEST_WRITTEN);
      sealed = true;
    } finally {
      if (!sealed) {
        deleteQuietly(temporary);
      }
    }
  }

  private static String requireOurs(Path folder, Path file) {
    String name = folder.relativize(file).toString();
    if (name.equals(CheckpointManifest.NAME)
        || !Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      String fault =
          Json.quote(name)
              + (name.equals(CheckpointManifest.NAME)
                  ? " is a reserved name"
                  : " is not a plain file");
      throw new CheckpointException(
          "a checkpoint holds only plain files besides its manifest, but " + fault, List.of(fault));
    }
    return name;
  }

  private static FileSeal sealAndForce(Path file) throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.force(true);
    }
    return FileSeal.of(file);
  }

  private void moveIntoPlace(Path temporary, Path folder) throws IOException {
    if (Files.exists(folder)) {
      // A folder cannot be renamed over a full one. Under its second name the old one still counts.
      Path aside = root.resolve(folder.getFileName() + REPLACED);
      retire(aside);
      Files.move(folder, aside, StandardCopyOption.ATOMIC_MOVE);
      damaged.remove(folder);
      reach(Stage.OLD_MOVED_ASIDE);
    }
    Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    AtomicFile.forceDirectory(root);
    reach(Stage.FOLDER_MOVED);
  }

  private void prune(Path newest) throws IOException {
    List<Candidate> candidates = new ArrayList<>();
    List<Path> doomed = new ArrayList<>();
    for (Path folder : published()) {
      if (damaged.contains(folder) || isReplaced(folder)) {
        doomed.add(folder);
        continue;
      }
      try {
        CheckpointManifest manifest = CheckpointManifest.read(folder);
        if (manifest.faults(folder, false).isEmpty()) {
          candidates.add(new Candidate(folder, manifest));
        } else {
          doomed.add(folder);
        }
      } catch (CheckpointException _) {
        doomed.add(folder);
      }
    }
    candidates.sort(newestFirst());
    candidates.stream().skip(KEPT).map(Candidate::folder).forEach(doomed::add);
    for (Path folder : doomed) {
      if (!folder.equals(newest)) {
        retire(folder);
      }
    }
  }

  /** Whether the folder was moved aside and its successor arrived. */
  private boolean isReplaced(Path folder) {
    String name = root.relativize(folder).toString();
    return name.endsWith(REPLACED)
        && Files.exists(root.resolve(name.substring(0, name.length() - REPLACED.length())));
  }

  /** Deletes a folder so that a kill in between leaves a leftover, not half a checkpoint. */
  private void retire(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Path leftover = root.resolve(folder.getFileName() + TEMPORARY);
    deleteTree(leftover);
    Files.move(folder, leftover, StandardCopyOption.ATOMIC_MOVE);
    reach(Stage.OLD_RENAMED);
    deleteTree(leftover);
    damaged.remove(folder);
    reach(Stage.OLD_DELETED);
  }

  private long nextSequence() throws IOException {
    long highest = 0;
    for (Path folder : published()) {
      try {
        highest = Math.max(highest, CheckpointManifest.read(folder).sequence());
      } catch (CheckpointException _) {
        // A damaged one has no say; it sorts behind every readable one anyway.
      }
    }
    return highest + 1;
  }

  private static Comparator<Candidate> newestFirst() {
    return Comparator.comparingLong((Candidate candidate) -> candidate.manifest().sequence())
        .thenComparing(candidate -> candidate.folder().toString())
        .reversed();
  }

  private List<Path> published() throws IOException {
    return matching(PUBLISHED).filter(Files::isDirectory).toList();
  }

  private void deleteLeftovers() throws IOException {
    for (Path leftover : matching(LEFTOVER).toList()) {
      deleteTree(leftover);
    }
  }

  private Stream<Path> matching(Pattern pattern) throws IOException {
    return children(root).stream()
        .filter(child -> pattern.matcher(root.relativize(child).toString()).matches());
  }

  /** Everything directly in a folder, sorted; nothing if there is no such folder. */
  static List<Path> children(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.sorted().toList();
    } catch (NoSuchFileException _) {
      return List.of();
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }

  private static void deleteTree(Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      for (Path child : children(path)) {
        deleteTree(child);
      }
    }
    Files.deleteIfExists(path);
  }

  private static void deleteQuietly(Path folder) {
    try {
      deleteTree(folder);
    } catch (IOException _) {
      // The fault that brought us here is the one to report; the next publication cleans up.
    }
  }

  private void reach(Stage stage) {
    reached.accept(stage);
  }
}
