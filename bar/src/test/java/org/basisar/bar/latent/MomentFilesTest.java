package org.basisar.bar.latent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.basisar.bar.data.DataException;
import org.basisar.nn.io.numpy.NumpyArchiveWriter;
import org.basisar.nn.io.numpy.NumpyHeader;
import org.basisar.nn.io.numpy.NumpyType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MAR's layout, sound and not. */
class MomentFilesTest {
  private static final int SIZE = 8 * 3 * 3;

  @TempDir Path folder;

  private void write(String name, float first, int channels, String array) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    int size = channels * 3 * 3;
    float[] moments = new float[size];
    for (int i = 0; i < size; i++) {
      moments[i] = first + i;
    }
    float[] flip = moments.clone();
    flip[0] = -first;
    NumpyHeader header = NumpyHeader.of(NumpyType.F32, channels, 3, 3);
    NumpyArchiveWriter.write(
        file,
        archive -> {
          archive.add(array, header, out -> out.floats(moments, 0, size));
          archive.add("moments_flip", header, out -> out.floats(flip, 0, size));
        });
  }

  @Test
  void isReadInTheOrderOfNames() throws IOException {
    write("n02/b.JPEG.npz", 30, 8, "moments");
    write("n02/a.JPEG.npz", 20, 8, "moments");
    write("n01/z.JPEG.npz", 10, 8, "moments");
    Files.writeString(folder.resolve("readme.txt"), "no image");
    assertThat(MomentFiles.recognised(folder)).isTrue();
    assertThat(MomentFiles.recognised(folder.resolve("n01"))).isFalse();
    MomentFiles files = MomentFiles.open(folder, 16);
    assertThat(files.count()).isEqualTo(3);
    assertThat(files.classNames()).containsExactly("n01", "n02");
    assertThat(files.channels()).isEqualTo(4);
    assertThat(files.side()).isEqualTo(3);
    assertThat(files.pictureSide()).isEqualTo(48);
    assertThat(files.label(0)).isZero();
    assertThat(files.label(2)).isEqualTo(1);
    float[] mean = new float[SIZE / 2];
    files.read(1, false, mean, 0);
    assertThat(mean).startsWith(20, 21, 22).endsWith(20 + SIZE / 2f - 1);
    files.read(1, true, mean, 0);
    assertThat(mean).startsWith(-20, 21, 22);
    float[] drawn = new float[SIZE / 2];
    files.draw(1, true, 5, drawn, 0);
    float[] again = new float[SIZE / 2];
    files.draw(1, true, 5, again, 0);
    assertThat(again).isEqualTo(drawn).isNotEqualTo(mean);
    // The logarithm of the variance is far above 20 there, so that the deviation is exp(10).
    assertThat(Math.abs(drawn[5] - mean[5])).isBetween(1f, 22_026f * 7);
  }

  @Test
  void whatIsNotSoundIsRefused() throws IOException {
    write("n01/a.npz", 10, 8, "moments");
    write("n01/b.npz", 10, 6, "moments");
    write("n01/c.npz", Float.NaN, 8, "moments");
    write("n01/d.npz", 10, 8, "noments");
    byte[] sound = Files.readAllBytes(folder.resolve("n01/a.npz"));
    Files.write(folder.resolve("n01/e.npz"), Arrays.copyOf(sound, sound.length / 2));
    byte[] wrong = sound.clone();
    wrong[200] ^= 1;
    Files.write(folder.resolve("n01/f.npz"), wrong);
    MomentFiles files = MomentFiles.open(folder, 16);
    float[] mean = new float[SIZE / 2];
    files.read(0, false, mean, 0);
    for (int bad = 1; bad < files.count(); bad++) {
      int index = bad;
      assertThatThrownBy(() -> files.read(index, false, mean, 0))
          .as("file %d", bad)
          .isInstanceOf(DataException.class)
          .hasMessageContaining((char) ('a' + bad) + ".npz")
          .hasMessageMatching("[^\n]*\\.");
    }
    write("n00/a.npz", 10, 7, "moments");
    assertThatThrownBy(() -> MomentFiles.open(folder, 16)).hasMessageContaining("[2C, h, h]");
    Path empty = folder.resolve("none");
    Files.createDirectories(empty);
    assertThat(MomentFiles.recognised(empty)).isFalse();
    assertThatThrownBy(() -> MomentFiles.open(empty, 16)).hasMessageContaining("no class folders");
  }
}
