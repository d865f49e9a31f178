package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.basisar.gpu.DriverProbe;
import org.basisar.gpu.GpuException;
import org.basisar.gpu.jcuda.StandIns.Outcome;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real JCuda natives, edited and not, over stand-ins for NVIDIA's libraries. Each program runs
 * in a JVM of its own, as native libraries are loaded once in a process. Needs gcc; where there is
 * none these tests are skipped and counted.
 */
final class StandInGpuTest {
  /** All scenarios of {@link StandInProgram}. */
  private static final int SCENARIOS = 27;

  @TempDir static Path folder;

  private static StandIns cuda12;
  private static StandIns cuda13;

  @BeforeAll
  static void compile() throws IOException, InterruptedException {
    assumeTrue(StandIns.possible(), "needs gcc and Linux on x86-64");
    cuda12 = StandIns.build(folder.resolve("cuda12"), 12);
    cuda13 = StandIns.build(folder.resolve("cuda13"), 13);
  }

  private static void assertAllPassed(Outcome outcome) {
    assertThat(outcome.status()).as(outcome.output()).isZero();
    assertThat(outcome.output().lines().filter(line -> line.startsWith(StandInProgram.PASSED)))
        .as(outcome.output())
        .hasSize(SCENARIOS);
  }

  @Test
  void everythingWorksOverLibrariesOfCuda13() throws IOException, InterruptedException {
    assertAllPassed(cuda13.run(StandInProgram.class, List.of(), List.of()));
  }

  @Test
  void everythingWorksOverLibrariesOfCuda12() throws IOException, InterruptedException {
    assertAllPassed(cuda12.run(StandInProgram.class, List.of("-Dbar.nvtx=true"), List.of()));
  }

  /** Opens a GPU, asks for what may be missing, and prints why it cannot be had. */
  static final class Opener {
    private Opener() {}

    public static void main(String[] arguments) {
      System.out.println("available: " + CudaGpus.available());
      try {
        CudaGpus.open(0).solver();
      } catch (GpuException e) {
        System.out.println("said: " + e.getMessage());
      }
    }
  }

  private Outcome open(Path driver, Path libraries, int driverVersion, String... options)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("-D" + SearchPlace.LIBRARIES_PROPERTY + "=" + libraries);
    return StandIns.run(folder, driver, driverVersion, Opener.class, all, List.of());
  }

  @Test
  void withoutADriverOneSentenceSaysSoAndNothingOfJcudaIsLoaded()
      throws IOException, InterruptedException {
    Path nothing = Files.createDirectories(folder.resolve("nothing"));
    assumeTrue(!DriverProbe.probe().driverFound(), "this machine has a CUDA driver");
    Outcome outcome = open(nothing, cuda13.libraries(), 13_000, "-Xlog:class+load");
    assertThat(outcome.output())
        .contains("available: false")
        .contains(
            "said: No CUDA driver: the library libcuda.so.1 cannot be loaded; use --device cpu, or"
                + " run this on a machine with an NVIDIA GPU")
        .contains("org.basisar.gpu.jcuda.CudaGpus")
        .doesNotContain(" jcuda.")
        .doesNotContain("org.basisar.gpu.jcuda.CudaGpu ");
  }

  @Test
  void aMissingLibraryIsNamedWhenItIsNeeded() throws IOException, InterruptedException {
    Path some = Files.createDirectories(folder.resolve("some"));
    for (CudaLibrary library : List.of(CudaLibrary.CUBLAS, CudaLibrary.CUBLAS_LT)) {
      Files.copy(cuda13.file(library), some.resolve(library.soname(13)));
    }
    Outcome outcome = open(cuda13.folder().resolve("driver"), some, 13_000);
    assertThat(outcome.output())
        .contains("available: true")
        .contains(
            "said: libcusolver.so.12 was found in none of the places that bar doctor lists; install"
                + " it beside cuBLAS");
  }

  @Test
  void aDamagedLibraryIsNamed() throws IOException, InterruptedException {
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    Files.writeString(damaged.resolve("libcublas.so.13"), "not a library");
    Files.copy(
        cuda13.file(CudaLibrary.CUBLAS_LT), damaged.resolve(CudaLibrary.CUBLAS_LT.soname(13)));
    Outcome outcome = open(cuda13.folder().resolve("driver"), damaged, 13_000);
    assertThat(outcome.output())
        .contains("said: " + damaged.resolve("libcublas.so.13") + " cannot be loaded; run ldd");
  }

  @Test
  void aLibraryWithoutTheVersionNodeIsAGpuExceptionWithTheLoadersWords()
      throws IOException, InterruptedException {
    // Named for CUDA 13, with the version node of 12: as a symbolic link would be.
    Path wrong = Files.createDirectories(folder.resolve("wrong"));
    Files.copy(cuda12.file(CudaLibrary.CUBLAS), wrong.resolve("libcublas.so.13"));
    Files.copy(cuda13.file(CudaLibrary.CUBLAS_LT), wrong.resolve(CudaLibrary.CUBLAS_LT.soname(13)));
    Outcome outcome = open(cuda13.folder().resolve("driver"), wrong, 13_000);
    assertThat(outcome.output())
        .containsPattern(
            "said: JCublas2 cannot be loaded \\(.*libcublas.so.13.*\\); run bar doctor");
  }

  @Test
  void anOldDriverGetsNoNewLibraries() throws IOException, InterruptedException {
    Outcome outcome = open(cuda13.folder().resolve("driver"), cuda13.libraries(), 12_080);
    assertThat(outcome.output()).contains("available: false");
  }
}
