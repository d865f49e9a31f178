package org.basisar.bar.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ImageSplitTest {
  /** Images that are their own number, a third of each class, class by class. */
  private record Numbered(int count) implements ImageData {
    @Override
    public List<String> classNames() {
      return List.of("a", "b", "c");
    }

    @Override
    public int label(int index) {
      return 3 * index / count;
    }

    @Override
    public int side() {
      return 1;
    }

    @Override
    public int channels() {
      return 1;
    }

    @Override
    public void read(int index, boolean flip, float[] destination, int offset) {
      destination[offset] = index;
    }

    @Override
    public String describe() {
      return "numbers";
    }
  }

  private static float number(ImageData data, int index) {
    float[] image = new float[1];
    data.read(index, false, image, 0);
    return image[0];
  }

  @ParameterizedTest
  @CsvSource({"1023,256,102", "1023,31,31", "113,1,1", "10,256,1"})
  void everyImageIsOnOneSide(int count, int wanted, int held) {
    ImageSplit split = ImageSplit.of(new Numbered(count), wanted);
    ImageData heldOut = Objects.requireNonNull(split.heldOut());
    assertThat(heldOut.count()).isEqualTo(held);
    assertThat(split.training().count()).isEqualTo(count - held);
    TreeSet<Float> seen = new TreeSet<>();
    for (ImageData side : List.of(split.training(), heldOut)) {
      for (int i = 0; i < side.count(); i++) {
        assertThat(seen.add(number(side, i))).isTrue();
        assertThat(side.label(i)).isEqualTo((int) (3 * number(side, i) / count));
      }
    }
    assertThat(seen).hasSize(count);
    assertThat(heldOut.describe()).isEqualTo("numbers, " + held + " of them held out");
  }

  @Test
  void classesAreHeldOutAlike() {
    ImageData heldOut = Objects.requireNonNull(ImageSplit.of(new Numbered(900), 30).heldOut());
    int[] perClass = new int[3];
    for (int i = 0; i < heldOut.count(); i++) {
      perClass[heldOut.label(i)]++;
    }
    assertThat(perClass).containsExactly(10, 10, 10);
  }

  @Test
  void tooFewImagesAreAllTrainedOn() {
    ImageData few = new Numbered(9);
    assertThat(ImageSplit.of(few, 256)).isEqualTo(new ImageSplit(few, null));
  }

  @Test
  void embeddedImagesAreDrawnAnewAndTrainingStaysAsItWas() {
    ImageSplit split = ImageSplit.open("embedded", 8, 5, 33);
    ImageData heldOut = Objects.requireNonNull(split.heldOut());
    assertThat(heldOut.count()).isEqualTo(33);
    assertThat(split.training().count()).isEqualTo(ImageSources.open("embedded", 8, 5).count());
    float[] trained = new float[192];
    float[] before = new float[192];
    float[] held = new float[192];
    for (int i = 0; i < 33; i++) {
      split.training().read(i, false, trained, 0);
      ImageSources.open("embedded", 8, 5).read(i, false, before, 0);
      heldOut.read(i, false, held, 0);
      assertThat(trained).isEqualTo(before).isNotEqualTo(held);
      assertThat(heldOut.label(i)).isEqualTo(split.training().label(i));
    }
    assertThat(ImageSplit.open("embedded", 8, 5, 0).heldOut()).isNull();
  }
}
