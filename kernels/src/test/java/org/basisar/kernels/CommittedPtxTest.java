package org.basisar.kernels;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.basisar.gpu.PtxSignature;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The committed PTX is what the sources beside it give, and needs what was decided. */
final class CommittedPtxTest {
  private static final Path SOURCES = Path.of("src/main/cuda");

  /** The compiler the committed PTX was made with; another one writes other text. */
  private static final String COMPILER = "release 13.0";

  /** Kernels whose spills are known and were decided: see the comment at the kernel. */
  private static final Set<String> DECIDED_SPILLS = Set.of();

  static List<String> modules() {
    return KernelLibrary.modules();
  }

  @Test
  void everySourceIsListedAndNothingElse() throws IOException {
    Set<String> sources = new TreeSet<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      files
          .map(file -> SOURCES.relativize(file).toString())
          .filter(name -> name.endsWith(".cu"))
          .forEach(name -> sources.add(name.substring(0, name.length() - 3)));
    }
    assertThat(modules()).containsExactlyElementsOf(sources);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void ptxNamesTheSourceItWasCompiledFrom(String module)
      throws IOException, NoSuchAlgorithmException {
    byte[] source = Files.readAllBytes(SOURCES.resolve(module + ".cu"));
    String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(source));
    assertThat(KernelLibrary.ptx(module).lines().findFirst())
        .as("run kernels/build-ptx %s", module)
        .contains("// From " + module + ".cu, sha256 " + hash);
  }

  @ParameterizedTest
  @MethodSource("modules")
  void ptxRunsOnEveryDeviceFromAmpereOn(String module) {
    String ptx = KernelLibrary.ptx(module);
    assertThat(ptx).contains("\n.version 7.1\n").contains("\n.target sm_80\n");
    assertThat(PtxSignature.ofModule(ptx)).isNotEmpty();
    assertThat(ptx).as("folders of the compiling machine").doesNotContain("\t\"/");
  }

  @Test
  void noKernelSpillsUnlessThatWasDecided() throws IOException {
    List<String> lines = Files.readAllLines(Path.of("ptxas.txt"));
    Set<String> assembled = new TreeSet<>();
    for (String line : lines) {
      String[] words = line.split(" ", 3);
      assembled.add(words[0]);
      if (!DECIDED_SPILLS.contains(words[0])) {
        assertThat(line).contains(" 0 bytes spill stores, 0 bytes spill loads");
      }
    }
    Set<String> shipped = new TreeSet<>();
    for (String module : modules()) {
      PtxSignature.ofModule(KernelLibrary.ptx(module))
          .keySet()
          .forEach(kernel -> shipped.add(module + ":" + kernel));
    }
    assertThat(assembled).isEqualTo(shipped);
    assertThat(lines).hasSize(2 * shipped.size());
  }

  @Test
  void compilingAgainGivesTheSameText() throws IOException, InterruptedException {
    assumeTrue(compilerIsHere(), "nvcc " + COMPILER + " is not on this machine");
    Process build = new ProcessBuilder("./build-ptx", "--check").redirectErrorStream(true).start();
    String output = new String(build.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(build.waitFor()).as(output).isZero();
  }

  private static boolean compilerIsHere() throws InterruptedException {
    try {
      Process version = new ProcessBuilder("nvcc", "--version").redirectErrorStream(true).start();
      String output = new String(version.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return version.waitFor() == 0 && output.contains(COMPILER);
    } catch (IOException _) {
      return false;
    }
  }
}
