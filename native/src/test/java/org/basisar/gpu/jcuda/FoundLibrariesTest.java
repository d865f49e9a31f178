package org.basisar.gpu.jcuda;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FoundLibrariesTest {
  private static final List<String> CUDA_13 =
      List.of("libcublas.so.13", "libcublasLt.so.13", "libcusolver.so.12", "libcudnn.so.9");

  private static final List<String> CUDA_12 =
      List.of("libcublas.so.12", "libcublasLt.so.12", "libcusolver.so.11");

  @TempDir private Path root;

  private final Map<String, String> properties = new HashMap<>();
  private final Map<String, String> environment = new HashMap<>();
  private final StringBuilder cache = new StringBuilder();

  @BeforeEach
  void nothingIsInstalled() {
    assertThat(find(13_000).usable()).isFalse();
  }

  private Path install(String folder, List<String> names) throws IOException {
    Path target = Files.createDirectories(root.resolve(folder));
    for (String name : names) {
      Files.createFile(target.resolve(name));
    }
    return target;
  }

  private FoundLibraries find(int driverVersion) {
    List<SearchPlace> places =
        SearchPlace.of(properties::get, environment, root, cache.toString().lines().toList());
    return FoundLibraries.in(places, driverVersion);
  }

  @Test
  void theToolkitIsFound() throws IOException {
    Path folder = install("usr/local/cuda/lib64", CUDA_13);

    FoundLibraries found = find(13_000);

    assertThat(found.cudaMajor()).isEqualTo(13);
    assertThat(found.usable()).isTrue();
    assertThat(found.file(CudaLibrary.CUSOLVER)).contains(folder.resolve("libcusolver.so.12"));
    assertThat(found.file(CudaLibrary.CUSOLVER_MG)).isEmpty();
    assertThat(found.reasons().get(CudaLibrary.CUBLAS)).isEqualTo(root + "/usr/local/cuda");
  }

  @Test
  void anyToolkitBesideIsFoundTheNewestFirst() throws IOException {
    install("usr/local/cuda-12.8/lib64", CUDA_12);
    install("usr/local/cuda-13.0/targets/x86_64-linux/lib", CUDA_13);

    assertThat(find(13_000).cudaMajor()).isEqualTo(13);
    assertThat(find(0).cudaMajor()).isEqualTo(13);
    // A driver of CUDA 12 cannot run what is for 13.
    assertThat(find(12_080).cudaMajor()).isEqualTo(12);
  }

  @Test
  void thePackagesOfAPythonEnvironmentAreFoundInTheirFolders() throws IOException {
    Path environmentFolder = root.resolve("venv");
    install("venv/lib/python3.12/site-packages/nvidia/cu13/lib", CUDA_13.subList(0, 3));
    Path dnn =
        install("venv/lib/python3.12/site-packages/nvidia/cudnn/lib", List.of("libcudnn.so.9"));
    install("usr/local/cuda/lib64", CUDA_12);
    properties.put(SearchPlace.PYTHON_PROPERTY, environmentFolder.toString());

    FoundLibraries found = find(13_000);

    assertThat(found.cudaMajor()).isEqualTo(13);
    assertThat(found.file(CudaLibrary.CUDNN)).contains(dnn.resolve("libcudnn.so.9"));
    assertThat(found.reasons().get(CudaLibrary.CUDNN)).isEqualTo("bar.cuda.python");
  }

  @Test
  void thePackagesOfCuda12EachHaveAFolder() throws IOException {
    install("venv/lib/python3.11/site-packages/nvidia/cublas/lib", CUDA_12.subList(0, 2));
    Path solver =
        install("venv/lib/python3.11/site-packages/nvidia/cusolver/lib", CUDA_12.subList(2, 3));
    environment.put("BAR_CUDA_PYTHON", root.resolve("venv").toString());

    FoundLibraries found = find(13_000);

    assertThat(found.cudaMajor()).isEqualTo(12);
    assertThat(found.file(CudaLibrary.CUSOLVER)).contains(solver.resolve("libcusolver.so.11"));
  }

  @Test
  void whatTheUserNamesComesFirst() throws IOException {
    Path first = install("first", CUDA_12);
    Path second = install("second", CUDA_13);
    install("third/lib64", CUDA_13);
    install("usr/local/cuda/lib64", CUDA_13);
    environment.put("LD_LIBRARY_PATH", "::" + second + ":" + root.resolve("absent"));
    assertThat(find(13_000).reasons().get(CudaLibrary.CUBLAS)).isEqualTo("LD_LIBRARY_PATH");
    environment.put("CUDA_HOME", root.resolve("third").toString());
    assertThat(find(13_000).reasons().get(CudaLibrary.CUBLAS)).isEqualTo("CUDA_HOME");
    environment.put("BAR_CUDA_LIBRARIES", first.toString());
    assertThat(find(13_000).cudaMajor()).isEqualTo(12);
    properties.put(SearchPlace.LIBRARIES_PROPERTY, second + ":" + first);
    assertThat(find(13_000).file(CudaLibrary.CUBLAS)).contains(second.resolve("libcublas.so.13"));
  }

  @Test
  void theLoadersCacheIsRead() throws IOException {
    Path folder = install("odd place", CUDA_13);
    cache
        .append("2 libs found in cache `/etc/ld.so.cache'\n")
        .append("\tlibc.so.6 (libc6,x86-64) => /lib/libc.so.6\n")
        .append("\tlibcublas.so.13 (libc6,x86-64) => ")
        .append(folder.resolve("libcublas.so.13"))
        .append('\n');

    FoundLibraries found = find(13_000);

    assertThat(found.file(CudaLibrary.CUBLAS)).contains(folder.resolve("libcublas.so.13"));
    assertThat(found.searched()).extracting(SearchPlace::reason).containsExactly("ldconfig");
  }

  @Test
  void librariesOfOneVersionMayLieApart() throws IOException {
    install("usr/local/cuda/lib64", CUDA_13.subList(0, 2));
    Path elsewhere = install("elsewhere", List.of("libcudnn.so.9", "libcusolver.so.11"));
    environment.put("LD_LIBRARY_PATH", elsewhere.toString());

    FoundLibraries found = find(13_000);

    assertThat(found.file(CudaLibrary.CUDNN)).contains(elsewhere.resolve("libcudnn.so.9"));
    // That one is of CUDA 12.
    assertThat(found.file(CudaLibrary.CUSOLVER)).isEmpty();
  }

  @Test
  void whatIsMissingIsSaidWithTheRemedy() throws IOException {
    assertThat(find(13_000).remedy())
        .startsWith(
            "libcublas.so.13 or libcublas.so.12 was not found (looked in no place); install")
        .contains("--cuda-python");
    install("usr/local/cuda/lib64", List.of("libcublas.so.13"));
    FoundLibraries found = find(13_000);
    assertThat(found.usable()).isFalse();
    assertThat(found.remedy())
        .startsWith("libcublasLt.so.13 was not found (looked in " + root + "/usr/local/cuda)");
  }
}
