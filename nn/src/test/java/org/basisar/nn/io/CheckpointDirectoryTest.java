package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.basisar.nn.io.CheckpointDirectory.Stage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointDirectoryTest {
  @TempDir Path folder;

  @Test
  void publishesAndOpens() throws IOException {
    Path root = folder.resolve("run/checkpoints");
    CheckpointDirectory directory = new CheckpointDirectory(root);
    assertThat(directory.openLatest()).isEmpty();
    Path published =
        directory.publish(
            123,
            temporary -> {
              Files.writeString(temporary.resolve("weights.safetensors"), "123456789");
              Files.writeString(temporary.resolve("state.json"), "");
            });
    assertThat(published).isEqualTo(root.resolve("step-0000123"));
    assertThat(root.resolve("latest")).hasContent("step-0000123\n");
    // The CRC32C check value of RFC 3720: that of "123456789" is e3069283.
    assertThat(published.resolve("manifest.json"))
        .hasContent(
            """
            {
              "format": 1,
              "step": 123,
              "sequence": 1,
              "files": [
                {
                  "name": "state.json",
                  "size": 0,
                  "crc32c": "00000000"
                },
                {
                  "name": "weights.safetensors",
                  "size": 9,
                  "crc32c": "e3069283"
                }
              ]
            }
            """);
    Checkpoint checkpoint = open(root);
    assertThat(checkpoint)
        .isEqualTo(
            new Checkpoint(
                published, 123, List.of("state.json", "weights.safetensors"), List.of()));
    assertThat(checkpoint.file("state.json")).isRegularFile();
    assertThatThrownBy(() -> checkpoint.file("optimizer"))
        .isInstanceOf(CheckpointException.class)
        .hasMessageEndingWith("has no file \"optimizer\"; it has state.json, weights.safetensors");
  }

  @Test
  void keepsTheNewestTwoAndRemovesLeftovers() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    Files.createDirectories(folder.resolve("step-0000007.tmp/x"));
    Files.writeString(folder.resolve("latest.tmp"), "x");
    Files.writeString(folder.resolve("notes.tmp"), "mine");
    Files.createDirectory(folder.resolve("step-by-step"));
    for (int step = 0; step < 5; step++) {
      publish(directory, step);
    }
    assertThat(names())
        .containsExactly("latest", "notes.tmp", "step-0000003", "step-0000004", "step-by-step");
    assertThat(open(folder).step()).isEqualTo(4);
  }

  @Test
  void newestIsTheLastPublishedNotTheHighestStep() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 100);
    publish(directory, 200);
    publish(directory, 150);
    assertThat(open(folder).step()).isEqualTo(150);
    assertThat(names()).containsExactly("latest", "step-0000150", "step-0000200");
  }

  @Test
  void replacesACheckpointOfTheSameStep() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    publish(directory, 2);
    directory.publish(2, temporary -> Files.writeString(temporary.resolve("again"), "x"));
    assertThat(names()).containsExactly("latest", "step-0000001", "step-0000002");
    assertThat(open(folder).files()).containsExactly("again");
  }

  @Test
  void failingContentChangesNothing() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    assertThatThrownBy(() ->
            directory.publish(
                2,
                temporary -> {
                  Files.writeString(temporary.resolve("half"), "x");
                  throw new IOException("No space left on device");
                }))
        .isInstanceOf(CheckpointException.class)
        .hasMessage(
            "the checkpoint of step 2 cannot be saved in " + folder + ": No space left on device");
    assertThatThrownBy(() ->
            directory.publish(
                2,
                _ -> {
                  throw new IllegalStateException("bug");
                }))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(
            () -> directory.publish(2, temporary -> Files.createDirectory(temporary.resolve("d"))))
        .hasMessage(
            "a checkpoint holds only plain files besides its manifest, but \"d\" is not a plain"
                + " file");
    assertThatThrownBy(() ->
            directory.publish(
                2, temporary -> Files.writeString(temporary.resolve("manifest.json"), "")))
        .hasMessageEndingWith("\"manifest.json\" is a reserved name");
    assertThatThrownBy(() -> directory.publish(-1, _ -> {}))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(names()).containsExactly("latest", "step-0000001");
    assertThat(open(folder).step()).isEqualTo(1);
  }

  @Test
  void fallsBackAndSaysWhyWithAllFaultsAtOnce() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Path newest =
        directory.publish(
            2,
            temporary -> {
              for (String name : List.of("flipped", "grown", "lost", "whole")) {
                Files.writeString(temporary.resolve(name), name);
              }
            });
    Files.writeString(newest.resolve("flipped"), "flippeD");
    Files.writeString(newest.resolve("grown"), "grown!");
    Files.delete(newest.resolve("lost"));
    Files.writeString(newest.resolve("stray"), "");
    Checkpoint checkpoint = open(folder);
    assertThat(checkpoint.step()).isEqualTo(1);
    assertThat(checkpoint.warnings())
        .containsExactly(
            "checkpoint step-0000002 is damaged and passed over: \"stray\" is not in the manifest,"
                + " \"flipped\" has another checksum than when it was written, \"grown\" has 6"
                + " bytes instead of 5, \"lost\" is missing");
  }

  @Test
  void damagedManifestsArePassedOver() throws IOException {
    List<String> manifests =
        List.of(
            "",
            "{}",
            "[]",
            "\0\0\0\0",
            "{\"format\":2,\"step\":2,\"sequence\":2,\"files\":[]}",
            "{\"format\":1,\"step\":2,\"sequence\":2,\"files\":[]}",
            "{\"format\":1,\"step\":2,\"sequence\":2,\"files\":[1]}",
            "{\"format\":1,\"step\":2,\"sequence\":2,"
                + "\"files\":[{\"name\":\"data\",\"size\":1,\"crc32c\":\"xyz\"}]}",
            "{\"format\":1,\"step\":2,\"sequence\":2,"
                + "\"files\":[{\"name\":\"../latest\",\"size\":13,\"crc32c\":\"00000000\"}]}");
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Path newest = publish(directory, 2);
    for (String manifest : manifests) {
      Files.writeString(newest.resolve("manifest.json"), manifest);
      Checkpoint checkpoint = open(folder);
      assertThat(checkpoint.step()).isEqualTo(1);
      assertThat(checkpoint.warnings()).hasSize(1);
    }
    Files.delete(newest.resolve("manifest.json"));
    assertThat(open(folder).warnings())
        .containsExactly(
            "checkpoint step-0000002 is damaged and passed over: manifest.json is missing");
  }

  @Test
  void refusesWhenNothingIsWhole() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    Path first = publish(directory, 1);
    Files.delete(publish(directory, 2).resolve("data"));
    Files.delete(first.resolve("manifest.json"));
    assertThatThrownBy(directory::openLatest)
        .isInstanceOfSatisfying(CheckpointException.class, e -> assertThat(e.faults()).hasSize(2))
        .hasMessageStartingWith("no checkpoint in " + folder + " is whole: ");
  }

  @Test
  void damagedOnesDoNotCountAsKept() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Path newest = publish(directory, 2);
    Files.writeString(newest.resolve("data"), "PUBLISHED AT 2");
    assertThat(directory.openLatest().orElseThrow().step()).isEqualTo(1);
    publish(directory, 3);
    assertThat(names()).containsExactly("latest", "step-0000001", "step-0000003");
  }

  @Test
  void resumedRunReplacesTheDamagedCheckpointItMeetsAgain() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Path newest = publish(directory, 2);
    Files.writeString(newest.resolve("data"), "PUBLISHED AT 2");
    assertThat(directory.openLatest().orElseThrow().step()).isEqualTo(1);
    publish(directory, 2);
    assertThat(names()).containsExactly("latest", "step-0000001", "step-0000002");
    assertThat(directory.openLatest().orElseThrow().step()).isEqualTo(2);
    publish(directory, 3);
    assertThat(names()).containsExactly("latest", "step-0000002", "step-0000003");
  }

  @Test
  void incompleteOnesDoNotCountAsKeptEither() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Files.delete(publish(directory, 2).resolve("data"));
    publish(directory, 3);
    assertThat(names()).containsExactly("latest", "step-0000001", "step-0000003");
  }

  @Test
  void checkpointMovedAsideCountsUntilItsSuccessorArrives() throws IOException {
    CheckpointDirectory directory = new CheckpointDirectory(folder);
    publish(directory, 1);
    Files.move(publish(directory, 2), folder.resolve("step-0000002.replaced"));
    assertThat(open(folder).step()).isEqualTo(2);
    publish(directory, 3);
    assertThat(names()).containsExactly("latest", "step-0000002.replaced", "step-0000003");
    publish(directory, 2);
    assertThat(names()).containsExactly("latest", "step-0000002", "step-0000003");
  }

  /**
   * The kill test in slow motion: the state of the disk is copied at every stage of publications
   * that add, replace and prune, and each copy must open and must take further publications.
   */
  @Test
  void everyStageLeavesALoadableState() throws IOException {
    Path root = folder.resolve("root");
    long[] steps = {1, 2, 3, 3, 2};
    for (int published = 0; published < steps.length; published++) {
      List<Path> copies = new ArrayList<>();
      EnumSet<Stage> seen = EnumSet.noneOf(Stage.class);
      Path prefix = folder.resolve("copy-" + published);
      CheckpointDirectory directory =
          new CheckpointDirectory(
              root,
              stage -> {
                seen.add(stage);
                Path copy = Path.of(prefix + "-" + copies.size() + "-" + stage);
                copyTree(root, copy);
                copies.add(copy);
              });
      publish(directory, steps[published]);
      assertThat(seen).contains(Stage.FILES_WRITTEN, Stage.FOLDER_MOVED, Stage.LATEST_WRITTEN);
      boolean moved = false;
      for (Path copy : copies) {
        moved |= copy.toString().endsWith(Stage.FOLDER_MOVED.name());
        CheckpointDirectory survivor = new CheckpointDirectory(copy);
        var opened = survivor.openLatest();
        if (published == 0 && !moved) {
          assertThat(opened).isEmpty();
        } else {
          Checkpoint checkpoint = opened.orElseThrow();
          assertThat(checkpoint.warnings()).isEmpty();
          assertThat(checkpoint.step()).isEqualTo(steps[moved ? published : published - 1]);
        }
        publish(survivor, steps[published]);
        assertThat(open(copy).step()).isEqualTo(steps[published]);
        try (Stream<Path> left = Files.list(copy)) {
          assertThat(left.map(path -> path.getFileName().toString()))
              .allMatch(name -> name.matches("latest|step-[0-9]{7}"))
              .hasSizeLessThanOrEqualTo(3);
        }
      }
    }
  }

  private static Path publish(CheckpointDirectory directory, long step) {
    return directory.publish(
        step, temporary -> Files.writeString(temporary.resolve("data"), "published at " + step));
  }

  private static Checkpoint open(Path root) {
    return new CheckpointDirectory(root).openLatest().orElseThrow();
  }

  private List<String> names() throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(child -> folder.relativize(child).toString()).sorted().toList();
    }
  }

  private static void copyTree(Path from, Path to) {
    try (Stream<Path> files = Files.walk(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(from.relativize(file)));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
