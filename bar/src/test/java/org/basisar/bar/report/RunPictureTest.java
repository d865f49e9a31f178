package org.basisar.bar.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.basisar.bar.picture.PngWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunPictureTest {
  @TempDir private Path folder;

  @Test
  void picturesOfOneKindAreInTheOrderOfTheirSteps() throws IOException {
    for (String name :
        List.of("samples-900", "samples-1000", "samples-50", "prefix_step_7", "final")) {
      write(name + ".png");
    }
    write(".samples-1.png.12-1.partial");
    Files.createDirectory(folder.resolve("samples-2000.png"));
    List<RunPicture.Sequence> found = RunPicture.sequences(folder);
    assertThat(found)
        .extracting(RunPicture.Sequence::kind)
        .containsExactly("final", "prefix", "samples");
    assertThat(found.getLast().pictures())
        .extracting(picture -> picture.step().orElseThrow())
        .containsExactly(50L, 900L, 1000L);
    assertThat(found.getFirst().newest().step()).isEmpty();
  }

  @Test
  void olderPicturesAreSpreadOverTheRun() throws IOException {
    for (int step = 1; step <= 33; step++) {
      write("samples-" + step + ".png");
    }
    RunPicture.Sequence sequence = RunPicture.sequences(folder).getFirst();
    assertThat(sequence.older(4))
        .extracting(picture -> picture.step().orElseThrow())
        .containsExactly(1L, 11L, 22L, 32L);
    assertThat(sequence.older(1)).hasSize(1);
    assertThat(sequence.older(99)).hasSize(32);
  }

  @Test
  void onlyWholePicturesAreRead() throws IOException {
    write("whole-1.png");
    RunPicture whole = RunPicture.sequences(folder).getFirst().newest();
    RunPicture.Encoded encoded = whole.read(1 << 20).orElseThrow();
    assertThat(encoded.width()).isEqualTo(33);
    assertThat(encoded.height()).isEqualTo(31);
    assertThat(whole.read(10)).isEmpty();

    byte[] bytes = Files.readAllBytes(whole.file());
    for (int length : new int[] {0, 1, 31, bytes.length - 1}) {
      Files.write(whole.file(), Arrays.copyOf(bytes, length));
      assertThat(whole.read(1 << 20)).isEmpty();
    }
    Files.delete(whole.file());
    assertThat(whole.read(1 << 20)).isEmpty();
  }

  @Test
  void noFolderIsNoPictures() throws IOException {
    assertThat(RunPicture.sequences(folder.resolve("samples"))).isEmpty();
  }

  private void write(String name) throws IOException {
    PngWriter.write(folder.resolve(name), new BufferedImage(33, 31, BufferedImage.TYPE_INT_ARGB));
  }
}
