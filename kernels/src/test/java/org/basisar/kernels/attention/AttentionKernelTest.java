package org.basisar.kernels.attention;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simple kernels of attention and its gradient. */
final class AttentionKernelTest {
  private static DeviceData device;

  @BeforeAll
  static void open() {
    device = new DeviceData();
  }

  @AfterAll
  static void close() {
    device.close();
  }

  @ParameterizedTest
  @CsvSource({
    // images, heads, head width, queries, keys, tokens of a cell, dropout
    "1, 1, 4, 1, 1, 0, 0",
    "2, 3, 6, 33, 33, 0, 0",
    "1, 2, 16, 31, 31, 0, 0.3",
    "1, 1, 64, 12, 36, 4, 0",
    "2, 1, 80, 21, 21, 7, 0.1",
    "1, 1, 5, 3, 113, 0, 0.5",
    "1, 1, 130, 2, 140, 0, 0",
  })
  void agreesWithTheDefinition(
      int images, int heads, int headWidth, int queries, int keys, int cellTokens, double rate) {
    AttentionShape shape = new AttentionShape(images, heads, headWidth, queries, keys, cellTokens);
    new AttentionProblem(ElementType.F32, shape, rate).check(device, false);
    new AttentionProblem(ElementType.BF16, shape, rate).check(device, false);
  }
}
