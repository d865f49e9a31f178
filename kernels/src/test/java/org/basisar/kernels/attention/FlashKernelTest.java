package org.basisar.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tensor-core kernels of attention and its gradient. */
final class FlashKernelTest {
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
    "1, 1, 64, 1, 1, 0, 0",
    "1, 2, 64, 31, 31, 0, 0",
    "2, 1, 64, 113, 113, 0, 0",
    "1, 1, 64, 128, 128, 64, 0",
    "1, 2, 64, 99, 99, 33, 0",
    "1, 1, 64, 64, 192, 64, 0",
    "1, 1, 64, 33, 130, 0, 0",
    "1, 1, 64, 80, 81, 1, 0",
    "1, 1, 64, 8, 136, 8, 0",
    "1, 1, 80, 1, 1, 0, 0",
    "2, 2, 80, 33, 33, 0, 0",
    "1, 1, 80, 113, 113, 0, 0",
    "1, 1, 80, 96, 160, 32, 0",
    "1, 2, 64, 72, 72, 0, 0.25",
    "1, 1, 64, 64, 128, 64, 0.1",
    "2, 1, 80, 36, 100, 4, 0.4",
  })
  void agreesWithTheDefinition(
      int images, int heads, int headWidth, int queries, int keys, int cellTokens, double rate) {
    AttentionShape shape = new AttentionShape(images, heads, headWidth, queries, keys, cellTokens);
    new AttentionProblem(ElementType.BF16, shape, rate).check(device, true);
  }

  @Test
  void givesTheSameBitsAgain() {
    AttentionProblem problem =
        new AttentionProblem(ElementType.BF16, new AttentionShape(1, 2, 64, 72, 72, 0), 0.25);
    List<double[]> first = problem.run(device, true);
    List<double[]> second = problem.run(device, true);
    for (int i = 0; i < first.size(); i++) {
      assertThat(second.get(i)).isEqualTo(first.get(i));
    }
  }

  @Test
  void fitsWhatItCanDo() {
    AttentionDropout dropout = new AttentionDropout(256, 0.1, 0);
    AttentionShape good = new AttentionShape(1, 1, 64, 32, 34, 0);
    assertThat(FlashKernel.fits(ElementType.BF16, good, AttentionDropout.NONE, 512)).isTrue();
    assertThat(FlashKernel.fits(ElementType.F32, good, AttentionDropout.NONE, 512)).isFalse();
    assertThat(FlashKernel.fits(ElementType.BF16, good, AttentionDropout.NONE, 514)).isFalse();
    assertThat(FlashKernel.fits(ElementType.BF16, good, dropout, 512)).isFalse();
    AttentionShape narrow = new AttentionShape(1, 1, 48, 32, 32, 0);
    assertThat(FlashKernel.fits(ElementType.BF16, narrow, AttentionDropout.NONE)).isFalse();
    AttentionShape few = new AttentionShape(1, 1, 80, 31, 64, 0);
    assertThat(FlashKernel.fits(ElementType.BF16, few, AttentionDropout.NONE)).isFalse();
  }
}
