package org.basisar.bar.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.bar.data.RgbSource;
import org.basisar.bar.run.FieldNetworks;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of {@code bar eval} that are about the field's own networks. */
final class FieldOptions {
  @Option(
      names = "--inception",
      paramLabel = "FILE",
      description = "weights of Inception: FID, sFID, Inception score, KID, precision, recall")
  private @Nullable Path inception;

  @Option(names = "--dino", paramLabel = "FILE", description = "weights of DINOv2: FD-DINOv2")
  private @Nullable Path dino;

  @Option(names = "--clip", paramLabel = "FILE", description = "weights of CLIP: CLIP score")
  private @Nullable Path clip;

  @Option(
      names = "--clip-merges",
      paramLabel = "FILE",
      description = "the merges of CLIP's tokenizer")
  private @Nullable Path merges;

  @Option(
      names = "--vgg",
      paramLabel = "FILE",
      description = "weights of VGG16: precision and recall in its features")
  private @Nullable Path vgg;

  @Option(
      names = "--statistics",
      paramLabel = "FILE",
      description = "an .npz with mu and sigma to compare FID with, and mu_s and sigma_s for sFID")
  private @Nullable Path statistics;

  @Option(
      names = "--reference",
      paramLabel = "PATH",
      description = "real pictures to compare with: a folder, a .zip, or an .npz with arr_0")
  private @Nullable Path reference;

  @Option(
      names = "--captions",
      paramLabel = "FILE",
      description =
          "texts for CLIP score, one line a picture (default: \"a photo of\" and the folder's name)")
  private @Nullable Path captions;

  @Option(
      names = "--write-statistics",
      paramLabel = "FILE",
      description = "write mu and sigma of the pictures as an .npz")
  private @Nullable Path written;

  /** Whether weights of any network were given. */
  boolean given() {
    return inception != null || dino != null || clip != null || vgg != null;
  }

  @Nullable Path statistics() {
    return statistics;
  }

  @Nullable Path reference() {
    return reference;
  }

  @Nullable Path written() {
    return written;
  }

  /** Refuses options that do nothing without others. */
  void check(CommandSpec spec) {
    if (!given()
        && (statistics != null || reference != null || captions != null || written != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--statistics, --reference, --captions and --write-statistics need the weights of a"
              + " network; which file to get and where:\n"
              + FieldNetworks.WHERE);
    }
    if ((clip == null) != (merges == null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--clip and --clip-merges belong together; the merges are merges.txt beside the weights");
    }
    if (inception == null && (statistics != null || written != null)) {
      throw new ParameterException(
          spec.commandLine(),
          "--statistics and --write-statistics are of Inception's features; give --inception FILE");
    }
    if (captions != null && clip == null) {
      throw new ParameterException(spec.commandLine(), "--captions need --clip FILE");
    }
    OutputFile.check(spec, "--write-statistics", written);
  }

  /** Loads what was given, in the order of cost, so that a wrong file is noticed soon. */
  FieldNetworks load() {
    FieldNetworks networks = new FieldNetworks();
    boolean loaded = false;
    try {
      if (clip != null && merges != null) {
        networks.clip(clip, merges);
      }
      if (inception != null) {
        networks.inception(inception);
      }
      if (vgg != null) {
        networks.vgg(vgg);
      }
      if (dino != null) {
        networks.dino(dino);
      }
      loaded = true;
      return networks;
    } finally {
      if (!loaded) {
        networks.close();
      }
    }
  }

  /** A text for every picture, or null if some have none. */
  @Nullable List<String> captions(RgbSource pictures) throws IOException {
    if (clip == null) {
      return null;
    }
    if (captions != null) {
      return Files.readAllLines(captions);
    }
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < pictures.count(); i++) {
      String name = pictures.className(i);
      if (name == null) {
        return null;
      }
      texts.add("a photo of " + name.replace('_', ' '));
    }
    return texts;
  }
}
