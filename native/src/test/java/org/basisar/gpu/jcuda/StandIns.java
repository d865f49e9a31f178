package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Small libraries in C with the names, version nodes and functions of NVIDIA's, compiled when a
 * test needs them. They record their calls and compute on the processor, so that everything down to
 * the argument lists can be tested without a GPU.
 *
 * @param folder has {@code driver/libcuda.so.1}, and the other libraries in {@code libraries}
 * @param cudaMajor the CUDA version that the libraries have the names of
 */
record StandIns(Path folder, int cudaMajor) {
  private static final Path SOURCES = Path.of("src/test/standin").toAbsolutePath();

  private static final Map<CudaLibrary, String> SOURCE_NAMES =
      new EnumMap<>(
          Map.of(
              CudaLibrary.CUBLAS_LT, "cublaslt",
              CudaLibrary.CUBLAS, "cublas",
              CudaLibrary.CUSOLVER, "cusolver",
              CudaLibrary.CUSOLVER_MG, "cusolvermg",
              CudaLibrary.CUDNN, "cudnn"));

  /** How a program ended, and what it said. */
  record Outcome(int status, String output) {}

  /** Whether there is a C compiler. */
  static boolean possible() {
    return System.getProperty("os.name").equals("Linux")
        && System.getProperty("os.arch").equals("amd64")
        && List.of(System.getenv("PATH").split(":", -1)).stream()
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "gcc")));
  }

  static StandIns build(Path folder, int cudaMajor) throws IOException, InterruptedException {
    StandIns built = new StandIns(folder, cudaMajor);
    Files.createDirectories(folder.resolve("driver"));
    Files.createDirectories(built.libraries());
    compile("cuda", "libcuda.so.1", "", folder.resolve("driver/libcuda.so.1"));
    for (Map.Entry<CudaLibrary, String> library : SOURCE_NAMES.entrySet()) {
      String soname = library.getKey().soname(cudaMajor);
      compile(library.getValue(), soname, soname, built.libraries().resolve(soname));
    }
    compile("nvtx", "libnvtx3interop.so.1", "", built.libraries().resolve("libnvtx3interop.so.1"));
    return built;
  }

  private static void compile(String source, String soname, String versionNode, Path target)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(List.of("gcc", "-std=gnu17", "-O1", "-shared", "-fPIC", "-w"));
    command.add("-Wl,-soname," + soname);
    if (!versionNode.isEmpty()) {
      Path map = target.resolveSibling(source + ".map");
      Files.writeString(map, versionNode + " { global: *; };\n");
      command.add("-Wl,--version-script=" + map);
    }
    command.addAll(
        List.of("-o", target.toString(), SOURCES.resolve(source + ".c").toString(), "-lm"));
    Process compiler = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(compiler.waitFor()).as(said).isZero();
  }

  Path libraries() {
    return folder.resolve("libraries");
  }

  Path file(CudaLibrary library) {
    return libraries().resolve(library.soname(cudaMajor));
  }

  /** Runs a program of the test class path in a JVM whose driver is the stand-in. */
  Outcome run(Class<?> program, List<String> options, List<String> arguments)
      throws IOException, InterruptedException {
    List<String> all = new ArrayList<>(options);
    all.add("-D" + SearchPlace.LIBRARIES_PROPERTY + "=" + libraries());
    all.add("-Dstandin.folder=" + folder);
    all.add("-Dstandin.major=" + cudaMajor);
    return run(folder, folder.resolve("driver"), cudaMajor * 1000, program, all, arguments);
  }

  /** Runs a program in a JVM of its own. */
  static Outcome run(
      Path folder,
      Path driver,
      int driverVersion,
      Class<?> program,
      List<String> options,
      List<String> arguments)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-XX:TieredStopAtLevel=1"));
    command.add("-Djava.io.tmpdir=" + Files.createDirectories(folder.resolve("temporary")));
    command.addAll(options);
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), program.getName()));
    command.addAll(arguments);
    Path output = Files.createTempFile(folder, "output", ".txt");
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile());
    Map<String, String> environment = builder.environment();
    for (String variable :
        List.of(
            "BAR_CUDA_LIBRARIES",
            "BAR_CUDA_PYTHON",
            "VIRTUAL_ENV",
            "CUDA_HOME",
            "CUDA_PATH",
            "LD_BIND_NOW")) {
      environment.remove(variable);
    }
    environment.put("LD_LIBRARY_PATH", driver.toString());
    environment.put("STANDIN_DRIVER", Integer.toString(driverVersion));
    Process process = builder.start();
    if (!process.waitFor(5, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      return new Outcome(-1, "did not end: " + Files.readString(output));
    }
    return new Outcome(process.exitValue(), Files.readString(output));
  }
}
