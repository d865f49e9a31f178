package org.basisar.nn.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.basisar.nn.io.SafeTensorsException.Reason;
import org.basisar.tensor.Shape;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardedSafeTensorsTest {
  @TempDir Path folder;
  private Path index;

  @BeforeEach
  void writeTwoShards() {
    index = folder.resolve("model.safetensors.index.json");
    new SafeTensorsWriter()
        .addFloats("a", Shape.of(2), new float[] {1, 2}, 0)
        .addInts("c", Shape.of(1), new int[] {7}, 0)
        .write(folder.resolve("one.safetensors"));
    new SafeTensorsWriter()
        .addDoubles("b", Shape.of(1), new double[] {3}, 0)
        .write(folder.resolve("two.safetensors"));
  }

  private void map(String members) throws IOException {
    Files.writeString(index, "{\"metadata\":{\"total_size\":20},\"weight_map\":{" + members + "}}");
  }

  @Test
  void readsEachTensorFromItsFile() throws Exception {
    map("\"a\":\"one.safetensors\",\"b\":\"two.safetensors\",\"c\":\"one.safetensors\"");
    try (ShardedSafeTensors file = ShardedSafeTensors.open(index)) {
      assertThat(file.entries()).extracting(StoredTensor::name).containsExactly("a", "b", "c");
      float[] a = new float[2];
      file.readFloats("a", a, 0);
      assertThat(a).containsExactly(1, 2);
      double[] b = new double[1];
      file.readDoubles("b", b, 0);
      assertThat(b).containsExactly(3);
      int[] c = new int[1];
      file.readInts("c", c, 0);
      assertThat(c).containsExactly(7);
      assertThat(file.contains("d")).isFalse();
      assertReason(() -> file.entry("d"), Reason.NO_SUCH_TENSOR, "\"d\"");
    }
  }

  @Test
  void listsEveryDisagreement() throws Exception {
    map("\"a\":\"two.safetensors\",\"x\":\"one.safetensors\",\"b\":\"two.safetensors\"");
    assertThatThrownBy(() -> ShardedSafeTensors.open(index))
        .hasMessageContaining("\"a\" is not in \"two.safetensors\"")
        .hasMessageContaining("\"x\" is not in \"one.safetensors\"")
        .hasMessageContaining("\"a\" is in \"one.safetensors\" but not listed there")
        .hasMessageContaining("\"c\" is in");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../one.safetensors",
        "/one.safetensors",
        "x/one.safetensors",
        "x\\\\one.safetensors",
        "C:one.safetensors",
        ".safetensors",
        "..",
        "",
        "one.pth",
        "a\\u0000.safetensors"
      })
  void staysInItsFolder(String name) throws Exception {
    map("\"a\":\"" + name + "\"");
    assertReason(() -> ShardedSafeTensors.open(index), Reason.ENTRY, "no file beside it");
  }

  @Test
  void refusesWhatIsNoIndex() throws Exception {
    assertReason(() -> ShardedSafeTensors.open(index), Reason.UNREADABLE, "cannot be read");
    Files.writeString(index, "{}");
    assertReason(() -> ShardedSafeTensors.open(index), Reason.HEADER_NOT_JSON, "weight_map");
    map("\"a\":1");
    assertReason(() -> ShardedSafeTensors.open(index), Reason.ENTRY, "names no file");
    map("\"a\":\"three.safetensors\"");
    assertReason(() -> ShardedSafeTensors.open(index), Reason.UNREADABLE, "does not exist");
  }

  private static void assertReason(ThrowingCallable call, Reason reason, String part) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            SafeTensorsException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(reason);
              assertThat(e.getMessage()).contains(part);
            });
  }
}
