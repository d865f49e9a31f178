package org.basisar.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.basisar.nn.io.SafeTensorsException;
import org.basisar.nn.io.TensorFile;
import org.basisar.nn.io.pytorch.TorchWriter;
import org.basisar.tensor.DType;
import org.basisar.tensor.Shape;
import org.basisar.tensor.Tensor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(OpenScope.class)
class WeightsTest {
  @TempDir Path folder;

  private static Map<String, Tensor> everyType(double scale) {
    Map<String, Tensor> tensors = new LinkedHashMap<>();
    tensors.put("double", Samples.tensor(1, scale, 33, 31));
    tensors.put("float", Tensor.of(DType.F32, Samples.numbers(2, 113, scale), 113));
    tensors.put("half", Tensor.of(DType.BF16, Samples.numbers(3, 6, scale), 1, 2, 3));
    tensors.put("int", Tensor.of(new int[] {Integer.MIN_VALUE, (int) (7 * scale), -1}, 3));
    tensors.put("byte", Tensor.of(new byte[] {-128, 127, (byte) scale}, 3));
    tensors.put("empty", Tensor.of(new float[0], 0, 5));
    tensors.put("scalar", Tensor.of(new double[] {scale}));
    return tensors;
  }

  @Test
  void everyTypeComesBack() {
    Path file = folder.resolve("new/weights.safetensors");
    Map<String, Tensor> written = everyType(1);
    Weights.write(file, written, Map.of("step", "7"));
    Map<String, Tensor> read = everyType(2);
    Weights.read(file, read);
    written.forEach((name, tensor) ->
        assertThat(Samples.required(read, name).toDoubles())
            .as(name)
            .isEqualTo(tensor.toDoubles()));
  }

  @Test
  void narrowerFloatsWiden() {
    Path file = folder.resolve("weights.safetensors");
    double[] values = {0.5, -1.25, 3};
    Weights.write(
        file,
        Map.of("a", Tensor.of(DType.BF16, values, 3), "b", Tensor.of(DType.F32, values, 3)),
        Map.of());
    Map<String, Tensor> read =
        Map.of("a", Tensor.zeros(DType.F32, 3), "b", Tensor.zeros(DType.F64, 3));
    Weights.read(file, read);
    assertThat(Samples.required(read, "a").toDoubles()).isEqualTo(values);
    assertThat(Samples.required(read, "b").toDoubles()).isEqualTo(values);
  }

  @Test
  void allFaultsAreToldAtOnceAndNothingIsOverwritten() {
    Path file = folder.resolve("weights.safetensors");
    Map<String, Tensor> written = new LinkedHashMap<>();
    written.put("fits", Tensor.of(new float[] {9, 9}, 2));
    written.put("turned", Tensor.of(new float[6], 2, 3));
    written.put("wide", Tensor.of(new double[2], 2));
    written.put("surplus", Tensor.of(new float[1], 1));
    Weights.write(file, written, Map.of());
    Map<String, Tensor> read = new LinkedHashMap<>();
    read.put("fits", Tensor.of(new float[] {1, 2}, 2));
    read.put("turned", Tensor.of(new float[6], 3, 2));
    read.put("wide", Tensor.of(new float[2], 2));
    read.put("lacking", Tensor.of(new float[1], 1));
    assertThatThrownBy(() -> Weights.read(file, read))
        .isInstanceOfSatisfying(
            WeightsException.class,
            e -> {
              assertThat(e.faults())
                  .containsExactlyInAnyOrder(
                      "surplus is unexpected",
                      "turned is [2, 3] instead of [3, 2]",
                      "wide is F64 instead of F32",
                      "lacking is missing");
              assertThat(e).hasMessageContaining(file.toString());
              assertThat(e).hasMessageContaining("lacking is missing");
            });
    assertThat(Samples.required(read, "fits").toFloats()).containsExactly(1, 2);
  }

  @Test
  void aLongListOfFaultsIsCutInTheMessageOnly() {
    Path file = folder.resolve("weights.safetensors");
    Weights.write(file, Map.of(), Map.of());
    Map<String, Tensor> read = new LinkedHashMap<>();
    for (int i = 0; i < 31; i++) {
      read.put("t" + i, Tensor.of(new float[1], 1));
    }
    assertThatThrownBy(() -> Weights.read(file, read))
        .hasMessageContaining("and 19 more")
        .isInstanceOfSatisfying(WeightsException.class, e -> assertThat(e.faults()).hasSize(31));
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = folder.resolve("absent.safetensors");
    assertThatThrownBy(() -> Weights.read(file, Map.of()))
        .isInstanceOf(SafeTensorsException.class)
        .hasMessageContaining("absent.safetensors");
    assertThat(Files.exists(file)).isFalse();
  }

  @Test
  void readsPyTorchFilesBareOrUnderOneOfTheKeys() {
    Path bare = folder.resolve("bare.pth");
    Path nested = folder.resolve("nested.ckpt");
    TorchWriter writer =
        new TorchWriter()
            .addFloats("w", Shape.of(2), new float[] {1, 2}, 0)
            .addInts("steps", Shape.of(1), new int[] {5}, 0);
    writer.write(bare);
    writer.write(nested, "model");
    for (Path file : new Path[] {bare, nested}) {
      Map<String, Tensor> read = Map.of("w", Tensor.of(DType.F32, new double[2], 2));
      try (TensorFile weights = Weights.open(file, "model_ema", "model")) {
        assertThatThrownBy(() -> Weights.read(file.toString(), weights, read, _ -> false))
            .isInstanceOfSatisfying(
                WeightsException.class,
                e -> assertThat(e.faults()).containsExactly("steps is unexpected"));
        Weights.read(file.toString(), weights, read, "steps"::equals);
      }
      assertThat(Samples.required(read, "w").toDoubles()).containsExactly(1, 2);
    }
  }

  @Test
  void opensSafetensorsAndIndexesByTheirContent() throws Exception {
    Path file = folder.resolve("model-1.safetensors");
    Weights.write(file, Map.of("a", Tensor.of(new float[] {1}, 1)), Map.of());
    Path index = folder.resolve("model.safetensors.index.json");
    Files.writeString(index, "{\"weight_map\":{\"a\":\"model-1.safetensors\"}}");
    for (Path path : new Path[] {file, index}) {
      try (TensorFile weights = Weights.open(path, "model")) {
        assertThat(weights.contains("a")).isTrue();
      }
    }
    assertThatThrownBy(() -> Weights.open(folder.resolve("absent")))
        .isInstanceOf(SafeTensorsException.class)
        .hasMessageContaining("does not exist");
  }
}
