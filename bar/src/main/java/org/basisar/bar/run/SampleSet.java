package org.basisar.bar.run;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import org.basisar.bar.picture.PlainPicture;
import org.basisar.nn.io.JsonValue.JsonObject;
import org.basisar.nn.io.Sha256;

/**
 * Generates a numbered set of pictures for evaluators. Picture i depends on the seed, its class and
 * i, not on the batch it is made in, so that a set that was interrupted goes on.
 *
 * <p>On the CPU a picture has the same bytes in whatever batch; a GPU's libraries may choose
 * another algorithm for another batch, and then the last bit of some colours can differ.
 */
public final class SampleSet {
  private static final long ORDER = 2020;

  private final ImageModel model;
  private final Path target;
  private final int[] labels;
  private final long seed;
  private final int batch;

  /**
   * A set of pictures.
   *
   * @param target an {@code .npz}, or a folder of PNG files
   * @param labels of all pictures, in order
   * @param seed of their noise
   * @param batch pictures to make at a time
   */
  public SampleSet(ImageModel model, Path target, int[] labels, long seed, int batch) {
    this.model = model;
    this.target = target;
    this.labels = labels.clone();
    this.seed = seed;
    this.batch = batch;
  }

  /**
   * Labels in the order of the protocol: classes in equal shares, one after the other.
   *
   * @param classes that take part
   * @param shuffled whether the pictures of a class are spread over the set instead; evaluators
   *     that judge a set in parts need that
   */
  public static int[] labels(int[] classes, int count, boolean shuffled) {
    int[] labels = new int[count];
    Arrays.setAll(labels, i -> classes[(int) ((long) i * classes.length / count)]);
    if (shuffled) {
      SplittableRandom random = new SplittableRandom(ORDER);
      for (int i = count - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int kept = labels[i];
        labels[i] = labels[j];
        labels[j] = kept;
      }
    }
    return labels;
  }

  /**
   * Makes what is missing.
   *
   * @param stop asked between batches
   * @return whether the set is complete
   */
  public boolean make(RunListener listener, BooleanSupplier stop) throws IOException {
    int side = model.image().pictureSide();
    int channels = model.image().pictureChannels();
    PictureSet set = open(side);
    int missing = 0;
    for (int first = 0; first < labels.length; first += batch) {
      missing += set.holds(first, size(first)) ? 0 : size(first);
    }
    if (missing > 0 && !fill(set, side, channels, missing, listener, stop)) {
      return false;
    }
    set.finish();
    return true;
  }

  private boolean fill(
      PictureSet set,
      int side,
      int channels,
      int missing,
      RunListener listener,
      BooleanSupplier stop)
      throws IOException {
    listener.begin("sampling", labels.length, labels.length - missing);
    try (Generator generator = model.generator(batch)) {
      for (int first = 0; first < labels.length; first += batch) {
        int count = size(first);
        if (set.holds(first, count)) {
          continue;
        }
        if (stop.getAsBoolean()) {
          return false;
        }
        int[] part = Arrays.copyOfRange(labels, first, first + count);
        List<byte[]> pictures = new ArrayList<>();
        for (float[] picture :
            generator.images(generator.coefficients(part, seed, first, () -> {}))) {
          pictures.add(PlainPicture.bytes(channels, side, picture));
        }
        set.put(first, pictures);
        for (int i = 0; i < count; i++) {
          listener.progress("");
        }
      }
      return true;
    } finally {
      listener.end();
    }
  }

  private int size(int first) {
    return Math.min(batch, labels.length - first);
  }

  private PictureSet open(int side) throws IOException {
    return target.toString().endsWith(".npz")
        ? NumpySet.open(target, side, labels, identity())
        : PngFolder.open(target, side, identity());
  }

  /** All that a picture depends on. */
  private JsonObject identity() {
    JsonObject.Builder json =
        JsonObject.builder()
            .put("count", labels.length)
            .put("labels", Sha256.of(digest -> digest.update(bytes(labels))))
            .put("seed", seed);
    model.identify(json);
    return json.build();
  }

  private static byte[] bytes(int[] values) {
    ByteBuffer bytes = ByteBuffer.allocate(values.length * Integer.BYTES);
    bytes.asIntBuffer().put(values);
    return bytes.array();
  }
}
