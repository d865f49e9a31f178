package org.basisar.nn.io.pytorch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.basisar.nn.Weights;
import org.basisar.nn.io.TensorFile;
import org.basisar.tensor.DType;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files that PyTorch 2.13.0 wrote. With {@code v[i] = 1000·sin(i)}, i below 105: {@code
 * transform.A}, F32 [35, 3]; {@code view}, its transposed view; {@code h} as F16 and {@code b} as
 * BF16 [5, 21]. {@code zip.pth} and {@code legacy.pth} are the dictionary in both formats, {@code
 * nested.pth} has it under {@code model_ema} beside numbers, as training scripts save it.
 */
class PyTorchFilesTest {
  private static final int COUNT = 105;

  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"zip.pth", "legacy.pth", "nested.pth"})
  void isReadAsWritten(String name) throws Exception {
    Path file = copy(name);
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("transform.A", Tensor.zeros(DType.F32, 35, 3));
    tensors.put("view", Tensor.zeros(DType.F32, 3, 35));
    tensors.put("h", Tensor.zeros(DType.F32, COUNT));
    tensors.put("b", Tensor.zeros(DType.BF16, 5, 21));
    try (TensorFile reader = Weights.open(file, "model_ema")) {
      Weights.read(name, reader, tensors, key -> false);
    }
    double[] matrix = tensors.get("transform.A").toDoubles();
    double[] view = tensors.get("view").toDoubles();
    double[] half = tensors.get("h").toDoubles();
    double[] brain = tensors.get("b").toDoubles();
    for (int i = 0; i < COUNT; i++) {
      double value = 1000 * Math.sin(i);
      assertThat(matrix[i]).isEqualTo((float) value);
      assertThat(view[i % 3 * 35 + i / 3]).isEqualTo((float) value);
      assertThat(Math.abs(half[i] - value)).isLessThanOrEqualTo(Math.abs(value) * 0x1p-11 + 1e-9);
      assertThat(Math.abs(brain[i] - value)).isLessThanOrEqualTo(Math.abs(value) * 0x1p-8);
    }
  }

  @Test
  void twoEndsThatDisagreeAreRefused() throws Exception {
    Path file = copy("zip.pth");
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 12]++; // number of parts in the short end, also in its total
    bytes[bytes.length - 14]++;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Weights.open(file))
        .isInstanceOf(TorchFileException.class)
        .hasMessageContaining("has two ends that say different things");
  }

  private Path copy(String name) throws Exception {
    Path file = folder.resolve(name);
    try (InputStream stream = PyTorchFilesTest.class.getResourceAsStream(name)) {
      Files.copy(Objects.requireNonNull(stream), file);
    }
    return file;
  }
}
