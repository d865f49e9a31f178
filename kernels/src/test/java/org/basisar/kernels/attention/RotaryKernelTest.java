package org.basisar.kernels.attention;

import static org.assertj.core.api.Assertions.assertThat;

import org.basisar.gpu.ElementType;
import org.basisar.kernels.DeviceData;
import org.basisar.kernels.KernelLaunch;
import org.basisar.kernels.Rounding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Rotary positions, simple and by packs. */
final class RotaryKernelTest {
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
    // images, tokens, heads, head width, by packs
    "1, 1, 1, 2, false", "2, 31, 3, 6, false", "1, 33, 2, 80, false",
    "1, 1, 1, 8, true", "2, 31, 3, 64, true", "1, 5, 20, 80, true",
  })
  void turnsAndTurnsBack(int images, int tokens, int heads, int headWidth, boolean packs) {
    for (ElementType type : new ElementType[] {ElementType.F32, ElementType.BF16}) {
      int width = heads * headWidth;
      int rows = images * tokens;
      double[] joined = DeviceData.normal(type, 1, rows * 3 * width);
      double[] cosine = DeviceData.normal(type, 2, tokens * headWidth);
      double[] sine = DeviceData.normal(type, 3, tokens * headWidth);
      long c = device.of(type, cosine);
      long s = device.of(type, sine);
      RotaryKernel.Parts parts =
          new RotaryKernel.Parts(
              device.empty(type, rows * width),
              device.empty(type, rows * width),
              device.empty(type, rows * width));
      device.run(
          split(packs, type, device.of(type, joined), c, s, parts, rows, tokens, width, headWidth));
      long[] results = {parts.query(), parts.key(), parts.value()};
      for (int part = 0; part < 3; part++) {
        Rounding.of(type)
            .check(
                "part " + part,
                device.read(type, results[part], rows * width),
                split(Rounding.of(type), joined, cosine, sine, part, tokens, width, headWidth),
                split(Rounding.NONE, joined, cosine, sine, part, tokens, width, headWidth));
      }

      double[][] gradients = new double[3][];
      for (int part = 0; part < 3; part++) {
        gradients[part] = DeviceData.normal(type, 4 + part, rows * width);
      }
      RotaryKernel.Parts slopes =
          new RotaryKernel.Parts(
              device.of(type, gradients[0]),
              device.of(type, gradients[1]),
              device.of(type, gradients[2]));
      long back = device.empty(type, joined.length);
      device.run(join(packs, type, slopes, c, s, back, rows, tokens, width, headWidth));
      Rounding.of(type)
          .check(
              "joined",
              device.read(type, back, joined.length),
              join(Rounding.of(type), gradients, cosine, sine, tokens, width, headWidth),
              join(Rounding.NONE, gradients, cosine, sine, tokens, width, headWidth));
    }
  }

  private static KernelLaunch split(
      boolean packs,
      ElementType type,
      long joined,
      long cosine,
      long sine,
      RotaryKernel.Parts out,
      int rows,
      int tokens,
      int width,
      int headWidth) {
    return packs
        ? RotaryPacksKernel.split(
            device.library(), type, joined, cosine, sine, out, rows, tokens, width, headWidth)
        : RotaryKernel.split(
            device.library(), type, joined, cosine, sine, out, rows, tokens, width, headWidth);
  }

  private static KernelLaunch join(
      boolean packs,
      ElementType type,
      RotaryKernel.Parts gradients,
      long cosine,
      long sine,
      long joined,
      int rows,
      int tokens,
      int width,
      int headWidth) {
    return packs
        ? RotaryPacksKernel.join(
            device.library(), type, gradients, cosine, sine, joined, rows, tokens, width, headWidth)
        : RotaryKernel.join(
            device.library(),
            type,
            gradients,
            cosine,
            sine,
            joined,
            rows,
            tokens,
            width,
            headWidth);
  }

  private static double[] split(
      Rounding rounding,
      double[] joined,
      double[] cosine,
      double[] sine,
      int part,
      int tokens,
      int width,
      int headWidth) {
    double[] out = new double[joined.length / 3];
    for (int i = 0; i < out.length; i++) {
      int row = i / width;
      int d = i % width;
      int from = (row * 3 + part) * width;
      int angle = row % tokens * headWidth + d % headWidth;
      double other = d % 2 == 0 ? -joined[from + d + 1] : joined[from + d - 1];
      out[i] =
          part == 2
              ? joined[from + d]
              : rounding.stored(
                  rounding.sum(joined[from + d] * cosine[angle]) + other * sine[angle]);
    }
    return out;
  }

  private static double[] join(
      Rounding rounding,
      double[][] gradients,
      double[] cosine,
      double[] sine,
      int tokens,
      int width,
      int headWidth) {
    double[] out = new double[gradients[0].length * 3];
    for (int i = 0; i < out.length; i++) {
      int row = i / (3 * width);
      int part = i / width % 3;
      int d = i % width;
      int at = row * width + d;
      int angle = row % tokens * headWidth + d % headWidth;
      int pair = d % 2 == 0 ? 1 : -1;
      double other = pair * gradients[part][at + pair] * sine[angle + pair];
      out[i] =
          part == 2
              ? gradients[part][at]
              : rounding.stored(rounding.sum(gradients[part][at] * cosine[angle]) + other);
    }
    return out;
  }

  @Test
  void packsNeedWholeHeadsAndAlignedRows() {
    assertThat(RotaryPacksKernel.fits(ElementType.BF16, 8, 256, 1024)).isTrue();
    assertThat(RotaryPacksKernel.fits(ElementType.BF16, 4, 256)).isFalse();
    assertThat(RotaryPacksKernel.fits(ElementType.F32, 4, 256)).isTrue();
    assertThat(RotaryPacksKernel.fits(ElementType.F32, 4, 256, 260)).isFalse();
  }
}
